// A program under test with the test in charge of its descriptors: for what a scripted session cannot do, such as not
// reading, killing, or looking at it while it runs. Nothing here waits for time, only for events. What is started here ends
// when its standard input is closed, at the latest with the test process.

import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { createHome, removeDirectory, scratchDirectory } from './home.ts';
import { cleanEnvironment, queueEnvironment } from './process-player.ts';
import { type ControlEntry, type QueueScript, WILLING_QUEUE } from './scenario.ts';

export interface World {
  readonly home: string;
  /** Where the queue stand-in keeps what it gets. */
  readonly out: string;
  readonly env: Readonly<Record<string, string>>;
  remove(): void;
}

/** A qmail home for mx.example.com that receives for example.com, with the queue stand-in. */
export function createWorld(
  control: Readonly<Record<string, ControlEntry>> = {},
  queue: Partial<QueueScript> = {},
): World {
  const directory = scratchDirectory();
  const home = join(directory, 'home');
  const out = join(directory, 'out');
  const script = { ...WILLING_QUEUE, ...queue };
  mkdirSync(out);
  createHome(home, {
    control: {
      me: { kind: 'file', octets: 'mx.example.com\n' },
      rcpthosts: { kind: 'file', octets: 'example.com\n' },
      ...control,
    },
    queue: script,
  });
  const client = {
    TCPREMOTEIP: '203.0.113.9',
    TCPREMOTEHOST: 'client.example.net',
    TCPLOCALHOST: 'mx.example.com',
  };
  const env = { ...cleanEnvironment(), ...queueEnvironment(home, out, script), ...client };
  return { home, out, env, remove: () => removeDirectory(directory) };
}

export interface Program {
  readonly child: ChildProcessWithoutNullStreams;
  /** Resolves when it has left: its exit code or "signal:NAME". */
  readonly exited: Promise<number | string>;
  /** Resolves when its output and its standard error are closed: its queue program has left too then. */
  readonly closed: Promise<unknown>;
  /** Everything it has said so far; nothing before listen(). */
  output(): string;
  /** Resolves when what it said holds, or it has closed its output; tells whether it holds. */
  until(holds: (output: string) => boolean): Promise<boolean>;
  /** Sends octets and resolves when the program, or a pipe, has taken them or nobody will any more. */
  send(octets: string): Promise<void>;
}

export function start(
  command: readonly [string, ...string[]],
  env: Readonly<Record<string, string>>,
): Program {
  const [file, ...args] = command;
  const child = spawn(file, args, { env, stdio: 'pipe' });
  let output = '';
  let over = false;
  let wake = (): void => undefined;
  child.stdin.on('error', () => undefined);
  child.stderr.resume();
  const listen = (): void => {
    if (child.stdout.listenerCount('data') > 0) return;
    child.stdout.on('data', (chunk: Buffer) => {
      output += chunk.toString('latin1');
      wake();
    });
    child.stdout.once('close', () => {
      over = true;
      wake();
    });
  };
  return {
    child,
    exited: once(child, 'exit').then(
      ([code, signal]) => (code as number | null) ?? `signal:${String(signal)}`,
    ),
    closed: once(child, 'close'),
    output: () => output,
    async until(holds) {
      listen();
      while (!holds(output)) {
        if (over) return false;
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
      return true;
    },
    send: (octets) =>
      new Promise((resolve) => {
        if (child.stdin.destroyed) resolve();
        else child.stdin.write(Buffer.from(octets, 'latin1'), () => resolve());
      }),
  };
}
