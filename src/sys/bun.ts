// Bun: the client through Bun's own streams on descriptors 0 and 1, which never block the process and cost least at start-up;
// children through Bun.spawn (vfork) with true pipes made by pipe2(), because queue programs are often scripts that open
// /dev/stdin, and because Bun cannot write to a descriptor 1 of its own making.

import { closeSync, fstatSync } from 'node:fs';
import type { Channel } from '../session/index.ts';
import { toOctets } from '../text/index.ts';
import { failureOf, LONGEST_TIMER } from './both.ts';
import { childInput } from './child-input-bun.ts';
import { overTcp, overUdp } from './dns-bun.ts';
import { closeBoth, openPipe } from './pipe-bun.ts';
import { withOwnText } from './scratch.ts';
import type { Child, ChildStatus, Spawner, SpawnFailure, SpawnOptions, Sys } from './sys.ts';

type FileSink = ReturnType<typeof Bun.stdout.writer>;

/**
 * Octets read, each piece in a buffer of its own, after which the garbage is collected: left to itself the collector lets
 * them pile up to tens of megabytes. Once in so many it costs a large message a few per cent, and a small one nothing.
 */
const GARBAGE_OCTETS = 4 * 1024 * 1024;

export const sys: Sys = { runtime: 'bun', openDescriptors, spawn, openSpawner, overUdp, overTcp };

function openDescriptors(from: number, to: number): Channel {
  let input: ReturnType<typeof openInput> | null = null;
  let sink: FileSink | null = null;
  let read = 0;
  const release = (): void => {
    input?.cancel().catch(() => {}); // it need not have come to an end by itself
  };
  return {
    async read(seconds) {
      try {
        input ??= openInput(from);
        const next = await within(seconds, input.read());
        if (next === TIME_UP) return 'timeout';
        if (next.done) return 'end';
        read += next.value.length;
        if (read > GARBAGE_OCTETS) {
          read = 0;
          Bun.gc(true);
        }
        return next.value;
      } catch {
        return 'end'; // reset, or a descriptor that cannot be read: no client
      }
    },
    takeSocket() {
      if (!areOneSocket(from, to)) return null;
      release();
      return from;
    },
    release,
    write(octets, seconds) {
      try {
        sink ??= openOutput(to);
        sink.write(toOctets(octets));
        const flushing = sink.flush();
        return typeof flushing === 'number' ? true : written(within(seconds, flushing));
      } catch {
        return false;
      }
    },
  };
}

function areOneSocket(one: number, other: number): boolean {
  const [first, second] = [fstatSync(one), fstatSync(other)];
  return first.isSocket() && first.dev === second.dev && first.ino === second.ino;
}

// Bun's own streams cost less at start-up than those of any other descriptor.
const openInput = (descriptor: number) =>
  (descriptor === 0 ? Bun.stdin : Bun.file(descriptor)).stream().getReader();

const openOutput = (descriptor: number): FileSink =>
  (descriptor === 1 ? Bun.stdout : Bun.file(descriptor)).writer();

async function written(flushing: Promise<unknown>): Promise<boolean> {
  try {
    return (await flushing) !== TIME_UP;
  } catch {
    return false;
  }
}

const TIME_UP: unique symbol = Symbol('time is up');

function within<T>(seconds: number, promise: Promise<T>): Promise<T | typeof TIME_UP> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => resolve(TIME_UP), Math.min(seconds, LONGEST_TIMER) * 1000);
    promise.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}

// vfork() costs the same however large we are.
async function openSpawner(): Promise<Spawner> {
  return { spawn, handicap: null, close: async () => {} };
}

function spawn(options: SpawnOptions): Promise<Child | SpawnFailure> {
  return withOwnText((ownText) => start(options, ownText));
}

async function start(
  { file, cwd, env }: SpawnOptions,
  ownText: number,
): Promise<Omit<Child, 'ownText'> | SpawnFailure> {
  const message = openPipe();
  const envelope = message && openPipe();
  if (!message || !envelope) {
    if (message) closeBoth(message);
    return { failure: 'exhausted', reason: 'no pipes' };
  }
  try {
    const child = Bun.spawn([file], {
      cwd,
      env,
      stdio: [message.readEnd, envelope.readEnd, 'inherit', null, null, null, ownText],
    });
    closeSync(message.readEnd);
    closeSync(envelope.readEnd);
    const ended = child.exited.then((): ChildStatus => {
      return child.signalCode ? { signal: String(child.signalCode) } : { code: child.exitCode ?? 255 };
    });
    return {
      pid: child.pid,
      ended,
      message: childInput(message.writeEnd),
      envelope: childInput(envelope.writeEnd),
      kill: () => child.kill('SIGKILL'),
    };
  } catch (error) {
    closeBoth(message);
    closeBoth(envelope);
    return failureOf(error);
  }
}
