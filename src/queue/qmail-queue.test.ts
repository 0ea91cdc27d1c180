// The hand-off's own decisions, on a child that is a plain object: when the envelope is given, and what counts as success.

import { describe, expect, it } from 'vitest';
import type { Child, ChildInput, ChildStatus, SpawnFailure, SpawnOptions } from '../sys/index.ts';
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
    ended: Promise.resolve(script.status ?? { code: 0 }),
  });
  const handOff = await qmailQueue({ home: '/home', program: null, env: {}, spawn }).open();
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
    const handOff = await qmailQueue({ home: '/home', program, env: {}, spawn }).open();
    expect(asked).toBe(file);
    expect(await handOff?.commit(ENVELOPE)).toMatchObject({ text: 'unable to exec qq', permanent: false });
  });

  it('has no hand-off when the system cannot run a program', async () => {
    const spawn = async (): Promise<SpawnFailure> => ({ failure: 'exhausted', reason: 'EAGAIN' });
    expect(await qmailQueue({ home: '/home', program: null, env: {}, spawn }).open()).toBeNull();
  });
});
