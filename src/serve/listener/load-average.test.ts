// The load average: what the kernel's file says, what is no number, and how often it is read.

import { existsSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { removeDirectory, scratchDirectory } from '../../../test/support/home.ts';
import { LOAD_AVERAGE_FILE, openLoadAverage } from './load-average.ts';

let directory = '';
let file = '';

beforeEach(() => {
  directory = scratchDirectory();
  file = join(directory, 'loadavg');
});

afterEach(() => removeDirectory(directory));

it.each([
  ['0.52 0.58 0.59 1/345 12345\n', 0.52],
  ['123.00 0.58 0.59 1/345 12345\n', 123],
  ['', null],
  ['high\n', null],
  ['0.52', null],
])('"%s" is %s', (text, load) => {
  writeFileSync(file, text);
  expect(openLoadAverage(() => 0, file)()).toBe(load);
});

it('is read once a second, also when the clock is set back', () => {
  let now = 5000;
  const load = openLoadAverage(() => now, file);
  expect(load()).toBeNull();
  writeFileSync(file, '1.00 ');
  now = 5999;
  expect(load()).toBeNull();
  now = 6000;
  expect(load()).toBe(1);
  writeFileSync(file, '2.00 ');
  expect(load()).toBe(1);
  now = 1000;
  expect(load()).toBe(2);
  rmSync(file);
  now = 2000;
  expect(load()).toBeNull();
});

it('is a number on this machine, if it is there', () => {
  const load = openLoadAverage(() => 0)();
  expect(load === null).toBe(!existsSync(LOAD_AVERAGE_FILE));
});
