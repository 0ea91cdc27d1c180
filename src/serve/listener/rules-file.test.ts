// A file of rules while it changes: replaced, repaired, taken away, and what is no file of rules at all. Every change
// has to show with the next verdict, and no descriptor may stay open behind it.

import {
  mkdirSync,
  readdirSync,
  readlinkSync,
  renameSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { asNobody } from '../../../test/support/as-nobody.ts';
import { removeDirectory, scratchDirectory } from '../../../test/support/home.ts';
import { type TcpRule, writeRulesCdb } from '../../../test/support/rules-cdb.ts';
import { openRulesFile, type RulesFile, type RulesFileOptions } from './rules-file.ts';

const CLIENT = { ip: '192.0.2.10', host: null, info: null };
const ALLOWED = { kind: 'allow', variables: [] };
const DENIED = { kind: 'deny' };

let directory: string;
let path: string;
let opened: RulesFile[];

beforeEach(() => {
  directory = scratchDirectory();
  path = join(directory, 'rules.cdb');
  opened = [];
});
afterEach(() => {
  for (const rules of opened) rules.close();
  removeDirectory(directory);
});

const open = (options?: RulesFileOptions): RulesFile => {
  const rules = openRulesFile(path, options);
  opened.push(rules);
  return rules;
};

const write = (rule: TcpRule): void => writeRulesCdb(path, [['192.0.2.', rule]]);

/** How many descriptors lead to a file of this name, be it still there or not. */
const descriptors = (): number =>
  readdirSync('/proc/self/fd').filter((fd) => {
    try {
      return readlinkSync(`/proc/self/fd/${fd}`).startsWith(path);
    } catch {
      return false; // the one with which the directory was read
    }
  }).length;

it('says what the rules say', () => {
  write({ variables: { RELAYCLIENT: '', A: 'b' } });
  const rules = open();
  expect(descriptors()).toBe(0);
  expect(rules.verdict(CLIENT)).toEqual({
    kind: 'allow',
    variables: [
      ['RELAYCLIENT', ''],
      ['A', 'b'],
    ],
  });
  expect(rules.verdict({ ...CLIENT, ip: '198.51.100.1' })).toEqual(ALLOWED);
  expect(descriptors()).toBe(1);
});

it('follows every replacement, with one descriptor', () => {
  const rules = open();
  for (let n = 0; n < 20; n += 1) {
    write({ variables: { N: `${n}` } });
    expect(rules.verdict(CLIENT)).toEqual({ kind: 'allow', variables: [['N', `${n}`]] });
    write({ deny: true });
    expect(rules.verdict(CLIENT)).toEqual(DENIED);
    expect(descriptors()).toBe(1);
  }
  rules.close();
  expect(descriptors()).toBe(0);
});

it('opens again after close()', () => {
  write({ deny: true });
  const rules = open();
  rules.close();
  rules.close();
  expect(rules.verdict(CLIENT)).toEqual(DENIED);
});

it('is broken while the file is not there, and works when it is back', () => {
  write({ deny: true });
  const rules = open();
  expect(rules.verdict(CLIENT)).toEqual(DENIED);
  renameSync(path, `${path}.away`);
  expect(rules.verdict(CLIENT)).toEqual({ kind: 'broken', reason: 'ENOENT' });
  expect(descriptors()).toBe(0);
  renameSync(`${path}.away`, path);
  expect(rules.verdict(CLIENT)).toEqual(DENIED);
});

it('allows everybody while the file is not there, if it may be missing', () => {
  const rules = open({ mayBeMissing: true });
  expect(rules.verdict(CLIENT)).toEqual(ALLOWED);
  write({ deny: true });
  expect(rules.verdict(CLIENT)).toEqual(DENIED);
  rmSync(path);
  expect(rules.verdict(CLIENT)).toEqual(ALLOWED);
  expect(descriptors()).toBe(0);
});

it.each([[{}], [{ mayBeMissing: true }]])('is broken when the file cannot be read (%j)', (options) => {
  write({ deny: true });
  const rules = open(options);
  expect(rules.verdict(CLIENT)).toEqual(DENIED);
  truncateSync(path, 100);
  expect(rules.verdict(CLIENT)).toEqual({ kind: 'broken', reason: 'it ends in the middle' });
  writeFileSync(path, '');
  expect(rules.verdict(CLIENT)).toEqual({ kind: 'broken', reason: 'it ends in the middle' });
  rmSync(path);
  mkdirSync(path);
  expect(rules.verdict(CLIENT)).toEqual({ kind: 'broken', reason: 'not a file' });
  rmSync(path, { recursive: true });
  write({ deny: true });
  expect(rules.verdict(CLIENT)).toEqual(DENIED);
});

it.each([[{}], [{ mayBeMissing: true }]])('is broken without permission to read it (%j)', (options) => {
  write({ deny: true });
  const rules = open(options);
  const verdict = (): unknown => rules.verdict(CLIENT);
  // The directory is its owner's alone.
  expect(asNobody(verdict)).toEqual(
    process.geteuid?.() === 0 ? { kind: 'broken', reason: 'EACCES' } : DENIED,
  );
  expect(verdict()).toEqual(DENIED);
});

it('is broken when the record is', () => {
  write({ variables: { A: 'b' } });
  const rules = open();
  expect(rules.verdict(CLIENT)).toMatchObject({ kind: 'allow' });
  truncateSync(path, 2048 + 8 + '192.0.2.'.length + 2);
  expect(rules.verdict(CLIENT)).toMatchObject({ kind: 'broken' });
});
