// A real `mvmtr serve` under test: started on ports of the system's choice, its log kept, signals sent, stopped. Every wait is
// for something that happens, and fails with the log when it does not happen in time. Whatever was started here is killed
// with the test process at the latest.

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import type { Build } from './builds.ts';

export interface Served {
  readonly pid: number;
  /** Of its TCP addresses, in their order. */
  readonly ports: readonly number[];
  /** The first of them. */
  readonly port: number;
  /** Everything it has written to standard error so far. */
  log(): string;
  /** The lines of the log that match. */
  lines(pattern: RegExp): readonly string[];
  /** Waits until the log has as many lines that match (one, when nothing is said); they are the result. */
  untilLog(pattern: RegExp, count?: number): Promise<readonly string[]>;
  signal(signal: NodeJS.Signals): void;
  /** Resolves when it has left: its exit code or "signal:NAME". */
  readonly exited: Promise<number | string>;
  /** Resolves when nobody has its standard error any more: workers and queue programs have left too then. */
  readonly closed: Promise<unknown>;
  /** Its child processes, by number: workers. */
  children(): readonly number[];
  /** SIGTERM; resolves as `exited`. */
  stop(): Promise<number | string>;
}

export interface ServeCommand {
  /** Options and addresses. Ports are 0 for the system to choose. */
  readonly words: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  /** Words in front of the program: softlimit, sh … */
  readonly before?: readonly string[];
}

/** No wait is so long unless something is wrong. */
const PATIENCE_MS = 20_000;

const running = new Set<ChildProcess>();

process.on('exit', () => {
  for (const child of running) child.kill('SIGKILL');
});

/** Kills whatever still runs; for afterEach. */
export async function killServers(): Promise<void> {
  for (const child of running) {
    const gone = once(child, 'exit');
    child.kill('SIGKILL');
    await gone;
  }
}

/** Resolves when it takes connections. @throws with the log when it ends before */
export async function serve(build: Build, command: ServeCommand): Promise<Served> {
  const child = launch(build, command, ['-1', '--ready-fd', '3']);
  const { log, lines, untilLog } = logOf(child);
  const exited = once(child, 'exit').then(
    ([code, signal]) => (code as number | null) ?? `signal:${String(signal)}`,
  );
  const closed = once(child.stderr as NodeJS.ReadableStream, 'close');
  let output = '';
  child.stdout?.on('data', (chunk: Buffer) => {
    output += chunk.toString('latin1');
  });
  // What was printed before has come before the end of the descriptor on which it says that it is ready.
  const ready = once(child.stdio[3] as NodeJS.ReadableStream, 'data');
  const early = exited.then(async (exit) => {
    throw new Error(`mvmtr serve does not start: ${exit}\n${log()}`);
  });
  await within('it to be ready', log, Promise.race([ready, early]));
  early.catch(() => undefined);
  const expected = command.words.filter((word) => /:0$/.test(word)).length;
  const portsOf = (): readonly number[] => output.split('\n').slice(0, -1).map(Number);
  while (portsOf().length < expected) await once(child.stdout as NodeJS.ReadableStream, 'data');
  const ports = portsOf();
  const signal = (name: NodeJS.Signals): void => void child.kill(name);
  return {
    pid: child.pid as number,
    ports,
    port: ports[0] ?? 0,
    log,
    lines,
    untilLog,
    signal,
    exited,
    closed,
    children: () => childrenOf(child.pid as number),
    stop() {
      signal('SIGTERM');
      return within('it to end', log, exited);
    },
  };
}

/** One that is not expected to come so far. */
export async function serveInVain(
  build: Build,
  command: ServeCommand,
): Promise<{ readonly exit: number | string; readonly log: string }> {
  const child = launch(build, command, []);
  const { log } = logOf(child);
  child.stdout?.resume();
  child.stdio[3]?.destroy();
  const [code, signal] = (await within('it to end', log, once(child, 'close'))) as [number | null, string];
  return { exit: code ?? `signal:${signal}`, log: log() };
}

function launch({ mvmtr }: Build, command: ServeCommand, more: readonly string[]) {
  const { words, env, before = [] } = command;
  const [file = '', ...args] = [...before, mvmtr, 'serve', ...more, ...words];
  const child = spawn(file, args, { env, stdio: ['ignore', 'pipe', 'pipe', 'pipe'] });
  running.add(child);
  child.once('exit', () => running.delete(child));
  return child;
}

function childrenOf(parent: number): readonly number[] {
  const numbers = readdirSync('/proc').filter((name) => /^[0-9]+$/.test(name));
  return numbers.filter((number) => parentOf(number) === parent).map(Number);
}

function parentOf(number: string): number | null {
  try {
    // The name of the program stands in parentheses, and may have anything in it.
    const stat = readFileSync(`/proc/${number}/stat`, 'latin1');
    const [state, parent] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return state === 'Z' ? null : Number(parent);
  } catch {
    return null; // gone in between
  }
}

function logOf(child: ChildProcess): Pick<Served, 'log' | 'lines' | 'untilLog'> {
  let text = '';
  let wake = (): void => undefined;
  let written = new Promise<void>((resolve) => {
    wake = resolve;
  });
  child.stderr?.on('data', (chunk: Buffer) => {
    text += chunk.toString('latin1');
    wake();
    written = new Promise<void>((resolve) => {
      wake = resolve;
    });
  });
  const log = (): string => text;
  const lines = (pattern: RegExp): readonly string[] => text.split('\n').filter((line) => pattern.test(line));
  return {
    log,
    lines,
    async untilLog(pattern, count = 1) {
      while (lines(pattern).length < count) await within(`${count} lines ${pattern}`, log, written);
      return lines(pattern);
    },
  };
}

/** The same promise, or a failure that says what was waited for. */
export async function within<T>(what: string, log: () => string, promise: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`waited in vain for ${what}\n${log()}`)), PATIENCE_MS);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}
