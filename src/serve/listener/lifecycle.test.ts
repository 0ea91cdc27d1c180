// The life of a serving process, with signals that a test sends: it listens and says so, reads its files again one time after the
// other, pauses for two reasons, and leaves when it is told to and no sooner.

import { describe, expect, it } from 'vitest';
import {
  connection,
  type ScriptedConnection,
  serverParts,
  snapshot,
} from '../../../test/support/listener.ts';
import type { Bound, Connection, Serving } from '../../sys/index.ts';
import { type Lifecycle, live } from './lifecycle.ts';
import { openServer } from './server.ts';
import type { Snapshot } from './snapshot.ts';

const SOCKET = {
  address: { kind: 'tcp', host: null, port: 25 },
  port: 25,
  descriptor: 3,
} as unknown as Bound;

type Signal = 'SIGHUP' | 'SIGALRM' | 'SIGCONT' | 'SIGTERM' | 'SIGINT';

interface Lived {
  readonly exit: Promise<number>;
  send(signal: Signal): void;
  /** Everything that was told to anybody, in order. */
  readonly told: readonly string[];
  /** A client who stays, or the reply with which one is turned away. */
  guest(): Promise<ScriptedConnection>;
  readonly server: ReturnType<typeof openServer>;
}

/** Whatever is under way and waits for nobody outside goes on. */
const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

async function lives(more: Partial<Lifecycle> = {}, first: Snapshot = snapshot()): Promise<Lived> {
  const told: string[] = [];
  const actions = new Map<string, () => void>();
  const server = openServer(serverParts(), first);
  let accept: (connection: Connection) => void = () => {};
  const serving: Pick<Serving, 'listen'> = {
    async listen(_bound, backlog, onConnection) {
      told.push(`listen ${backlog}`);
      accept = onConnection;
      return { pause: () => true, resume: () => true, close: () => void told.push('close') };
    },
  };
  const tell = (what: string) => (): void => void told.push(what);
  const exit = live({
    onSignal: (signal, action) => void actions.set(signal, action),
    server,
    serving: serving as Serving,
    sockets: [SOCKET],
    backlog: 9,
    grace: 60,
    read: async () => snapshot(),
    isHeldByControl: () => false,
    note: (level, text) => void told.push(`${level}: ${text}`),
    notifier: {
      ready: tell('READY'),
      reloading: tell('RELOADING'),
      stopping: tell('STOPPING'),
      status: tell('STATUS'),
    },
    listening: tell('listening'),
    ...more,
  });
  await settled();
  return {
    exit,
    told,
    server,
    send(signal) {
      const action = actions.get(signal);
      if (action === undefined) throw new Error(`${signal} would end the process`);
      action();
    },
    async guest() {
      const client = connection({ stays: true });
      accept(client);
      await Promise.race([client.isAwaited(), client.over]);
      return client;
    },
  };
}

const PAUSED = /^421 4\.3\.2 Not accepting mail/;

it('listens, says so, and leaves when it is told', async () => {
  const { exit, send, told } = await lives();
  expect(told).toEqual(['listen 9', 'listening', 'READY']);
  send('SIGTERM');
  expect(await exit).toBe(0);
  expect(told.slice(3)).toEqual(['info: SIGTERM: going down, 0 connections', 'STOPPING', 'close']);
});

it('gives up where it cannot listen', async () => {
  const listen = async () => ({ failure: 'EADDRINUSE' });
  const { exit, told } = await lives({ serving: { listen } as unknown as Serving });
  expect(await exit).toBe(111);
  expect(told).toEqual(['warning: cannot listen: EADDRINUSE']);
});

describe('leaving', () => {
  it('tells those who are here, and is not hurried by a second signal', async () => {
    const { exit, send, guest, told } = await lives();
    const client = await guest();
    for (const signal of ['SIGTERM', 'SIGTERM', 'SIGINT'] as const) send(signal);
    expect(await exit).toBe(0);
    expect(client.said()).toMatch(/^220 .*\r\n421 4\.3\.2 Going down/);
    expect(told.filter((line) => line.includes('going down'))).toEqual([
      'info: SIGTERM: going down, 1 connections',
    ]);
  });

  it('ends those who are not through when the time of grace is', async () => {
    const { exit, send, guest, told } = await lives({ grace: 0 });
    const client = await guest();
    client.goingDown = () => {}; // in the middle of a message
    send('SIGINT');
    expect(await exit).toBe(0);
    expect(client.ended()).toBe('destroy');
    expect(told.at(-1)).toBe('warning: 1 connections cut off after 0 seconds');
  });
});

describe('reading again', () => {
  it('gives new sessions a new snapshot', async () => {
    const [first, second] = [snapshot(), snapshot()];
    const { send, told } = await lives({ read: async () => second }, first);
    send('SIGHUP');
    await settled();
    expect([first.retired(), second.retired()]).toEqual([true, false]);
    expect(told.slice(3)).toEqual(['RELOADING', 'info: SIGHUP: control files and rules read again', 'READY']);
  });

  it('keeps the old one when the new one is no good', async () => {
    const first = snapshot();
    const { send, told } = await lives({ read: async () => ({ problem: 'databytes: EISDIR' }) }, first);
    send('SIGHUP');
    await settled();
    expect(first.retired()).toBe(false);
    expect(told.slice(3)).toEqual([
      'RELOADING',
      'warning: SIGHUP: keeping what was read before: databytes: EISDIR',
      'READY',
    ]);
  });

  it('is done one time after the other, so that the last one counts', async () => {
    const snapshots = [snapshot(), snapshot()];
    const reading: ((snapshot: Snapshot) => void)[] = [];
    const read = (): Promise<Snapshot> => new Promise((resolve) => reading.push(resolve));
    const { send } = await lives({ read });
    send('SIGHUP');
    send('SIGHUP');
    await settled();
    expect(reading).toHaveLength(1);
    reading[0]?.(snapshots[0] as Snapshot);
    await settled();
    reading[1]?.(snapshots[1] as Snapshot);
    await settled();
    expect(snapshots.map((each) => each.retired())).toEqual([true, false]);
  });
});

describe('a pause', () => {
  const heard = async (lived: Lived): Promise<string> => (await lived.guest()).said();

  it('begins with ALRM and ends with CONT, each told once', async () => {
    const lived = await lives();
    lived.send('SIGALRM');
    lived.send('SIGALRM');
    expect(await heard(lived)).toMatch(PAUSED);
    lived.send('SIGCONT');
    lived.send('SIGCONT');
    expect(await heard(lived)).toMatch(/^220 /);
    expect(lived.told.slice(3)).toEqual([
      'info: paused: new clients are told to come later',
      'info: taking new clients again',
    ]);
  });

  it('may be there from the start, by control/servepaused, until HUP finds it gone', async () => {
    let isHeld = true;
    const lived = await lives({ isHeldByControl: () => isHeld });
    expect(await heard(lived)).toMatch(PAUSED);
    lived.send('SIGCONT');
    expect(await heard(lived)).toMatch(PAUSED);
    expect(lived.told).toContain('info: still paused: control/servepaused is there');
    isHeld = false;
    expect(await heard(lived)).toMatch(PAUSED);
    lived.send('SIGHUP');
    await settled();
    expect(await heard(lived)).toMatch(/^220 /);
  });

  it('by ALRM stays when the file goes', async () => {
    let isHeld = true;
    const lived = await lives({ isHeldByControl: () => isHeld });
    lived.send('SIGALRM');
    isHeld = false;
    lived.send('SIGHUP');
    await settled();
    expect(await heard(lived)).toMatch(PAUSED);
  });
});
