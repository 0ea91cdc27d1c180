// A running server without sockets: snapshots and those who go by them, pausing, draining and cutting off, and what happens when
// descriptors run short.

import { openSync } from 'node:fs';
import { afterEach, describe, expect, it, vi } from 'vitest';
import {
  connection,
  type ScriptedConnection,
  says,
  serverParts,
  snapshot,
} from '../../../test/support/listener.ts';
import { HELD_OCTETS } from '../../queue/index.ts';
import type { Child, Listener } from '../../sys/index.ts';
import { fromOctets } from '../../text/index.ts';
import { openServer, type RunningServer } from './server.ts';

afterEach(() => void vi.useRealTimers());

const PAUSED = '421 4.3.2 Not accepting mail at the moment, try again later\r\n';
const CLOSING = '421 4.3.2 Going down, try again later\r\n';
const SHORT = '421 4.3.2 Too many connections, try again later\r\n';

const MAIL = 'HELO a.example\r\nMAIL FROM:<a@a.example>\r\nRCPT TO:<b@mx.example.com>\r\nDATA\r\n';

/** What is the same of all queue programs here; their own text is a descriptor that the hand-off closes. */
const CHILD = {
  pid: 4711,
  get ownText(): number {
    return openSync('/dev/null', 'r');
  },
  kill() {},
};

const nextTurn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** A client who stays, and whom the session waits for. */
async function guest(server: RunningServer): Promise<ScriptedConnection> {
  const client = connection({ stays: true });
  const awaited = client.isAwaited();
  server.accept(client);
  await awaited;
  return client;
}

/** What a client hears who comes now and says QUIT. */
async function visit(server: RunningServer): Promise<string> {
  const client = connection({ reads: [says('QUIT\r\n')] });
  server.accept(client);
  await client.over;
  return client.said();
}

function listener(can = true): Listener & { readonly calls: string[]; isStuck: boolean } {
  const calls: string[] = [];
  const self = {
    calls,
    isStuck: false,
    pause() {
      calls.push('pause');
      return can;
    },
    resume() {
      calls.push('resume');
      return !self.isStuck;
    },
    close: () => void calls.push('close'),
  };
  return self;
}

describe('a new snapshot', () => {
  it('is for new sessions, and the old one is kept by those who have it', async () => {
    const [old, next] = [snapshot(), snapshot({ hostName: 'new.example.com' } as object)];
    const server = openServer(serverParts(), old);
    const early = await guest(server);
    server.renew(next);
    expect(old.retired()).toBe(true);
    const late = await guest(server);
    expect([old.held(), next.held()]).toEqual([1, 1]);
    early.say('QUIT\r\n');
    late.say('QUIT\r\n');
    await server.drain();
    expect(early.said()).toMatch(/^220 mx\.example\.com .*\r\n221 2\.0\.0 mx\.example\.com /);
    expect(late.said()).toMatch(/^220 new\.example\.com .*\r\n221 2\.0\.0 new\.example\.com /);
    expect([old.held(), next.held()]).toEqual([0, 0]);
    expect(next.retired()).toBe(false);
  });
});

it('a pause is for new clients only', async () => {
  const server = openServer(serverParts(), snapshot());
  const early = await guest(server);
  server.setPaused(true);
  expect(await visit(server)).toBe(PAUSED);
  early.say('QUIT\r\n');
  server.setPaused(false);
  expect(await visit(server)).toMatch(/^220 .*\r\n221 /);
  await server.drain();
  expect(early.said()).toMatch(/^220 .*\r\n221 /);
});

describe('draining', () => {
  it('is done at once when nobody is here', async () => {
    const socket = listener();
    const server = openServer(serverParts(), snapshot());
    server.attach(socket);
    await server.drain();
    expect(socket.calls).toEqual(['close']);
  });

  it('tells who waits for the next command, and is done when the last has gone', async () => {
    const server = openServer(serverParts(), snapshot());
    const [one, other] = [await guest(server), await guest(server)];
    let done = false;
    const drained = server.drain().then(() => {
      done = true;
    });
    const late = await visit(server);
    expect(late).toBe(CLOSING);
    await drained;
    expect(done).toBe(true);
    expect(server.connections()).toBe(0);
    for (const client of [one, other]) expect(client.said()).toMatch(new RegExp(`^220 .*\\r\\n${CLOSING}$`));
  });

  it('lets a message come to its end', async () => {
    let message = '';
    const input = { write() {}, taken: async () => true, close() {}, leftUnread: false };
    const write = (octets: Uint8Array): void => {
      message += fromOctets(octets);
    };
    const heard = { ...input, write };
    const ended = Promise.resolve({ code: 0 });
    const spawn = async () => ({ ...CHILD, message: heard, envelope: input, ended });
    const server = openServer({ ...serverParts(), spawn }, snapshot());
    const client = await guest(server);
    client.say(MAIL);
    await client.isAwaited();
    const drained = server.drain();
    client.say('Subject: x\r\n\r\n');
    await client.isAwaited();
    client.say('late\r\n.\r\n');
    await drained;
    expect(message).toMatch(/\nSubject: x\n\nlate\n$/);
    expect(client.said()).toMatch(/354 .*\r\n250 2\.0\.0 ok .* qp 4711\r\n421 4\.3\.2 Going down, .*\r\n$/);
  });

  it('can be cut short', async () => {
    const server = openServer(serverParts({ greetDelay: 5 }), snapshot());
    const client = connection({ stays: true });
    client.goingDown = () => {}; // does not listen
    const awaited = client.isAwaited();
    server.accept(client);
    await awaited;
    const drained = server.drain();
    expect(client.ended()).toBeNull();
    server.cutOff();
    await drained;
    expect(client.ended()).toBe('destroy');
  });
});

