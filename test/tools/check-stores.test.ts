// What `mvmtr check` says about the places that rules write to: only of those the rules use, and only if they cannot be used.

import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { check } from '../../src/cli/commands/check.ts';
import { findingLine } from '../../src/cli/commands/findings.ts';
import { removeDirectory, scratchDirectory } from '../support/home.ts';
import { homeWith } from './control-home.ts';

let scratch: string;
beforeAll(() => {
  scratch = scratchDirectory();
});
afterAll(() => removeDirectory(scratch));

/** Findings about state/ and quarantine/, which are made by `place`. */
function found(rules: string, place: (path: string) => void): readonly string[] {
  const home = homeWith(scratch, { me: 'mx.example.com\n', rcpthosts: 'x\n', 'mvmtr.mfl': rules });
  for (const name of ['state', 'quarantine']) place(join(home, name));
  const { findings } = check({ home, profile: 'mvmtr', environment: { QMAILQUEUE: '/bin/sh' } });
  return findings
    .map((finding) => findingLine(finding).replace(`${home}/`, ''))
    .filter((line) => /^(?:state|quarantine)/.test(line));
}

const asFile = (path: string): void => writeFileSync(path, '');

it.each([
  ['greylist', 'hook rcpt { greylist; }', ['state']],
  ['a function', 'hook rcpt { if (seen("x", 60)) { defer "x"; } }', ['state']],
  ['a function called by another', 'hook rcpt { f(); } void f() { counter_add("x", 1, 60); }', ['state']],
  ['a property', 'hook rcpt { if (client.reputation < 0) { defer "x"; } }', ['state']],
  ['quarantine', 'hook message { if (message.size > 9) { quarantine; } }', ['quarantine']],
  ['both', 'hook message { report "x"; quarantine; }', ['state', 'quarantine']],
  ['neither', 'hook rcpt { boolean seen = client.relay; if (seen) { accept; } }', []],
])('%s: said of what is used', (_, rules, expected) => {
  const lines = found(rules, asFile);
  expect(lines.map((line) => line.replace(/: warning: is no directory, so .*$/, ''))).toEqual(expected);
});

it.each([
  ['a directory', (path: string) => mkdirSync(path)],
  ['nothing yet', () => {}],
])('nothing is said where there is %s', (_, place) => {
  expect(found('hook message { report "x"; quarantine; }', place)).toEqual([]);
});
