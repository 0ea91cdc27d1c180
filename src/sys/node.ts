// Node: the client through net.Socket where descriptors 0 and 1 are sockets or pipes (they can be timed out; a read
// blocked in the thread pool could not, and would keep the process from exiting), plainly where they are files. Children
// through child_process; libuv gives them one end of a socket pair as descriptor 0.

import type { ChildProcess } from 'node:child_process';
import { closeSync, fstatSync, openSync, readSync, type Stats, writeSync } from 'node:fs';
import type { Socket } from 'node:net';
import type { Channel } from '../session/index.ts';
import { toOctets } from '../text/index.ts';
import { failureOf, LONGEST_TIMER, writeAtOnce } from './both.ts';
import { childInput } from './child-input-node.ts';
import { overTcp, overUdp } from './dns-node.ts';
import { withOwnText } from './scratch.ts';
import type { TakenSocket } from './stream-connection.ts';
import type { Child, ChildStatus, Spawner, SpawnFailure, SpawnOptions, Sys } from './sys.ts';

/** Octets read from a file at a time. */
const READ_OCTETS = 64 * 1024;

/** Longest greeting that is written before a socket is there for it: a pipe or socket takes so much at once. */
const FIRST_WRITE_OCTETS = 4096;

// Loaded on first use: the greeting goes out before any of them is needed.
const loadNet = () => process.getBuiltinModule('node:net');
const loadTty = () => process.getBuiltinModule('node:tty');
const loadChildProcess = () => process.getBuiltinModule('node:child_process');

export const sys: Sys = { runtime: 'node', openDescriptors, spawn, openSpawner, overUdp, overTcp };

function openDescriptors(from: number, to: number): Channel {
  const input = statOf(from);
  const output = statOf(to);
  const shared =
    input?.isSocket() === true && output !== null && input.ino === output.ino && input.dev === output.dev;
  const terminal = isTty(input, from);
  const inputSocket = once(() =>
    terminal ? new (loadTty().ReadStream)(from) : openSocket(from, { readable: true, writable: shared }),
  );
  const outputSocket = shared ? inputSocket : once(() => openSocket(to, { readable: false, writable: true }));
  const reader = isStream(input) || terminal ? socketReader(inputSocket) : null;
  const read = reader?.read ?? plainReader(input, from);
  if (!isStream(output)) return { read, write: (text) => writePlainly(output, to, toOctets(text)) };
  let first = true;
  return {
    read,
    takeSocket: () => (shared && reader !== null ? reader.leave() : null),
    // libuv takes no more from descriptors 0 and 1 then, and leaves them open. Pausing would read a chunk ahead.
    release: () => void inputSocket().destroy(),
    write(text, seconds) {
      let octets = toOctets(text);
      if (first && octets.length <= FIRST_WRITE_OCTETS)
        octets = octets.subarray(writeAtOnce(to, octets) ?? 0); // what is wrong with it the socket will tell
      first = false;
      return octets.length === 0 || writeWithin(outputSocket(), octets, seconds);
    },
  };
}

function statOf(descriptor: number): Stats | null {
  try {
    return fstatSync(descriptor);
  } catch {
    return null; // not open: an input at its end, an output nobody reads
  }
}

const isStream = (stats: Stats | null): boolean => stats !== null && (stats.isSocket() || stats.isFIFO());

const isTty = (stats: Stats | null, descriptor: number): boolean =>
  stats?.isCharacterDevice() === true && loadTty().isatty(descriptor);

function once<T>(make: () => T): () => T {
  let made: T | undefined;
  return () => {
    made ??= make();
    return made;
  };
}

function openSocket(fd: number, directions: { readable: boolean; writable: boolean }): Socket {
  const net = loadNet();
  const socket = new net.Socket({ fd, ...directions, allowHalfOpen: true });
  socket.on('error', () => {}); // told by 'close', which follows
  return socket;
}

function writeWithin(socket: Socket, octets: Uint8Array, seconds: number): boolean | Promise<boolean> {
  if (socket.destroyed) return false;
  let settle: (written: boolean) => void = () => {};
  let done: boolean | null = null;
  socket.write(octets, (error) => {
    done = !error;
    settle(!error);
  });
  if (socket.writableLength === 0 && !socket.destroyed) return true;
  return new Promise((resolve) => {
    if (done !== null) return resolve(done);
    const timer = setTimeout(() => settle(false), Math.min(seconds, LONGEST_TIMER) * 1000);
    settle = (written) => {
      clearTimeout(timer);
      resolve(written);
    };
  });
}

interface SocketReader {
  readonly read: Channel['read'];
  /** The socket for somebody else who reads on; null when the client has left. */
  leave(): TakenSocket | null;
}

