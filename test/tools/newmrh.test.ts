// `mvmtr newmrh`: what ends up in the database, and what happens when it cannot be built (exit code
// 111, one line on stderr, the old database untouched). Where the program cdb is installed, it reads
// the result too.

import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runNewmrh } from '../../src/cli/commands/newmrh.ts';
import { walkCdb } from '../../src/control/index.ts';
import { captured } from '../support/captured.ts';
import { removeDirectory, scratchDirectory } from '../support/home.ts';
import { needs } from '../support/needs.ts';
import { homeWith } from './control-home.ts';

let scratch: string;
beforeAll(() => {
  scratch = scratchDirectory();
});
afterAll(() => removeDirectory(scratch));

interface Run {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

function run(home: string): Run {
  const { output, printed } = captured();
  const code = runNewmrh(home, output);
  const { out, err } = printed();
  return { code, out, err: err.replaceAll(home, 'HOME') };
}

function keysIn(home: string): readonly string[] {
  const keys: string[] = [];
  const walk = walkCdb(join(home, 'control/morercpthosts.cdb'), (key) => keys.push(key));
  expect(walk).toEqual({ kind: 'sound', records: keys.length });
  return keys;
}

const DONE: Run = { code: 0, out: '', err: '' };

describe('mvmtr newmrh', () => {
  it.each<[string, string, readonly string[]]>([
    ['nothing', '', []],
    ['hosts', 'a.example\n.b.example', ['a.example', '.b.example']],
    ['ASCII letters in lower case', 'A.Example\nCAF\xc9.example\n', ['a.example', 'caf\xc9.example']],
    ['no comments and blank lines', '# a\n\n \t\nb.example\n', ['b.example']],
    ['no white space at the end', 'a.example \t\n', ['a.example']],
    ['white space at the start', ' a.example\n', [' a.example']],
    ['backslashes', '\\a.example\\\n', ['\\a.example\\']],
  ])('puts %s into the database', (_, text, keys) => {
    const home = homeWith(scratch, { morercpthosts: text });
    expect(run(home)).toEqual(DONE);
    expect(keysIn(home)).toEqual(keys);
    expect(readdirSync(join(home, 'control')).sort()).toEqual(['morercpthosts', 'morercpthosts.cdb']);
  });

  it('replaces the database', () => {
    const home = homeWith(scratch, { morercpthosts: 'a.example\n', 'morercpthosts.cdb': 'junk' });
    expect(run(home)).toEqual(DONE);
    expect(keysIn(home)).toEqual(['a.example']);
  });

  it('fails without the list, and leaves the database alone', () => {
    const home = homeWith(scratch, { 'morercpthosts.cdb': 'old' });
    const err = 'mvmtr newmrh: cannot read HOME/control/morercpthosts: it does not exist\n';
    expect(run(home)).toEqual({ code: 111, out: '', err });
    expect(readFileSync(join(home, 'control/morercpthosts.cdb'), 'latin1')).toBe('old');
  });

  it('fails when the database cannot be replaced', () => {
    const home = homeWith(scratch, { morercpthosts: 'a.example\n' });
    mkdirSync(join(home, 'control/morercpthosts.cdb/x'), { recursive: true });
    const err = 'mvmtr newmrh: cannot write HOME/control/morercpthosts.cdb: it is a directory\n';
    expect(run(home)).toEqual({ code: 111, out: '', err });
    expect(readdirSync(join(home, 'control')).sort()).toEqual(['morercpthosts', 'morercpthosts.cdb']);
  });

  it('fails without a home', () => {
    const home = join(scratch, 'nowhere');
    expect(run(home).code).toBe(111);
    expect(existsSync(home)).toBe(false);
  });

  needs('cdb').it('builds what the program cdb can read', () => {
    const home = homeWith(scratch, { morercpthosts: 'A.example\n.b.example\n' });
    expect(run(home)).toEqual(DONE);
    const dump = execFileSync('cdb', ['-d', join(home, 'control/morercpthosts.cdb')], { encoding: 'utf8' });
    expect(dump).toBe('+9,0:a.example->\n+10,0:.b.example->\n\n');
  });
});
