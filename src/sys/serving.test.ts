// Listening sockets of both runtimes, from the client's side, on loopback: who is told to be at which end, back-pressure both
// ways, writes that give up, last words that reach a client who goes on talking, and listeners that pause, resume and close.

import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { existsSync, writeFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { removeDirectory, scratchDirectory } from '../../test/support/home.ts';
import { present } from '../../test/support/needs.ts';
import { BIG, servingHost } from '../../test/support/serving-host.ts';
import { findBun } from '../build/bun.mjs';
import type { ListenAddress } from './index.ts';
import { serving } from './serving-node.ts';

const bun = findBun();
const ON_BUN = fileURLToPath(new URL('../../test/support/serving-on-bun.ts', import.meta.url));

interface Host {
  listen(address: ListenAddress): Promise<number | string>;
  /** Resolves when this has been told; each line is told to one who waits for it. */
  told(line: string): Promise<void>;
  /** Whether this was told before what was waited for last. */
  hasTold(line: string): boolean;
  /** Does something while the host cannot. */
  meanwhile(action: () => void): void;
  stop(): Promise<void>;
}

/** Lines as they come, and those who wait for one. */
function lines() {
  const here: string[] = [];
  const waiting: (() => void)[] = [];
  return {
    add(line: string): void {
      here.push(line);
      for (const wake of waiting.splice(0)) wake();
    },
    has: (line: string): boolean => here.includes(line),
    async next(pattern: RegExp): Promise<string> {
      for (;;) {
        const at = here.findIndex((line) => pattern.test(line));
        if (at >= 0) return here.splice(at, 1)[0] as string;
        await new Promise<void>((resolve) => waiting.push(resolve));
      }
    },
  };
}

const exactly = (line: string): RegExp => new RegExp(`^${line}$`);

async function onNode(): Promise<Host> {
  const heard = lines();
  const host = servingHost(serving, heard.add);
  return {
    listen: host.listen,
    told: async (line) => void (await heard.next(exactly(line))),
    hasTold: heard.has,
    meanwhile: (action) => action(),
    stop: async () => host.close(),
  };
}

async function onBun(): Promise<Host> {
  const child: ChildProcess = spawn(bun as string, [ON_BUN], { stdio: ['pipe', 'pipe', 'inherit'] });
  const heard = lines();
  createInterface({ input: child.stdout as NodeJS.ReadableStream }).on('line', heard.add);
  return {
    async listen(address) {
      child.stdin?.write(`${JSON.stringify(address)}\n`);
      const answer = (await heard.next(/^listening /)).slice('listening '.length);
      return /^\d+$/.test(answer) ? Number(answer) : answer;
    },
    told: async (line) => void (await heard.next(exactly(line))),
    hasTold: heard.has,
    meanwhile(action) {
      child.kill('SIGSTOP');
      action();
      child.kill('SIGCONT');
    },
    async stop() {
      const gone = new Promise((resolve) => child.once('exit', resolve));
      child.stdin?.end();
      await gone;
    },
  };
}

/** A client in a process of its own that has said something when it resets the connection. */
const RESETTING = `
const socket = require('net').connect(Number(process.argv[1]), '127.0.0.1', () =>
  socket.write('ends\\n', () => socket.resetAndDestroy()),
);`;

const LOOPBACK: ListenAddress = { kind: 'tcp', host: '127.0.0.1', port: 0 };

let directory = '';
let host: Host;
const clients: Socket[] = [];

function client(to: number | string, host = '127.0.0.1'): Socket {
  const socket = connect(typeof to === 'string' ? { path: to } : { port: to, host, allowHalfOpen: true });
  socket.on('error', () => {}); // told by what is not heard
  clients.push(socket);
  return socket;
}

/** Everything the client hears until the server ends, or is gone. */
function heard(socket: Socket): Promise<string> {
  let all = '';
  return new Promise((resolve) => {
    socket.on('data', (octets) => {
      all += octets.toString('latin1');
    });
    for (const end of ['end', 'close'] as const) socket.on(end, () => resolve(all));
  });
}

const once = (socket: Socket, event: string): Promise<unknown> =>
  new Promise((resolve) => socket.once(event, resolve));

async function says(to: number | string, word: string, at?: string): Promise<string> {
  const socket = client(to, at);
  socket.write(`${word}\n`);
  const all = await heard(socket);
  socket.destroy();
  return all;
}

const contract = (start: () => Promise<Host>): void => {
  beforeEach(async () => {
    directory = scratchDirectory();
    host = await start();
  });

  afterEach(async () => {
    for (const socket of clients.splice(0)) socket.destroy();
    await host.stop();
    removeDirectory(directory);
  });

  const listen = async (address = LOOPBACK): Promise<number> => {
    const port = await host.listen(address);
    if (typeof port === 'string') throw new Error(port);
    return port;
  };

  it.each<[string, string | null, string, string]>([
    ['one address of IPv4', '127.0.0.1', '127.0.0.1', '127.0.0.1 127.0.0.1'],
    ['IPv6 only', '::', '::1', '::1 ::1'],
    ['everything, IPv4 as such', null, '127.0.0.1', '127.0.0.1 127.0.0.1'],
    ['everything, IPv6', null, '::1', '::1 ::1'],
  ])('on %s', async (_, own, from, ends) => {
    expect(await says(await listen({ kind: 'tcp', host: own, port: 0 }), 'ends', from)).toBe(`${ends}\n`);
  });

  it('on a path', async () => {
    const path = join(directory, 'socket');
    expect(await host.listen({ kind: 'unix', path })).toBe(0);
    expect(existsSync(path)).toBe(true);
    expect(await says(path, 'ends')).toBe('unix unix\n');
  });

  it('says why there can be no socket', async () => {
    const port = await listen();
    expect(await host.listen({ kind: 'tcp', host: '127.0.0.1', port })).toBe('EADDRINUSE');
    const path = join(directory, 'socket');
    await host.listen({ kind: 'unix', path });
    expect(await host.listen({ kind: 'unix', path })).toBe('EADDRINUSE');
    const file = join(directory, 'file');
    writeFileSync(file, '');
    expect(await host.listen({ kind: 'unix', path: file })).toBe('EADDRINUSE');
  });

  it('carries octets both ways until the client ends', async () => {
    const socket = client(await listen());
    const all = heard(socket);
    socket.write('echo\n');
    await once(socket, 'data');
    socket.write('one');
    await once(socket, 'data');
    socket.end(' \x00\xff', 'latin1');
    expect(await all).toBe('ok\none \x00\xff');
    await host.told('closed');
  });

  it('sends more than a socket holds, as the client takes it', async () => {
    const socket = client(await listen());
    socket.write('big\n');
    let octets = 0;
    for await (const piece of socket) octets += (piece as Uint8Array).length;
    expect(octets).toBe(BIG);
    await host.told('written true');
    socket.end();
    await host.told('closed');
  });

  it('gives up a client that does not take it, and hangs up', async () => {
    const socket = client(await listen());
    socket.pause();
    socket.write('hurry\n');
    await host.told('written false');
    await host.told('again false');
    await host.told('closed');
  });

  it('knows that a client is gone which it has not been reading from', async () => {
    const port = await listen();
    const socket = client(port);
    socket.write('deaf\n');
    await once(socket, 'data');
    await new Promise((resolve) => socket.write(Buffer.alloc(256 * 1024), resolve));
    expect(await says(port, 'word')).toBe('ok\n'); // by now it has been read, and the socket is paused
    socket.resetAndDestroy();
    expect(await says(port, 'open')).toBe('ok\n');
    await host.told('written false');
  });

  it('keeps a client waiting that sends more than is read, and loses nothing', async () => {
    const port = await listen();
    const socket = client(port);
    socket.write('late\n');
    await once(socket, 'data');
    let sent = false;
    socket.write(Buffer.alloc(BIG), () => {
      sent = true;
    });
    expect(await says(port, 'word')).toBe('ok\n');
    expect(sent).toBe(false);
    expect(await says(port, 'open')).toBe('ok\n');
    socket.end();
    await host.told(`counted ${BIG}`);
  });

  it('says its last words to a client who goes on talking, and lets it finish', async () => {
    const socket = client(await listen());
    socket.write('bye\n');
    expect(await heard(socket)).toBe('bye\n');
    await new Promise((resolve) => socket.write(Buffer.alloc(BIG), resolve));
    expect(socket.destroyed).toBe(false);
    socket.end();
    await host.told('closed');
  });

  it('cuts off a client who does not close', async () => {
    const socket = client(await listen());
    socket.write('cut\n');
    expect(await heard(socket)).toBe('bye\n');
    await host.told('closed');
  });

  it('wakes those who wait between commands when it goes down', async () => {
    const port = await listen();
    const socket = client(port);
    socket.write('wait\n');
    await host.told('waiting');
    expect(await says(port, 'down')).toBe('ok\n');
    expect(await heard(socket)).toBe('421\n');
    await host.told('read closing');
  });

  it('ends a connection at once when it has to', async () => {
    expect(await says(await listen(), 'destroy')).toBe('');
    await host.told('closed');
  });

  it('takes nothing from a client that is gone before anybody could see who it was', async () => {
    const port = await listen();
    host.meanwhile(() => execFileSync(process.execPath, ['-e', RESETTING, String(port)]));
    expect(await says(port, 'word')).toBe('ok\n');
    await host.told('closed');
    expect(host.hasTold('of nobody')).toBe(false);
  });

  it('goes on after a pause', async () => {
    const port = await listen();
    expect(await says(port, 'nap')).toBe('ok\n');
    await host.told('resumed true');
    expect(await says(port, 'word')).toBe('ok\n');
  });

  it('leaves those who are here alone when it closes', async () => {
    const port = await listen();
    const socket = client(port);
    socket.write('wait\n');
    await host.told('waiting');
    expect(await says(port, 'close')).toBe('ok\n');
    socket.write('more\n');
    expect(await heard(socket)).toBe('421\n');
  });
};

present([]).describe('listening on Node', () => {
  contract(onNode);
});

present(bun === null ? ['bun'] : []).describe('listening on Bun', () => {
  contract(onBun);
});
