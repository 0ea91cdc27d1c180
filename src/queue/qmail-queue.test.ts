// The hand-off's own decisions, on a child that is a plain object: when the envelope is given, what counts as success, and
// when it has waited enough; and that on a real program.

import { chmodSync, existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { removeDirectory, scratchDirectory } from '../../test/support/home.ts';
import {
  type Child,
  type ChildInput,
  type ChildStatus,
  openScratch,
  type Spawn,
  type SpawnFailure,
  type SpawnOptions,
  sys,
} from '../sys/index.ts';
import { qmailQueue } from './qmail-queue.ts';

interface Script {
  readonly status?: ChildStatus;
  /** Whether the child takes the whole message, and the whole envelope. */
  readonly takesMessage?: boolean;
  readonly takesEnvelope?: boolean;
  readonly leavesUnread?: boolean;
}

const ENVELOPE = { reversePath: 'a@b', recipients: ['c@d', 'e@f'] };
const LONG = {
  reversePath: '',
  recipients: Array.from({ length: 3000 }, (_, at) => `user${at}@host.example.org`),
};

async function commit(script: Script, envelope = ENVELOPE) {
  const events: string[] = [];
  const input = (name: string, takes = true): ChildInput => ({
    write(octets) {
      events.push(`${name} ${Buffer.from(octets).toString('latin1').slice(0, 40)}`);
    },
    taken: async () => takes,
    close: () => void events.push(`${name} closed`),
    leftUnread: script.leavesUnread ?? false,
  });
  const spawn = async (): Promise<Child> => ({
    pid: 4711,
    message: input('message', script.takesMessage),
    envelope: input('envelope', script.takesEnvelope),
    ownText: openScratch(),
    ended: Promise.resolve(script.status ?? { code: 0 }),
    kill: () => {},
  });
  const handOff = await qmailQueue({ home: '/home', program: null, env: {}, spawn, seconds: null }).open();
  if (!handOff) throw new Error('no hand-off');
  handOff.write(Buffer.from('text\n'));
  const outcome = await handOff.commit(envelope);
  return { events, outcome, id: handOff.id };
}

const UNREAD = { kind: 'failed', permanent: false, text: 'qq read error' };

describe('qmailQueue', () => {
  it('ends the message, then writes F, T and NUL as qmail-queue(8) wants them', async () => {
    const { events, outcome, id } = await commit({});
    expect(events).toEqual([
      'message text\n',
      'message closed',
      'envelope Fa@b\0Tc@d\0Te@f\0\0',
      'envelope closed',
    ]);
    expect(outcome).toEqual({ kind: 'queued' });
    expect(id).toBe('4711');
  });

  it('gives no envelope to a program that did not take the whole message, and takes its exit 0 for a failure', async () => {
    const { events, outcome } = await commit({ takesMessage: false });
    expect(events).toEqual(['message text\n', 'message closed', 'envelope closed']);
    expect(outcome).toMatchObject(UNREAD);
  });

  it('takes exit 0 for a failure when the envelope was not taken', async () => {
    expect((await commit({ takesEnvelope: false })).outcome).toMatchObject(UNREAD);
  });

  it('lets a refusing program say why, whatever it has read', async () => {
    const { outcome } = await commit({ takesMessage: false, status: { code: 31 } });
    expect(outcome).toMatchObject({ kind: 'failed', permanent: true });
  });

  it('forgives an unread envelope as far as a pipe would have held it', async () => {
    expect((await commit({ leavesUnread: true })).outcome).toEqual({ kind: 'queued' });
    expect((await commit({ leavesUnread: true }, LONG)).outcome).toMatchObject(UNREAD);
    expect((await commit({ leavesUnread: false }, LONG)).outcome).toEqual({ kind: 'queued' });
  });

  it.each<[string | null, string]>([
    [null, '/home/bin/qmail-queue'],
    ['bin/other', '/home/bin/other'],
    ['/bin/third', '/bin/third'],
  ])('finds the program %j at %s', async (program, file) => {
    let asked = '';
    const spawn = async (options: SpawnOptions): Promise<SpawnFailure> => {
      asked = options.file;
      return { failure: 'not-executable', reason: 'ENOENT' };
    };
    const handOff = await qmailQueue({ home: '/home', program, env: {}, spawn, seconds: null }).open();
    expect(asked).toBe(file);
    expect(await handOff?.commit(ENVELOPE)).toMatchObject({ text: 'unable to exec qq', permanent: false });
  });

  it('has no hand-off when the system cannot run a program', async () => {
    const spawn = async (): Promise<SpawnFailure> => ({ failure: 'exhausted', reason: 'EAGAIN' });
    expect(
      await qmailQueue({ home: '/home', program: null, env: {}, spawn, seconds: null }).open(),
    ).toBeNull();
  });
});

describe('the time limit', () => {
  const never = new Promise<never>(() => {});
  const SECONDS = 0.01;
  const LATE = {
    kind: 'failed',
    permanent: false,
    detail: '3.0',
    text: 'qq timeout',
    why: `ended after ${SECONDS} seconds`,
  };

  /** A hand-off to a child of which these things never come to an end. */
  async function begin(stuck: { message?: boolean; child?: boolean }, seconds: number | null = SECONDS) {
    const events: string[] = [];
    let killed = (): void => {};
    const input = (name: string, fails = false): ChildInput => ({
      write(): void | Promise<void> {
        events.push(`${name} written`);
        if (fails) return never;
      },
      taken: () => (fails ? never : Promise.resolve(true)),
      close: () => void events.push(`${name} closed`),
      leftUnread: false,
    });
    const child: Child = {
      pid: 4711,
      message: input('message', stuck.message),
      envelope: input('envelope'),
      ownText: openScratch(),
      ended: stuck.child ? never : Promise.resolve({ code: 0 }),
      kill() {
        events.push('killed');
        killed();
      },
    };
    const options = { home: '/home', program: null, env: {}, spawn: async () => child, seconds };
    const handOff = await qmailQueue(options).open();
    if (!handOff) throw new Error('no hand-off');
    const kill = new Promise<void>((resolve) => {
      killed = resolve;
    });
    return { events, handOff, kill };
  }

  it('ends a program that does not end', async () => {
    const { events, handOff } = await begin({ child: true });
    expect(await handOff.commit(ENVELOPE)).toEqual(LATE);
    expect(events.filter((event) => event === 'killed')).toEqual(['killed']);
  });

  it('ends a program that does not take the message, and gives it no envelope', async () => {
    const { events, handOff } = await begin({ message: true, child: true });
    expect(await handOff.commit(ENVELOPE)).toEqual(LATE);
    expect(events).toEqual(['killed', 'message closed', 'envelope closed']);
  });

  it('ends one that makes the client wait, and the outcome says so', async () => {
    const { events, handOff } = await begin({ message: true, child: true });
    await handOff.write(Buffer.from('x'));
    expect(events).toEqual(['message written', 'killed', 'message closed', 'envelope closed']);
    expect(await handOff.commit(ENVELOPE)).toEqual(LATE);
  });

  it('ends one that was given up and does not notice', async () => {
    const { events, handOff, kill } = await begin({ child: true });
    handOff.abort();
    expect(events).toEqual(['message closed', 'envelope closed']);
    await kill;
  });

  it.each([1000, Number.MAX_SAFE_INTEGER, null])(
    'of %j seconds leaves alone what ends in time',
    async (seconds) => {
      const { events, handOff } = await begin({}, seconds);
      handOff.write(Buffer.from('x'));
      expect(await handOff.commit(ENVELOPE)).toEqual({ kind: 'queued' });
      expect(events).not.toContain('killed');
    },
  );

  it.each<[string, () => Promise<{ spawn: Spawn; close(): Promise<void> }>]>([
    ['by ourselves', async () => ({ spawn: sys.spawn, close: async () => {} })],
    ['for a server', () => sys.openSpawner({ file: '/bin/true', cwd: '/', env: process.env })],
  ])('kills a real program, started %s', async (_, open) => {
    const directory = scratchDirectory();
    const { spawn, close } = await open();
    try {
      const program = join(directory, 'program');
      writeFileSync(program, '#!/bin/sh\ncat >/dev/null\nexec sleep 1000\n');
      chmodSync(program, 0o755);
      const queue = qmailQueue({ home: '/', program, env: process.env, spawn, seconds: 0.1 });
      const handOff = await queue.open();
      expect(await handOff?.commit(ENVELOPE)).toMatchObject({ text: 'qq timeout' });
      await close(); // which waits for it
      while (existsSync(`/proc/${handOff?.id}`)) await new Promise(setImmediate);
    } finally {
      removeDirectory(directory);
    }
  });
});
