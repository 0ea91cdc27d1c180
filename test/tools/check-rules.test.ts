// What `mvmtr check` says about rule files in the control directory: every row is one home, with the lines that are about rules.

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { check } from '../../src/cli/commands/check.ts';
import { runCompile } from '../../src/cli/commands/compile.ts';
import { findingLine } from '../../src/cli/commands/findings.ts';
import { removeDirectory, scratchDirectory } from '../support/home.ts';
import { type ControlFiles, homeWith } from './control-home.ts';

let scratch: string;
beforeAll(() => {
  scratch = scratchDirectory();
});
afterAll(() => removeDirectory(scratch));

const SILENT = { out: () => {}, err: () => {} };

/** Findings of a home with these rules, paths within control/. */
function found(files: ControlFiles, compiled: readonly string[] = []): readonly string[] {
  const home = homeWith(scratch, { me: 'mx.example.com\n', rcpthosts: 'example.com\n', ...files });
  for (const name of compiled) runCompile({ file: `${home}/control/${name}`, strict: false }, SILENT);
  const { findings } = check({ home, profile: 'mvmtr', environment: { QMAILQUEUE: '/bin/sh' } });
  return findings.map((finding) => findingLine(finding).replaceAll(`${home}/control/`, ''));
}

const GOOD = 'hook mail { reject "no"; }\n';

describe('rule files', () => {
  it('that are good and compiled are passed in silence', () => {
    expect(found({ 'mvmtr.mfl': GOOD }, ['mvmtr.mfl'])).toEqual([]);
  });

  it('and their tests are known by name', () => {
    expect(found({ 'greylist.svtest': '', 'policy.mfl': GOOD })).toEqual([]);
  });

  it('none is nothing to speak of', () => {
    expect(found({})).toEqual([]);
  });

  it.each<[string, ControlFiles, readonly string[], readonly RegExp[]]>([
    [
      'an error',
      { 'mvmtr.mfl': 'hook frob { }\n' },
      [],
      [/^mvmtr\.mfl:1:1: error: .*every session is answered 421 \(MFL-NAME-011 /],
    ],
    [
      'all of them, with what is in imported files in its place',
      { 'mvmtr.mfl': 'import "more.mfl";\nhook mail {\n  frob;\n}\n', 'more.mfl': '\nhook nope { }\n' },
      [],
      [/^more\.mfl:2:1: error: /, /^mvmtr\.mfl:3:3: error: /],
    ],
    ['a directory', { 'mvmtr.mfl': null }, [], [/^mvmtr\.mfl: error: cannot be used \(it is a directory\)/]],
    ['no UTF-8', { 'mvmtr.mfl': '# \xe9\n' }, [], [/^mvmtr\.mfl: error: cannot be used \(it is not UTF-8\)/]],
    [
      'a start file that is not compiled',
      { 'mvmtr.mfl': GOOD },
      [],
      [/^mvmtr\.mflc: warning: is missing, .*mvmtr compile /],
    ],
    ['another file need not be', { 'other.mfl': GOOD }, [], []],
    [
      'another file with an error',
      { 'other.mfl': 'hook frob { }\n' },
      [],
      [/^other\.mfl:1:1: error: .*a session with these rules/],
    ],
    [
      'a compiled file of something else',
      { 'mvmtr.mfl': GOOD, 'mvmtr.mflc': 'mvmtr-rules 1\n{}\n' },
      [],
      [/^mvmtr\.mflc: warning: is not made from these rules/],
    ],
    [
      'a compiled file that is a directory',
      { 'mvmtr.mfl': GOOD, 'mvmtr.mflc': null },
      [],
      [/^mvmtr\.mflc: warning: cannot be read \(it is a directory\), so every session compiles/],
    ],
    [
      'a compiled file without a source',
      { 'old.mflc': '' },
      [],
      [/^old\.mflc: warning: is compiled from a file that is not there/],
    ],
    [
      'parts of the program that are not there yet, once each',
      {
        'mvmtr.mfl':
          'hook message { if (spam.score > 5 || spam.score > 6 || virus.found) { reject "no"; } }\n',
      },
      ['mvmtr.mfl'],
      [
        /^mvmtr\.mfl:1:20: warning: 'spam\.score' is not available yet/,
        /^mvmtr\.mfl:1:\d+: warning: 'virus\.found' /,
      ],
    ],
  ])('%s', (_, files, compiled, expected) => {
    const lines = found(files, compiled);
    expect(lines.length, lines.join('\n')).toBe(expected.length);
    for (const [i, pattern] of expected.entries()) expect(lines[i]).toMatch(pattern);
  });

  it('that are imported are judged with the one that imports them', () => {
    const files = {
      'a.mfl': 'boolean ours() { return theirs() == false; }\n',
      'b.mfl': 'boolean theirs() { return client.relay; }\n',
      'mvmtr.mfl': 'import "b.mfl";\nimport "a.mfl";\nhook mail { if (ours()) { reject "no"; } }\n',
    };
    expect(found(files, ['mvmtr.mfl'])).toEqual([]);
  });

  it('in a circle are told of once', () => {
    const files = { 'a.mfl': 'import "b.mfl";\n', 'b.mfl': 'import "a.mfl";\n' };
    const lines = found(files);
    expect(lines.length, lines.join('\n')).toBe(1);
    expect(lines[0]).toMatch(/^b\.mfl:1:1: error: .*MFL-IMPORT-003/);
  });
});
