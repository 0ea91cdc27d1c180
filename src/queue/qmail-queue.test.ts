// The hand-off's own decisions, on a child that is a plain object: when the envelope is given, and what counts as success.

import { readSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { Child, ChildStatus, SpawnFailure, SpawnOptions } from '../sys/index.ts';
import { qmailQueue } from './qmail-queue.ts';

interface Script {
  readonly status?: ChildStatus;
  readonly taken?: boolean;
  readonly hasEnded?: boolean;
  /** Octets of the envelope the child reads before it ends. */
  readonly reads?: number;
}

const ENVELOPE = { reversePath: 'a@b', recipients: ['c@d', 'e@f'] };

async function commit(script: Script, envelope = ENVELOPE) {
  const seen = { envelope: '', options: null as SpawnOptions | null };
  const spawn = async (options: SpawnOptions): Promise<Child> => {
    seen.options = options;
    let end: (status: ChildStatus) => void = () => {};
    return {
      pid: 4711,
      ended: new Promise((resolve) => {
        end = resolve;
      }),
      hasEnded: script.hasEnded ?? false,
      write() {},
      taken: async () => script.taken ?? true,
      close() {
        const buffer = Buffer.alloc(script.reads ?? 1_000_000);
        seen.envelope = buffer.toString('latin1', 0, readSync(options.out, buffer, 0, buffer.length, null));
        end(script.status ?? { code: 0 });
      },
    };
  };
  const handOff = await qmailQueue({ home: '/home', program: null, env: {}, spawn }).open();
  if (!handOff) throw new Error('no hand-off');
  const outcome = await handOff.commit(envelope);
  return { ...seen, id: handOff.id, outcome };
}

describe('qmailQueue', () => {
  it('writes F, T and NUL as qmail-queue(8) wants them', async () => {
    const { envelope, outcome, id } = await commit({});
    expect(envelope).toBe('Fa@b\0Tc@d\0Te@f\0\0');
    expect(outcome).toEqual({ kind: 'queued' });
    expect(id).toBe('4711');
  });

  it.each<[string, Script]>([
    ['did not take the whole message', { taken: false }],
    ['has left before the message ended', { hasEnded: true }],
  ])('gives no envelope to a program that %s, and takes its exit 0 for a failure', async (_title, script) => {
    const { envelope, outcome } = await commit(script);
    expect(envelope).toBe('');
    expect(outcome).toMatchObject({ kind: 'failed', permanent: false, text: 'qq read error' });
  });

  it('lets a refusing program say why, whatever it has read', async () => {
    const { outcome } = await commit({ taken: false, status: { code: 31 } });
    expect(outcome).toMatchObject({ kind: 'failed', permanent: true });
  });

  it('takes success for none when more than a pipe holds of the envelope was left unread', async () => {
    const long = {
      reversePath: '',
      recipients: Array.from({ length: 3000 }, (_, at) => `user${at}@host.example.org`),
    };
    expect((await commit({ reads: 10 }, long)).outcome).toMatchObject({ kind: 'failed', permanent: false });
    expect((await commit({ reads: 60_000 }, long)).outcome).toEqual({ kind: 'queued' });
    expect((await commit({ reads: 1 })).outcome).toEqual({ kind: 'queued' });
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
    const handOff = await qmailQueue({ home: '/home', program, env: {}, spawn }).open();
    expect(asked).toBe(file);
    expect(await handOff?.commit(ENVELOPE)).toMatchObject({ text: 'unable to exec qq', permanent: false });
  });

  it('has no hand-off when the system cannot run a program', async () => {
    const spawn = async (): Promise<SpawnFailure> => ({ failure: 'exhausted', reason: 'EAGAIN' });
    expect(await qmailQueue({ home: '/home', program: null, env: {}, spawn }).open()).toBeNull();
  });
});