// One chunk at a time: the socket is paused while nobody waits for what has come.
function socketReader(open: () => Socket): SocketReader {
  const waiting: Uint8Array[] = [];
  let ended = false;
  let wake: (() => void) | null = null;
  const finish = (): void => {
    ended = true;
    wake?.();
  };
  function onData(this: Socket, octets: Uint8Array): void {
    waiting.push(octets);
    if (wake) wake();
    else this.pause();
  }
  const start = once(() => open().on('data', onData).on('end', finish).on('close', finish));
  const read: Channel['read'] = async (seconds) => {
    const socket = start();
    if (waiting.length === 0 && !ended) {
      socket.resume();
      if (
        !(await within(seconds, (done) => {
          wake = done;
        }))
      ) {
        wake = null;
        return 'timeout';
      }
      wake = null;
    }
    return waiting.shift() ?? 'end';
  };
  const leave: SocketReader['leave'] = () => {
    const socket = start();
    if (ended) return null;
    socket.pause().off('data', onData).off('end', finish).off('close', finish);
    for (const octets of waiting.splice(0).reverse()) socket.unshift(octets);
    return { socket, handOver() {} }; // there is nobody who could tell
  };
  return { read, leave };
}

// Waits until `arm`'s callback is called; false when the time is up before.
function within(seconds: number, arm: (done: () => void) => void): Promise<boolean> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => resolve(false), Math.min(seconds, LONGEST_TIMER) * 1000);
    arm(() => {
      clearTimeout(timer);
      resolve(true);
    });
  });
}

// Files and devices neither block for long nor tell when they are readable.
function plainReader(stats: Stats | null, descriptor: number): Channel['read'] {
  const buffer = new Uint8Array(READ_OCTETS);
  return async () => {
    if (stats === null) return 'end';
    try {
      const count = readSync(descriptor, buffer, 0, buffer.length, null);
      return count === 0 ? 'end' : buffer.subarray(0, count);
    } catch {
      return 'end';
    }
  };
}

function writePlainly(stats: Stats | null, descriptor: number, octets: Uint8Array): boolean {
  if (stats === null) return false;
  try {
    for (let at = 0; at < octets.length; ) at += writeSync(descriptor, octets, at);
    return true;
  } catch {
    return false;
  }
}

// fork() blocks us for a millisecond, and for tens of them when we have grown; shells that stay small do it for us.
async function openSpawner(typical: SpawnOptions): Promise<Spawner> {
  const { openSpawnPool } = await import('./spawn-pool-node.ts');
  return openSpawnPool({ ordinary: spawn, typical });
}

function spawn(options: SpawnOptions): Promise<Child | SpawnFailure> {
  return withOwnText((ownText) => start(options, ownText));
}

async function start(options: SpawnOptions, ownText: number): Promise<Omit<Child, 'ownText'> | SpawnFailure> {
  if (opensStdinByName(options.file)) {
    return { failure: 'not-executable', reason: 'a script that opens /dev/stdin needs the native build' };
  }
  let child: ChildProcess;
  try {
    child = loadChildProcess().spawn(options.file, [], {
      cwd: options.cwd,
      env: options.env,
      stdio: ['pipe', 'pipe', 'inherit', 'ignore', 'ignore', 'ignore', ownText],
    });
  } catch (error) {
    return failureOf(error);
  }
  if (child.pid === undefined) {
    return new Promise((resolve) => child.on('error', (error) => resolve(failureOf(error))));
  }
  const message = child.stdin as Socket;
  const envelope = child.stdout as Socket;
  const ended = new Promise<ChildStatus>((resolve) => {
    child.on('exit', (code, signal) => {
      const status = code === null ? { signal: signal ?? 'unknown' } : { code };
      // What its sockets had to tell was there before; a whole turn of the event loop brings it to us.
      setImmediate(() => setImmediate(() => resolve(status)));
    });
  });
  return {
    pid: child.pid,
    ended,
    message: childInput(message),
    envelope: childInput(envelope),
    kill: () => void child.kill('SIGKILL'),
  };
}

/** Octets of a script that are searched for the name of its descriptor 0. */
const SCRIPT_OCTETS = 64 * 1024;

// A socket cannot be opened by name, so such a script would find no message, and perhaps not notice: better not to start it.
function opensStdinByName(file: string): boolean {
  try {
    const script = openSync(file, 'r');
    try {
      const head = Buffer.alloc(SCRIPT_OCTETS);
      if (head.toString('latin1', 0, readSync(script, head, 0, 4, 0)) === '\x7fELF') return false;
      const length = readSync(script, head, 0, head.length, 0);
      return /\/dev\/stdin|\/dev\/fd\/0|\/proc\/self\/fd\/0/.test(head.toString('latin1', 0, length));
    } finally {
      closeSync(script);
    }
  } catch {
    return false; // whatever is wrong with it, starting it will tell
  }
}
