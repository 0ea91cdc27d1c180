// `mvmtr compile`: what it writes and when it does not, how problems are printed, and when a compiled file counts. Real files below
// a scratch directory that is removed; the same loader as a session's reads them back.

import { cpSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runCompile } from '../../src/cli/commands/compile.ts';
import { LONGEST_SOURCE, readCompiled } from '../../src/serve/rules/sources.ts';
import { captured } from '../support/captured.ts';
import { removeDirectory, scratchDirectory } from '../support/home.ts';

let scratch: string;
let made = 0;
beforeAll(() => {
  scratch = scratchDirectory();
});
afterAll(() => removeDirectory(scratch));

type Files = Readonly<Record<string, string | Buffer>>;

/** A directory of its own with these files. */
function directoryWith(files: Files): string {
  const directory = join(scratch, String(made++));
  mkdirSync(join(directory, 'lib'), { recursive: true });
  for (const [name, text] of Object.entries(files)) writeFileSync(join(directory, name), text);
  return directory;
}

function compile(file: string, strict = false) {
  const { output, printed } = captured();
  const code = runCompile({ file, strict }, output);
  return { code, ...printed() };
}

const GOOD = 'hook mail { reject "no"; }\n';
const WARNED = 'hook mail { number unused = 1; }\n';

describe('rules without errors', () => {
  it('are written beside the source, with its mode, and nothing is printed', () => {
    const directory = directoryWith({});
    const file = join(directory, 'mvmtr.mfl');
    writeFileSync(file, GOOD, { mode: 0o640 });
    expect(compile(file)).toEqual({ code: 0, out: '', err: '' });
    expect(readdirSync(directory).sort()).toEqual(['lib', 'mvmtr.mfl', 'mvmtr.mflc']);
    expect(statSync(`${file}c`).mode & 0o777).toBe(0o640);
    const compiled = readCompiled(file);
    if (compiled.state !== 'current') throw new Error(compiled.state);
    expect(Object.keys(compiled.program.hooks)).toEqual(['mail']);
  });

  it('replace what was compiled before', () => {
    const file = join(directoryWith({ 'a.mfl': GOOD }), 'a.mfl');
    compile(file);
    writeFileSync(file, GOOD.replace('mail', 'helo'));
    expect(readCompiled(file)).toEqual({ state: 'stale' });
    expect(compile(file).code).toBe(0);
    const compiled = readCompiled(file);
    if (compiled.state !== 'current') throw new Error(compiled.state);
    expect(Object.keys(compiled.program.hooks)).toEqual(['helo']);
  });

  it('are written with warnings, unless these are to count', () => {
    const file = join(directoryWith({ 'a.mfl': WARNED }), 'a.mfl');
    const strict = compile(file, true);
    expect(strict.code).toBe(1);
    expect(strict.err).toMatch(/a\.mfl:1:13: warning: .*\[MFL-WARN-002\]\n[\s\S]*\n0 errors, 1 warning\n$/);
    expect(readCompiled(file)).toEqual({ state: 'missing' });
    expect(compile(file).code).toBe(0);
    expect(readCompiled(file).state).toBe('current');
  });
});

describe('rules with errors', () => {
  it('are told with file, line and column, the line and a caret, and nothing is written', () => {
    const file = join(
      directoryWith({ 'a.mfl': 'hook rcpt {\n    frob;\n    reject :code 451 "no";\n}\n' }),
      'a.mfl',
    );
    const { code, out, err } = compile(file);
    expect([code, out]).toEqual([1, '']);
    const [where, line, caret] = err.split('\n');
    expect(where).toMatch(/\/a\.mfl:2:5: error: unknown command 'frob' .*\[MFL-NAME-001\]$/);
    expect([line, caret]).toEqual(['        frob;', '        ^']);
    expect(err).toMatch(/\/a\.mfl:3:\d+: error: /);
    expect(err).toMatch(/\n2 errors, 0 warnings\n$/);
    expect(readCompiled(file)).toEqual({ state: 'missing' });
  });

  it('leave a compiled file alone that no longer counts', () => {
    const file = join(directoryWith({ 'a.mfl': GOOD }), 'a.mfl');
    compile(file);
    const before = readFileSync(`${file}c`);
    writeFileSync(file, 'hook');
    expect(compile(file).code).toBe(1);
    expect(readFileSync(`${file}c`)).toEqual(before);
    expect(readCompiled(file)).toEqual({ state: 'stale' });
  });
});

