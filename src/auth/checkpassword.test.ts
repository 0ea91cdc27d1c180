// Programs with checkpassword's interface, for real: what they are told on descriptor 3, and what each way to end means.

import { chmodSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { removeDirectory, scratchDirectory } from '../../test/support/home.ts';
import type { FedChild } from '../sys/index.ts';
import { checkpassword, verdictOf } from './checkpassword.ts';

let scratch: string;
beforeAll(() => {
  scratch = scratchDirectory();
});
afterAll(() => removeDirectory(scratch));

let number = 0;

function script(body: string): string {
  number += 1;
  const path = join(scratch, `program-${number}`);
  writeFileSync(path, `#!/bin/sh\n${body}\n`);
  chmodSync(path, 0o755);
  return path;
}

const verifier = (program: string, { args = ['/bin/true'], seconds = 20 } = {}) =>
  checkpassword({ program, args, env: { PATH: process.env.PATH, ASKED: 'x' }, seconds });

const CHECK = 'test "$(tr "\\\\0" "|" <&3)" = "joe|secret||" || exit 1; exec "$@"';

describe('an answer', () => {
  it('is yes when the program behind it ends well', async () => {
    expect(await verifier(script(CHECK)).plain('joe', 'secret')).toBe('yes');
  });

  it('is no when it leaves with 1', async () => {
    expect(await verifier(script(CHECK)).plain('joe', 'other')).toBe('no');
  });

  it('is no for what the interface cannot say', async () => {
    const yes = verifier(script('exit 0'));
    expect(await yes.plain('joe\0', 'x')).toBe('no');
    expect(await yes.plain('joe', 'x\0y')).toBe('no');
    expect(await yes.plain('joe', 'x'.repeat(506))).toBe('yes');
    expect(await yes.plain('joe', 'x'.repeat(507))).toBe('no');
  });

  it.each<[string, string, string]>([
    ['2: called wrongly', 'exit 2', 'left with 2'],
    ['111: not now', 'exit 111', 'left with 111'],
    ['the program behind it', 'exec /bin/sh -c "exit 3"', 'left with 3'],
    ['a signal', 'kill -9 $$', 'was killed by SIGKILL'],
  ])('is none after %s', async (_, body, why) => {
    expect(await verifier(script(body)).plain('joe', 'secret')).toEqual({
      unavailable: expect.stringContaining(why),
    });
  });

  it('is none without a program', async () => {
    const missing = await verifier(join(scratch, 'missing')).plain('joe', 'secret');
    expect(missing).toEqual({ unavailable: expect.stringContaining('cannot be started: ENOENT') });
    const plain = join(scratch, 'plain');
    writeFileSync(plain, 'not a program\n', { mode: 0o644 });
    expect(await verifier(plain).plain('joe', 'secret')).toEqual({
      unavailable: expect.stringContaining('cannot be started'),
    });
  });

  it('is none when it takes too long, and the program is gone then', async () => {
    const note = join(scratch, 'pid');
    const program = script(`echo $$ >${note}; exec sleep 60`);
    expect(await verifier(program, { seconds: 0.5 }).plain('joe', 'secret')).toEqual({
      unavailable: expect.stringContaining('has not answered in 0.5 s'),
    });
    expect(() => process.kill(Number(readFileSync(note, 'utf8')), 0)).toThrow('ESRCH');
  });

  it('is none, and in time, when it cannot be killed', async () => {
    const kills: number[] = [];
    const immortal: FedChild = { ended: new Promise(() => {}), kill: () => void kills.push(1) };
    expect(await verdictOf(immortal, 'program', 0.05)).toEqual({
      unavailable: 'program has not answered in 0.05 s',
    });
    expect(kills).toEqual([1]);
  });

  it('does not depend on what is read or printed', async () => {
    expect(await verifier(script('exec 3<&-; exit 0')).plain('joe', 'x'.repeat(500))).toBe('yes');
    expect(await verifier(script('head -c 200000 /dev/zero; exit 1')).plain('joe', 'x')).toBe('no');
    expect(await verifier(script('cat; exit 0')).plain('joe', 'x')).toBe('yes');
  });
});

it('is told the response and the challenge of CRAM-MD5, as s/qmail tells them', async () => {
  const note = join(scratch, 'cram');
  const program = script(`cat <&3 >${note}; exit 0`);
  expect(await verifier(program).cramMd5?.('joe', '<1@mx>', 'f'.repeat(32))).toBe('yes');
  expect(readFileSync(note, 'latin1')).toBe(`joe\0${'f'.repeat(32)}\0<1@mx>\0`);
});

it('finds a program by its name, and hands on arguments and environment without the password', async () => {
  const note = join(scratch, 'seen');
  writeFileSync(
    join(scratch, 'named'),
    `#!/bin/sh\necho "$@" $ASKED >${note}; env >>${note}; ls /proc/$$/fd | tr "\\n" " " >>${note}\n`,
  );
  chmodSync(join(scratch, 'named'), 0o755);
  const named = checkpassword({
    program: 'named',
    args: ['a', 'b c'],
    env: { PATH: `${scratch}:${process.env.PATH}`, ASKED: 'x' },
    seconds: 20,
  });
  expect(await named.plain('joe', 'geheim')).toBe('yes');
  const seen = readFileSync(note, 'utf8');
  expect(seen).toContain('a b c x\n');
  expect(seen).not.toContain('geheim');
});
