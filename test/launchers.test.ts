// The launchers in bin/: that they start the Node build, through a symbolic link as well, and what they say when the
// build is not there, to the log and to a client that may be waiting.

import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ROOT } from '../src/build/bundle.mjs';
import { needs } from './support/needs.ts';

let directory: string;

beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'mvmtr-test-'));
  cpSync(join(ROOT, 'bin'), join(directory, 'bin'), { recursive: true, verbatimSymlinks: true });
  symlinkSync(join(ROOT, 'bin/mvmtr'), join(directory, 'mvmtr'));
});

afterAll(() => rmSync(directory, { recursive: true, force: true }));

const run = (program: string, ...args: readonly string[]) => {
  const { status, stdout, stderr } = spawnSync(join(directory, program), args, {
    input: '',
    encoding: 'utf8',
  });
  return { status, stdout, stderr };
};

describe('a launcher', () => {
  it('starts the build its file belongs to, through a symbolic link', () => {
    expect(run('mvmtr', '-V')).toEqual({ status: 0, stdout: expect.stringMatching(/^mvmtr \d/), stderr: '' });
  });

  const sorry = '421 4.3.0 Service not available, try again later\r\n';

  it.each([
    ['qmail-smtpd', [], sorry],
    ['qmail-smtpd', ['anything'], sorry],
    ['mvmtr', [], sorry],
    ['mvmtr', ['-h', 'mx.example'], sorry],
    ['mvmtr', ['check'], ''],
    ['mvmtr', ['serve', '25'], ''],
    ['mvmtr', ['--help'], ''],
    ['mvmtr', ['-V'], ''],
  ])('without a build: %s %j', (program, args, stdout) => {
    const stderr = `${program}: dist/node/session.cjs is missing: run "npm run build"\n`;
    expect(run(`bin/${program}`, ...args)).toEqual({ status: 111, stdout, stderr });
  });
});

describe('the code cache', () => {
  const NAMES = ['session', 'rules', 'starttls', 'start-tls', 'tls'];
  let copy: string;

  beforeAll(() => {
    copy = join(directory, 'copied');
    cpSync(join(ROOT, 'dist/node'), join(copy, 'dist/node'), { recursive: true });
    cpSync(join(ROOT, 'bin'), join(copy, 'bin'), { recursive: true, verbatimSymlinks: true });
  });

  it('is taken by V8, for all files that have one', () => {
    const look = `const { load, scripts } = require(${JSON.stringify(join(copy, 'dist/node/load.cjs'))});
      for (const name of ${JSON.stringify(NAMES)}) load(name);
      console.log([...scripts].map(([name, { script }]) => name + ' ' + script.cachedDataRejected).join());`;
    const { stdout } = spawnSync(process.execPath, ['-e', look], { encoding: 'utf8' });
    expect(stdout).toBe(`${NAMES.map((name) => `${name} false`).join()}\n`);
  });

  it.each<[string, (path: string) => void]>([
    ['is missing', (path) => rmSync(path)],
    ['is empty', (path) => writeFileSync(path, '')],
    ['is rubbish', (path) => writeFileSync(path, 'x'.repeat(100_000))],
    ['is of another text', (path) => cpSync(join(ROOT, 'dist/node/session.cache'), path)],
  ])('does no harm when it %s', (_, spoil) => {
    for (const name of NAMES) spoil(join(copy, 'dist/node', `${name}.cache`));
    expect(run('copied/bin/mvmtr', '-V')).toEqual({
      status: 0,
      stdout: expect.stringMatching(/^mvmtr \d/),
      stderr: '',
    });
  });
});

needs('softlimit').describe('a launcher under softlimit', () => {
  const limited = (...words: readonly string[]) => {
    const { status, stdout, stderr } = spawnSync('softlimit', words, { input: '', encoding: 'utf8' });
    return { status, stdout, stderr };
  };
  const sorry = '421 4.3.0 Service not available, try again later\r\n';

  it.each([
    [['-a', '999999999'], 'memory limited to 999999999 octets, Node needs 1000000000: raise softlimit -a'],
    [['-d', '99999999'], 'data limited to 99999999 octets, Node needs 100000000: raise softlimit -d'],
    [
      ['-m', '2000000000'],
      'stack limited to 2000000000 octets, too large a piece of memory: use softlimit -a, not -m',
    ],
  ])('%j says what is too little', (limit, why) => {
    expect(limited(...limit, join(ROOT, 'bin/qmail-smtpd'))).toEqual({
      status: 111,
      stdout: sorry,
      stderr: `qmail-smtpd: ${why}\n`,
    });
    for (const command of ['check', 'serve']) {
      expect(limited(...limit, join(ROOT, 'bin/mvmtr'), command)).toEqual({
        status: 111,
        stdout: '',
        stderr: `mvmtr: ${why}\n`,
      });
    }
  });

  it.each([[['-a', '1000000000']], [['-d', '100000000']]])('%j is enough', (limit) => {
    expect(limited(...limit, join(ROOT, 'bin/mvmtr'), '-V').status).toBe(0);
  });
});