describe('imports', () => {
  const TREE: Files = {
    'mvmtr.mfl': 'import "lib/a.mfl";\nhook mail { if (ours()) { return; } reject "no"; }\n',
    'lib/a.mfl': 'import "../b.mfl";\nboolean ours() { return theirs() == false; }\n',
    'b.mfl': 'boolean theirs() { return client.relay; }\n',
  };

  it('are relative to the file that has them', () => {
    const file = join(directoryWith(TREE), 'mvmtr.mfl');
    expect(compile(file)).toEqual({ code: 0, out: '', err: '' });
    const compiled = readCompiled(file);
    if (compiled.state !== 'current') throw new Error(compiled.state);
    expect(compiled.program.files.map(({ name }) => name)).toEqual(['b.mfl', 'lib/a.mfl', 'mvmtr.mfl']);
  });

  it.each(Object.keys(TREE))('a change of %s makes the compiled file stale', (name) => {
    const directory = directoryWith(TREE);
    const file = join(directory, 'mvmtr.mfl');
    compile(file);
    writeFileSync(join(directory, name), `${TREE[name]}\n# more\n`);
    expect(readCompiled(file)).toEqual({ state: 'stale' });
  });

  it('a copy of the directory has its own sources', () => {
    const directory = directoryWith(TREE);
    compile(join(directory, 'mvmtr.mfl'));
    const copy = `${directory}-copy`;
    cpSync(directory, copy, { recursive: true });
    expect(readCompiled(join(copy, 'mvmtr.mfl')).state).toBe('current');
    writeFileSync(join(copy, 'b.mfl'), `${TREE['b.mfl']}# more\n`);
    expect(readCompiled(join(copy, 'mvmtr.mfl'))).toEqual({ state: 'stale' });
    expect(readCompiled(join(directory, 'mvmtr.mfl')).state).toBe('current');
  });

  it.each<[string, Files, RegExp]>([
    ['that is not there', { 'a.mfl': 'import "b.mfl";\n' }, /a\.mfl:1:1: error: .*it does not exist/],
    ['that is a directory', { 'a.mfl': 'import "lib";\n' }, /a\.mfl:1:1: error: .*it is a directory/],
    [
      'in a circle',
      { 'a.mfl': 'import "b.mfl";\n', 'b.mfl': 'import "a.mfl";\n' },
      /b\.mfl:1:1: error: .*MFL-IMPORT-003/,
    ],
    ['with a path of its own', { 'a.mfl': 'import "/etc/b.mfl";\n' }, /a\.mfl:1:1: error: .*MFL-IMPORT-001/],
    [
      'with an error of its own',
      { 'a.mfl': 'import "lib/b.mfl";\n', 'lib/b.mfl': 'hook frob { }\n' },
      /lib\/b\.mfl:1:1: error: .*\n {4}hook frob/,
    ],
  ])('an import %s is an error', (_, files, message) => {
    const { code, err } = compile(join(directoryWith(files), 'a.mfl'));
    expect(code).toBe(1);
    expect(err).toMatch(message);
  });
});

describe('what cannot be used as a source', () => {
  it.each<[string, Files, RegExp]>([
    ['missing', {}, /it does not exist/],
    ['too long', { 'a.mfl': ' '.repeat(LONGEST_SOURCE + 1) }, /longer than 1048576 octets/],
    ['not UTF-8', { 'a.mfl': Buffer.from('# \xe9\n', 'latin1') }, /not UTF-8/],
  ])('%s', (_, files, reason) => {
    const { code, err } = compile(join(directoryWith(files), 'a.mfl'));
    expect(code).toBe(2);
    expect(err).toMatch(/^mvmtr compile: cannot read [^\n]*\n$/);
    expect(err).toMatch(reason);
  });

  it('a directory', () => {
    const { code, err } = compile(join(directoryWith({}), 'lib'));
    expect([code, err.includes('it is a directory')]).toEqual([2, true]);
  });
});

it('what cannot be written leaves nothing behind', () => {
  const directory = directoryWith({ 'a.mfl': GOOD });
  mkdirSync(join(directory, 'a.mflc'));
  const { code, err } = compile(join(directory, 'a.mfl'));
  expect([code, err.startsWith('mvmtr compile: cannot write ')]).toEqual([2, true]);
  expect(readdirSync(directory).sort()).toEqual(['a.mfl', 'a.mflc', 'lib']);
});

it.each([
  ['cut short', (text: string) => text.slice(0, -10)],
  ['of another version', (text: string) => text.replace(/^mvmtr-rules \d+/, 'mvmtr-rules 0')],
  ['something else', () => 'hello\n'],
  ['empty', () => ''],
])('a compiled file that is %s does not count', (_, spoil) => {
  const file = join(directoryWith({ 'a.mfl': GOOD }), 'a.mfl');
  compile(file);
  writeFileSync(`${file}c`, spoil(readFileSync(`${file}c`, 'latin1')), 'latin1');
  expect(readCompiled(file)).toEqual({ state: 'stale' });
});
