// A shell process with a script of ours, heard line by line. It is given up, and killed, when it says what is no line, or
// nothing when it has to speak; then, and when it ends, there is nothing more to hear.

import { type ChildProcess, spawn } from 'node:child_process';
import type { Socket } from 'node:net';

/** Longest line, in octets; all of them are a few words. */
const LINE_OCTETS = 100;

/** A shell that is silent for so long when it has to speak will not speak any more. */
const SILENCE_SECONDS = 60;

export interface ShellOptions {
  /** The shell and its options. */
  readonly shell: readonly [string, ...string[]];
  readonly script: string;
  /** $1 and so on. */
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
}

export interface Shell {
  readonly pid: number;
  /** For its descriptor 1, which can be read from as well. */
  say(text: string): void;
  /** The next line, whenever it comes; null when there is none any more. One at a time. */
  hear(): Promise<string | null>;
  /** The next line, which has to come soon. */
  hearSoon(): Promise<string | null>;
  giveUp(): void;
  /** Whether it has neither ended nor been given up. */
  alive(): boolean;
  /** Resolves when it has ended and all it said has been heard. */
  readonly gone: Promise<void>;
}

/** Null when there is no such shell, or no process or descriptor to be had. Its descriptor 2 is ours, its descriptor 0 empty. */
export function startShell({ shell: [file, ...options], script, args, env }: ShellOptions): Shell | null {
  let child: ChildProcess;
  try {
    child = spawn(file, [...options, '-c', script, 'mvmtr-spawn', ...args], {
      env,
      // With a socket as descriptor 0 bash takes itself for one that a remote shell has started, and reads ~/.bashrc.
      stdio: ['ignore', 'pipe', 'inherit'],
    });
  } catch {
    return null;
  }
  child.on('error', () => {}); // told by the missing pid
  const { pid } = child;
  const stdout = child.stdout as Socket;
  if (pid === undefined) return null;
  stdout.on('error', () => {}); // it has ended, which is told
  const gone = new Promise<void>((resolve) => child.once('close', () => resolve()));
  const lines: string[] = [];
  let unfinished = '';
  let over = false;
  let wake: (() => void) | null = null;
  const finish = (): void => {
    over = true;
    wake?.();
  };
  const giveUp = (): void => {
    child.kill('SIGKILL');
    stdout.destroy(); // which a child of its own may have as well
    finish();
  };
  stdout.on('data', (octets: Buffer) => {
    const parts = (unfinished + octets.toString('latin1')).split('\n');
    unfinished = parts.pop() ?? '';
    lines.push(...parts);
    if (unfinished.length > LINE_OCTETS) giveUp();
    wake?.();
  });
  gone.then(finish);
  const hear = async (): Promise<string | null> => {
    while (lines.length === 0 && !over) {
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
    }
    return lines.shift() ?? null;
  };
  const hearSoon = async (): Promise<string | null> => {
    const timer = setTimeout(giveUp, SILENCE_SECONDS * 1000);
    const line = await hear();
    clearTimeout(timer);
    return line;
  };
  return { pid, say: (text) => void stdout.write(text), hear, hearSoon, giveUp, alive: () => !over, gone };
}
