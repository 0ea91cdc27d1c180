// A real tcpserver on a loopback port of the system's choice, with a program behind it. stop() ends the server; a
// session that is still running then ends by itself, because its client goes too. And a way to run a client to
// its end.

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { programPath } from './needs.ts';

export interface TcpServer {
  readonly port: number;
  /** What the server and the programs behind it have written to standard error. */
  errors(): string;
  /** Resolves when what they have written holds. */
  untilErrors(holds: (errors: string) => boolean): Promise<void>;
  stop(): Promise<void>;
}

/**
 * @param command program and arguments, after any programs that go in front of it (recordio …)
 * @param more options of tcpserver
 */
export async function tcpServer(
  command: readonly string[],
  env: Readonly<Record<string, string>>,
  more: readonly string[] = [],
): Promise<TcpServer> {
  // No name look-ups, no ident, at most 40 connections (the default), and the port number on standard output.
  const options = ['-1', '-H', '-R', '-l', 'mx.example.com', ...more, '127.0.0.1', '0'];
  const child = spawn(programPath('tcpserver') ?? 'tcpserver', [...options, ...command], {
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let complaints = '';
  child.stderr.on('data', (chunk: Buffer) => {
    complaints += chunk.toString('latin1');
  });
  const errors = (): string => complaints;
  const untilErrors = async (holds: (errors: string) => boolean): Promise<void> => {
    while (!holds(complaints)) await once(child.stderr, 'data');
  };
  const [line] = (await Promise.race([once(child.stdout, 'data'), once(child, 'exit')])) as [unknown];
  const port = Number(String(line));
  if (!(port > 0)) throw new Error(`tcpserver does not start: ${errors()}`);
  return { port, errors, untilErrors, stop: () => stop(child) };
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = once(child, 'exit');
  child.kill('SIGTERM');
  await gone;
}

export interface Finished {
  readonly exit: number | string;
  /** Standard output and standard error, as octet string. */
  readonly output: string;
}

/** Runs a program to its end, with nothing or `input` on its standard input. */
export async function run(
  [command, ...args]: readonly [string, ...string[]],
  options: { readonly env?: Readonly<Record<string, string>>; readonly input?: string } = {},
): Promise<Finished> {
  const child = spawn(programPath(command) ?? command, args, {
    env: options.env ?? process.env,
    stdio: 'pipe',
  });
  const chunks: Buffer[] = [];
  child.stdout.on('data', (chunk: Buffer) => chunks.push(chunk));
  child.stderr.on('data', (chunk: Buffer) => chunks.push(chunk));
  child.stdin.on('error', () => undefined); // it need not read
  child.stdin.end(Buffer.from(options.input ?? '', 'latin1'));
  const [code, signal] = (await once(child, 'close')) as [number | null, string | null];
  return { exit: code ?? `signal:${signal}`, output: Buffer.concat(chunks).toString('latin1') };
}
