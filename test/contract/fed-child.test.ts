// Programs with a secret on descriptor 3, started by each runtime: what they find there and beside it, how their end is told, and that a
// secret nobody reads hurts nobody. Without Bun its part is skipped or fails, as support/needs.ts says.

import { execFile } from 'node:child_process';
import { chmodSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { findBun } from '../../src/build/bun.mjs';
import { fedChild } from '../../src/sys/fed-child-node.ts';
import { removeDirectory, scratchDirectory } from '../support/home.ts';
import { present } from '../support/needs.ts';
import { type Fed, type Feeding, feed } from './feeding.ts';

const bun = findBun();
const ON_BUN = fileURLToPath(new URL('fed-child-on-bun.ts', import.meta.url));

type Play = (feeding: Feeding) => Promise<Fed>;

const onNode: Play = (feeding) => feed(feeding, fedChild);

const onBun: Play = async (feeding) => {
  const { stdout } = await promisify(execFile)(bun as string, [ON_BUN, JSON.stringify(feeding)]);
  return JSON.parse(stdout);
};

const PATH = process.env.PATH ?? '';

/** Every octet there is, and more than any password. */
const ALL_OCTETS = String.fromCharCode(...Array.from({ length: 256 }, (_, octet) => octet)).repeat(16);

let scratch: string;
beforeAll(() => {
  scratch = scratchDirectory();
});
afterAll(() => removeDirectory(scratch));

const contract = (play: Play): void => {
  /** @param script finds a file to write into as $0 */
  const shell = (script: string, more: Partial<Feeding> = {}): Promise<Fed> =>
    play({
      program: 'sh',
      args: ['-c', script, join(scratch, 'note')],
      env: { PATH, ASKED: 'x' },
      secret: 'secret\0',
      ...more,
    });

  const noted = (): string => {
    const note = join(scratch, 'note');
    const text = readFileSync(note, 'latin1');
    rmSync(note);
    return text;
  };

  it('find it there, to the last octet, and an end behind it', async () => {
    expect(await shell('cat <&3 >"$0"', { secret: ALL_OCTETS })).toEqual({ code: 0 });
    expect(noted()).toBe(ALL_OCTETS);
  });

  it('may find that it is empty', async () => {
    expect(await shell('cat <&3 >"$0"', { secret: '' })).toEqual({ code: 0 });
    expect(noted()).toBe('');
  });

  it('have nothing to read or to print to, and no other descriptors', async () => {
    const script = '{ readlink /proc/$$/fd/0 /proc/$$/fd/1; ls /proc/$$/fd; } >"$0"; exit 0';
    expect(await shell(script)).toEqual({ code: 0 });
    // A shell that writes into a file has put its own descriptor 1 aside, at 10 or above.
    const [input, output, ...descriptors] = noted().trimEnd().split('\n');
    expect([input, descriptors.filter((each) => Number(each) < 10)]).toEqual([
      '/dev/null',
      ['0', '1', '2', '3'],
    ]);
    expect(output).toBe(join(scratch, 'note'));
    expect(await shell('test "$(readlink /proc/$$/fd/1)" = /dev/null')).toEqual({ code: 0 });
  });

  it('have the environment they are given, and nothing of ours', async () => {
    process.env.OURS = 'ours';
    expect(await shell('test "$ASKED" = x && test -z "$OURS"')).toEqual({ code: 0 });
    delete process.env.OURS;
  });

  it('are looked for in the PATH they are given', async () => {
    const program = join(scratch, 'named-like-this');
    writeFileSync(program, '#!/bin/sh\ntest "$1" = "a  b" && test "$2" = "" && test $# = 2\n');
    chmodSync(program, 0o755);
    const feeding = { program: 'named-like-this', args: ['a  b', ''], secret: '' };
    expect(await play({ ...feeding, env: { PATH: `${scratch}:${PATH}` } })).toEqual({ code: 0 });
    expect(await play({ ...feeding, env: { PATH } })).toMatchObject({ failure: 'not-executable' });
  });

  it.each<[string, Fed]>([
    ['exit 0', { code: 0 }],
    ['exit 1', { code: 1 }],
    ['exit 111', { code: 111 }],
    ['kill -15 $$', { signal: 'SIGTERM' }],
  ])('tell how they end: %s', async (script, status) => expect(await shell(script)).toEqual(status));

  it.each([
    ['leave it unread', 'exit 7'],
    ['close it', 'exec 3<&-; exit 7'],
    ['read a part of it', 'head -c 1 <&3; exit 7'],
  ])('may %s', async (_, script) => {
    expect(await shell(script, { secret: ALL_OCTETS })).toEqual({ code: 7 });
  });

  it('can be killed, and not once more', async () => {
    expect(await shell('exec sleep 60', { kill: 'running' })).toEqual({ signal: 'SIGKILL' });
    expect(await shell('exit 3', { kill: 'ended' })).toEqual({ code: 3 });
  });

  it('cannot be started where there is no program', async () => {
    const program = join(scratch, 'no-program');
    expect(await shell('', { program })).toEqual({ failure: 'not-executable', reason: 'ENOENT' });
    writeFileSync(program, 'text\n', { mode: 0o644 });
    expect(await shell('', { program })).toEqual({ failure: 'not-executable', reason: 'EACCES' });
    rmSync(program);
  });
};

present([]).describe('programs that Node feeds', () => contract(onNode));

present(bun === null ? ['bun'] : []).describe('programs that Bun feeds', () => contract(onBun));