describe('when descriptors run short', () => {
  /** Room for so many connections. */
  const room = (connections: number) => ({ ...serverParts(), descriptorLimit: 64 + connections });

  it('new connections wait, with one line, until there is room again', async () => {
    const parts = room(20);
    const socket = listener();
    const server = openServer(parts, snapshot());
    server.attach(socket);
    const clients: ScriptedConnection[] = [];
    for (let count = 0; count < 22; count += 1) clients.push(await guest(server));
    expect(socket.calls).toEqual(['pause']);
    expect(parts.notes).toEqual(['out of descriptors with 20 connections: no new ones until some are free']);
    // Those who came in all the same have a session: there are descriptors for them, just none to spare.
    expect(clients[21]?.said()).toMatch(/^220 /);
    for (const client of clients.slice(0, 17)) client.destroy();
    expect(socket.calls).toEqual(['pause']);
    clients[17]?.destroy();
    expect(socket.calls).toEqual(['pause', 'resume']);
    for (const client of clients.slice(18)) client.destroy();
    expect(socket.calls).toEqual(['pause', 'resume']);
    expect(parts.notes).toHaveLength(1);
  });

  it('and then again, it is told again', async () => {
    const parts = room(20);
    const server = openServer(parts, snapshot());
    server.attach(listener());
    for (let time = 0; time < 2; time += 1) {
      const clients: ScriptedConnection[] = [];
      for (let count = 0; count < 20; count += 1) clients.push(await guest(server));
      for (const client of clients) client.destroy();
    }
    expect(parts.notes).toHaveLength(2);
  });

  it('where a listener cannot wait, clients are turned away', async () => {
    const server = openServer(room(20), snapshot());
    const sockets = [listener(), listener(false)];
    for (const socket of sockets) server.attach(socket);
    const clients: ScriptedConnection[] = [];
    for (let count = 0; count < 19; count += 1) clients.push(await guest(server));
    expect(await visit(server)).toBe(SHORT);
    expect(await visit(server)).toBe(SHORT);
    for (const client of clients) client.destroy();
    expect(await visit(server)).toMatch(/^220 /);
    expect(sockets.map(({ calls }) => calls)).toEqual([
      ['pause', 'resume'],
      ['pause', 'resume'],
    ]);
  });

  it('of many who come then and do not leave only some hear so, and the others cost nothing', async () => {
    const server = openServer(room(20), snapshot());
    server.attach(listener(false));
    for (let count = 0; count < 20; count += 1) server.accept(connection({ stays: true }));
    const crowd = Array.from({ length: 30 }, () => ({ ...connection({ stays: true }), close() {} }));
    for (const client of crowd) server.accept(client);
    await new Promise((resolve) => setImmediate(resolve));
    expect(crowd.map((client) => client.said())).toEqual([
      ...Array.from({ length: 16 }, () => SHORT),
      ...Array.from({ length: 14 }, () => ''),
    ]);
    expect(crowd.slice(16).map((client) => client.ended())).toEqual(
      Array.from({ length: 14 }, () => 'destroy'),
    );
  });

  it('a listener that cannot go on yet is asked again', async () => {
    const server = openServer(room(20), snapshot());
    const socket = listener();
    socket.isStuck = true;
    server.attach(socket);
    const clients: ScriptedConnection[] = [];
    for (let count = 0; count < 20; count += 1) clients.push(await guest(server));
    for (const client of clients.slice(0, 16)) client.destroy();
    expect(socket.calls).toEqual(['pause', 'resume']);
    socket.isStuck = false;
    clients[16]?.destroy();
    clients[17]?.destroy();
    expect(socket.calls).toEqual(['pause', 'resume', 'resume']);
  });

  it('even when nobody is here whose end could be a reason to', async () => {
    const server = openServer(room(2), snapshot());
    const socket = listener();
    socket.isStuck = true;
    server.attach(socket);
    const clients = [await guest(server), await guest(server)];
    vi.useFakeTimers();
    for (const client of clients) client.destroy();
    expect(socket.calls).toEqual(['pause', 'resume']);
    vi.advanceTimersByTime(1000);
    expect(socket.calls).toEqual(['pause', 'resume', 'resume']);
    socket.isStuck = false;
    vi.advanceTimersByTime(1000);
    expect(socket.calls).toEqual(['pause', 'resume', 'resume', 'resume']);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('with few of them it goes on when nobody is here any more', async () => {
    const server = openServer(room(2), snapshot());
    const socket = listener();
    server.attach(socket);
    const clients = [await guest(server), await guest(server)];
    expect(socket.calls).toEqual(['pause']);
    for (const client of clients) client.destroy();
    expect(socket.calls).toEqual(['pause', 'resume']);
  });

  it('it does not go on while it drains', async () => {
    const server = openServer(room(2), snapshot());
    const socket = listener();
    server.attach(socket);
    await guest(server);
    await guest(server);
    await server.drain();
    expect(socket.calls).toEqual(['pause', 'close']);
  });

  it('look-ups count, until there is an answer', async () => {
    let answer: () => void = () => {};
    const answered = new Promise<void>((resolve) => {
      answer = resolve;
    });
    const nothing = { host: null, info: null, localHost: null };
    const parts = { ...room(25), lookUp: () => answered.then(() => nothing) };
    const server = openServer(parts, snapshot());
    const socket = listener();
    server.attach(socket);
    const clients = Array.from({ length: 7 }, () => connection({ stays: true }));
    for (const client of clients) {
      expect(socket.calls).toEqual([]);
      server.accept(client);
      await nextTurn();
    }
    expect(socket.calls).toEqual(['pause']);
    answer();
    await nextTurn();
    expect(socket.calls).toEqual(['pause', 'resume']);
    for (const client of clients) client.destroy();
  });

  it('those who do not close give up theirs, the first one first', async () => {
    const parts = { ...serverParts(), descriptorLimit: 80 };
    const server = openServer(parts, snapshot());
    const clients = Array.from({ length: 12 }, () =>
      connection({ reads: [says('QUIT\r\n')], lingers: true }),
    );
    for (const client of clients) {
      server.accept(client);
      await client.over;
    }
    await Promise.resolve();
    expect(clients.map((client) => client.ended())).toEqual([
      ...Array(2).fill('destroy'),
      ...Array(10).fill('close'),
    ]);
    expect(server.connections()).toBe(10);
  });

  it('queue programs count, until they have ended', async () => {
    let end: (status: { code: number }) => void = () => {};
    const input = { write() {}, taken: async () => true, close() {}, leftUnread: false };
    const child: Child = {
      ...CHILD,
      message: input,
      envelope: input,
      ended: new Promise((resolve) => {
        end = resolve;
      }),
    };
    const parts = { ...room(7), spawn: async () => child };
    const server = openServer(parts, snapshot());
    const socket = listener();
    server.attach(socket);
    const sender = await guest(server);
    // So much that the queue program is started.
    sender.say(`${MAIL}${'long\r\n'.repeat(HELD_OCTETS / 4)}`);
    await sender.isAwaited();
    expect(server.handOffs()).toBe(1);
    const other = await guest(server);
    expect(socket.calls).toEqual(['pause']);
    other.destroy();
    sender.destroy();
    expect(socket.calls).toEqual(['pause']);
    end({ code: 0 });
    await child.ended;
    await null;
    expect(server.handOffs()).toBe(0);
    expect(socket.calls).toEqual(['pause', 'resume']);
  });

  it.each<[string, () => Promise<{ failure: 'exhausted'; reason: string }>]>([
    ['could not be started', async () => ({ failure: 'exhausted', reason: 'EMFILE' })],
    ['threw', () => Promise.reject(new Error('EMFILE'))],
  ])('a queue program that %s counts no longer', async (_, spawn) => {
    const server = openServer({ ...serverParts(), spawn }, snapshot());
    const sender = await guest(server);
    sender.say(`${MAIL}x\r\n.\r\nQUIT\r\n`);
    await server.drain();
    expect(sender.said()).toMatch(/45\d 4\.3\.0 /);
    expect(server.handOffs()).toBe(0);
  });
});

it('says how many are here where that is wanted', async () => {
  const parts = serverParts({ status: true, total: 5 });
  const server = openServer(parts, snapshot());
  const clients = [await guest(server), await guest(server)];
  for (const client of clients) client.destroy();
  expect(parts.notes).toEqual(['status: 1/5', 'status: 2/5', 'status: 1/5', 'status: 0/5']);
  expect(server.connections()).toBe(0);
});

it('numbers the sessions', async () => {
  const pids: (string | number)[] = [];
  const parts = serverParts();
  const log = {
    ...parts.log,
    of(context: Parameters<typeof parts.log.of>[0]) {
      if (!pids.includes(context.pid)) pids.push(context.pid);
      return parts.log.of(context);
    },
  };
  const server = openServer({ ...parts, log }, snapshot());
  await visit(server);
  await visit(server);
  expect(pids).toEqual([`${process.pid}.1`, `${process.pid}.2`]);
});
