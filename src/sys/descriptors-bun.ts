// Two descriptors, or one, as a channel under Bun, by its own streams, which never block the process. Those of 0 and 1 cost least at
// start-up.

import { fstatSync } from 'node:fs';
import type { Channel } from '../session/index.ts';
import { toOctets } from '../text/index.ts';
import { LONGEST_TIMER } from './both.ts';

type FileSink = ReturnType<typeof Bun.stdout.writer>;

/**
 * Octets read, each piece in a buffer of its own, after which the garbage is collected: left to itself the collector lets
 * them pile up to tens of megabytes. Once in so many it costs a large message a few per cent, and a small one nothing.
 */
const GARBAGE_OCTETS = 4 * 1024 * 1024;

export function openDescriptors(from: number, to: number): Channel {
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
      return to; // which, other than `from`, nobody waits for
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
