// Bun: the client through Bun's own streams on descriptors 0 and 1, which never block the process and cost least at start-up;
// children through Bun.spawn (vfork), with a true pipe made by pipe2() as descriptor 0, because queue programs are often
// scripts that open /dev/stdin. Where no C library can be called, Bun's socket pair takes the pipe's place.

import { closeSync } from 'node:fs';
import type { Channel } from '../session/index.ts';
import { toOctets } from '../text/index.ts';
import type { Child, ChildStatus, SpawnFailure, SpawnOptions, Sys } from './sys.ts';

type FileSink = ReturnType<ReturnType<typeof Bun.file>['writer']>;

/** C libraries by the names Linux knows them by. */
const C_LIBRARIES = ['libc.so.6', 'libc.so'];

/** Linux's values, the same on x86-64 and arm64. */
const O_CLOEXEC = 0o2000000;
const O_NONBLOCK = 0o4000;
const O_WRONLY = 1;
const F_SETFL = 4;

/** The system cannot run a program now; any other failure is the program's own. */
const EXHAUSTED: readonly string[] = ['EAGAIN', 'ENOMEM', 'EMFILE', 'ENFILE'];

/** Octets from which a sink starts to write by itself; every write is flushed, so this only sizes its buffer. */
const SINK_OCTETS = 64 * 1024;

export const sys: Sys = { runtime: 'bun', openStdio, spawn };

function openStdio(): Channel {
  let input: ReturnType<typeof openInput> | null = null;
  let sink: FileSink | null = null;
  return {
    async read(seconds) {
      try {
        input ??= openInput();
        const next = await within(seconds, input.read());
        if (next === TIME_UP) return 'timeout';
        return next.done ? 'end' : next.value;
      } catch {
        return 'end'; // reset, or a descriptor that cannot be read: no client
      }
    },
    write(octets, seconds) {
      try {
        sink ??= Bun.stdout.writer();
        sink.write(toOctets(octets));
        const flushing = sink.flush();
        return typeof flushing === 'number' ? true : written(within(seconds, flushing));
      } catch {
        return false;
      }
    },
  };
}

const openInput = () => Bun.stdin.stream().getReader();

async function written(flushing: Promise<unknown>): Promise<boolean> {
  try {
    return (await flushing) !== TIME_UP;
  } catch {
    return false;
  }
}

const TIME_UP: unique symbol = Symbol('time is up');

/** Longest time a timer can be set to, in seconds. */
const LONGEST_TIMER = 2_147_483;

function within<T>(seconds: number, promise: Promise<T>): Promise<T | typeof TIME_UP> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => resolve(TIME_UP), Math.min(seconds, LONGEST_TIMER) * 1000);
    promise.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}

async function spawn({ file, cwd, env, out, extra }: SpawnOptions): Promise<Child | SpawnFailure> {
  const pipe = openPipe();
  try {
    const child = Bun.spawn([file], {
      cwd,
      env,
      stdio: [pipe ? pipe.readEnd : 'pipe', out, 'inherit', null, null, null, extra],
    });
    if (pipe) closeSync(pipe.readEnd);
    const ended = child.exited.then((): ChildStatus => {
      return child.signalCode ? { signal: String(child.signalCode) } : { code: child.exitCode ?? 255 };
    });
    return {
      pid: child.pid,
      ended,
      get hasEnded() {
        return child.exitCode !== null || child.signalCode !== null;
      },
      ...childInput(pipe ? pipe.writeEnd : (child.stdin as FileSink)),
    };
  } catch (error) {
    if (pipe) for (const end of [pipe.readEnd, pipe.writeEnd]) closeSync(end);
    const code = String((error as NodeJS.ErrnoException).code ?? error);
    return { failure: EXHAUSTED.includes(code) ? 'exhausted' : 'not-executable', reason: code };
  }
}

function childInput(end: number | FileSink): Pick<Child, 'write' | 'taken' | 'close'> {
  const sink = typeof end === 'number' ? Bun.file(end).writer({ highWaterMark: SINK_OCTETS }) : end;
  let broken = false;
  let unfinished: Promise<void> | null = null;
  // Each of the sink's methods may throw, or answer with a promise that fails when the child stops reading.
  const attempt = (action: () => number | Promise<number>): void => {
    try {
      const result = action();
      if (typeof result === 'number') return;
      const settled = result.then(
        () => {},
        () => {
          broken = true;
        },
      );
      const all = Promise.all([unfinished, settled]).then(() => {
        if (unfinished === all) unfinished = null;
      });
      unfinished = all;
    } catch {
      broken = true;
    }
  };
  // The sink does not own the descriptor, and must be done with it before its number can be used again.
  const release = (): void => {
    attempt(() => sink.end());
    if (typeof end === 'number') closeSync(end);
  };
  return {
    write(octets) {
      if (broken) return undefined;
      attempt(() => sink.write(octets));
      attempt(() => sink.flush());
      return unfinished ?? undefined;
    },
    async taken() {
      if (unfinished) await unfinished;
      return !broken;
    },
    close() {
      if (unfinished) unfinished.then(release);
      else release();
    },
  };
}

interface Pipe {
  readonly readEnd: number;
  readonly writeEnd: number;
}

// pipe2(), our end non-blocking; null when no descriptor is to be had or no C library answers.
function openPipe(): Pipe | null {
  const libc = openLibc();
  if (!libc) return null;
  const ends = new Int32Array(2);
  if (libc.symbols.pipe2(ends, O_CLOEXEC) !== 0) return null;
  const [readEnd = -1, writeEnd = -1] = ends;
  libc.symbols.fcntl(writeEnd, F_SETFL, O_NONBLOCK | O_WRONLY);
  return { readEnd, writeEnd };
}

type Libc = ReturnType<typeof loadLibc>;
let libcOnce: Libc | null | undefined;

function openLibc(): Libc | null {
  if (libcOnce !== undefined) return libcOnce;
  libcOnce = null;
  for (const name of C_LIBRARIES) {
    try {
      libcOnce = loadLibc(name);
      break;
    } catch {
      // the next name, or none
    }
  }
  return libcOnce;
}

function loadLibc(name: string) {
  const { dlopen } = require('bun:ffi') as typeof import('bun:ffi');
  return dlopen(name, {
    pipe2: { args: ['ptr', 'i32'], returns: 'i32' },
    fcntl: { args: ['i32', 'i32', 'i32'], returns: 'i32' },
  });
}
