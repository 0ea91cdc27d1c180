// What shells are told, and what is kept from them: only what comes out the same in every shell goes through one.

import { describe, expect, it } from 'vitest';
import { type Inherited, isHarmless, readEnvironment, spawnJob } from './spawn-job.ts';

const INHERITED: Inherited = new Map([
  ['PATH', '/bin'],
  ['TZ', 'UTC'],
  ['ODD', null],
]);
const BASE = { PATH: '/bin', TZ: 'UTC', ODD: 'x' };

interface Asked {
  readonly file?: string;
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string | undefined>>;
}

function jobFor({ file = '/q', cwd = '/home', env = BASE }: Asked, inherited = INHERITED): string | null {
  const job = spawnJob({ file, cwd, env }, inherited, { file: '/typical', cwd: '/var/typical' });
  return job && Buffer.from(job).toString();
}

describe('spawnJob', () => {
  it('says what is to be removed and what is to be set, and no more', () => {
    const env = { PATH: '/bin', ODD: 'x', A: '1', B: undefined };
    expect(jobFor({ env })).toBe('/q\n/home\nTZ\n\nODD=x\nA=1\n\n');
    expect(jobFor({ env: {} }, new Map())).toBe('/q\n/home\n\n\n');
  });

  it.each(["$(x) `x` 'x' \\", ' spaces ', '', 'a=b', '\t\r\x01\x7f', 'ü€'])('has %j as it is', (value) => {
    expect(jobFor({ env: { ...BASE, A: value } })).toBe(`/q\n/home\n\nODD=x\nA=${value}\n\n`);
  });

  it('does not say what is typical', () => {
    expect(jobFor({ file: '/typical' })).toBe('\n/home\n\nODD=x\n\n');
    expect(jobFor({ cwd: '/var/typical' })).toBe('/q\n\n\nODD=x\n\n');
  });

  it('leaves out _', () => {
    expect(jobFor({ env: { ...BASE, _: '/bin/x' } })).toBe(jobFor({}));
  });

  it.each<[string, Asked]>([
    ['a line end in a value', { env: { ...BASE, A: 'a\nb' } }],
    ['NUL in a value', { env: { ...BASE, A: 'a\0b' } }],
    ['a dot in a name', { env: { ...BASE, 'A.B': '' } }],
    ['a function', { env: { ...BASE, 'BASH_FUNC_x%%': '() { x; }' } }],
    ['an array element', { env: { ...BASE, 'A[$(x)]': '' } }],
    ['a name with a line end', { env: { ...BASE, 'A\nB': '' } }],
    ['an empty name', { env: { ...BASE, '': '' } }],
    ['a digit in front', { env: { ...BASE, '1A': '' } }],
    ['a letter that is none', { env: { ...BASE, Ä: '' } }],
    ['a variable of the script', { env: { ...BASE, mvmtr_file: '/x' } }],
    ['a variable that shells set', { env: { ...BASE, PPID: '1' } }],
    ['a variable that shells keep', { env: { ...BASE, UID: '1' } }],
    ['a variable that shells obey', { env: { ...BASE, IFS: '/' } }],
    ['another locale', { env: { ...BASE, LC_ALL: 'C' } }],
    ['a variable of theirs to remove', { env: { TZ: 'UTC', ODD: 'x' } }],
    ['a line end in the program', { file: '/q\n' }],
    ['a line end in the directory', { cwd: '/a\nb' }],
    ['a relative program', { file: 'q' }],
    ['a relative directory', { cwd: '-' }],
    ['more than fits into a pipe', { env: { ...BASE, A: 'x'.repeat(40_000) } }],
  ])('asks no shell for %s', (_, asked) => {
    expect(jobFor(asked)).toBeNull();
  });
});

it('a shell has nothing in its own environment that leads it astray', () => {
  const names = ['PATH', 'LANG', 'IFS', 'ENV', 'TMOUT', 'SHELLOPTS', 'BASH_FUNC_read%%', 'mvmtr_job'];
  expect(names.filter(isHarmless)).toEqual(['PATH', 'LANG']);
});

it('an environment is read as the system has it', () => {
  const octets = Buffer.from('A=1\0B=\0C==x\ny\0none\0D=\xc3\xbc\0E=\xff\0=F\0', 'latin1');
  expect([...readEnvironment(octets)]).toEqual([
    ['A', '1'],
    ['B', ''],
    ['C', '=x\ny'],
    ['D', 'ü'],
    ['E', null],
  ]);
});
