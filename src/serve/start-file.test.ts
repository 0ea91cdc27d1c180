// Which file the rules come from: the one that was asked for, the usual one if it is there in whatever shape, or none.

import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { removeDirectory, scratchDirectory } from '../../test/support/home.ts';
import { startFileOf } from './start-file.ts';

let home = '';
let usual = '';
beforeEach(() => {
  home = scratchDirectory();
  usual = join(home, 'control/mvmtr.mfl');
  mkdirSync(join(home, 'control'));
});
afterEach(() => removeDirectory(home));

it('is none where there is none', () => {
  expect(startFileOf(home, null)).toBeNull();
  expect(startFileOf(join(home, 'nowhere'), null)).toBeNull();
  expect(startFileOf(null, null)).toBeNull();
});

it.each<[string, () => void]>([
  ['a file', () => writeFileSync(usual, '')],
  ['a directory, which will be a problem', () => mkdirSync(usual)],
  ['a link that leads nowhere, which will be one too', () => symlinkSync('/nowhere', usual)],
])('is the usual one when it is %s', (_, make) => {
  make();
  expect(startFileOf(home, null)).toBe(usual);
});

it('is the usual one when nobody can say whether it is there', () => {
  const file = join(home, 'file');
  writeFileSync(file, '');
  expect(startFileOf(file, null)).toBe(join(file, 'control/mvmtr.mfl'));
});

it('is the one that was asked for, there or not', () => {
  writeFileSync(usual, '');
  expect(startFileOf(home, '/etc/other.mfl')).toBe('/etc/other.mfl');
  expect(startFileOf(null, '/etc/other.mfl')).toBe('/etc/other.mfl');
});
