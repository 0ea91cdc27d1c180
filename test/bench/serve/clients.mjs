// The clients, as the bench runs them: smtp-source, and client.mjs in its modes. Each is a process of its own.
// Invariants: a client that is not done in time is ended; what open() gave back is ended with end().
// Fails by rejecting with what the client said.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { findProgram } from './programs.mjs';

const CLIENT = fileURLToPath(new URL('client.mjs', import.meta.url));

const PATIENCE_MS = 180_000;

/** Descriptors beside those of the connections. */
const SPARE_DESCRIPTORS = 200;

/** Sends `messages` of 4096 octets with smtp-source; seconds. Every one was answered 250. */
export async function sendMessages({ port, messages, parallel, reuse = false }) {
  const program = findProgram('smtp-source');
  if (program === null) throw new Error('smtp-source is not there');
  const sizes = ['-s', String(parallel), '-m', String(messages), '-l', '4096', ...(reuse ? ['-d'] : [])];
  const names = ['-M', 'client.example', '-f', 'a@client.example', '-t', 'b@mx.example'];
  const start = process.hrtime.bigint();
  const client = launch([program, ...sizes, ...names, `127.0.0.1:${port}`]);
  await client.done;
  return Number(process.hrtime.bigint() - start) / 1e9;
}

/** Runs client.mjs to its end: what it told. */
export const runClient = (mode, options) =>
  runToEnd([process.execPath, CLIENT, mode, JSON.stringify(options)]);

async function runToEnd(command) {
  const client = launch(command);
  const [said] = await Promise.all([text(client.process.stdout), client.done]);
  return JSON.parse(said);
}

/** Connections that only say QUIT, by the compiled client if there is one (or null): the seconds it took. */
export async function runQuit(compiled, { port, connections, parallel }) {
  if (compiled === null) return (await runClient('quit', { port, connections, parallel })).seconds;
  return (await runToEnd([compiled, ...[port, connections, parallel].map(String)])).seconds;
}

/** Starts client.mjs in a mode that stays, with that many connections: `{ first, ask(line), end() }`. */
export async function openClient(mode, options, connections) {
  const limited = ['/bin/sh', '-c', 'ulimit -n "$0" && exec "$@"', String(connections + SPARE_DESCRIPTORS)];
  const client = launch([...limited, process.execPath, CLIENT, mode, JSON.stringify(options)]);
  const lines = createInterface({ input: client.process.stdout })[Symbol.asyncIterator]();
  const answer = async () => {
    const { value } = await Promise.race([lines.next(), client.done]);
    if (value === undefined) throw new Error(`the ${mode} client ended early`);
    return JSON.parse(value);
  };
  const end = async () => {
    client.process.stdin.end();
    await client.done;
  };
  try {
    const first = await answer();
    const ask = (line) => {
      client.process.stdin.write(`${line}\n`);
      return answer();
    };
    return { first, ask, end };
  } catch (error) {
    client.process.kill();
    throw error;
  }
}

/** `done` resolves with {} when the client left with 0. */
function launch([program, ...args]) {
  const child = spawn(program, args, { env: { PATH: process.env.PATH }, stdio: ['pipe', 'pipe', 'pipe'] });
  const late = new AbortController();
  sleep(PATIENCE_MS, null, { signal: late.signal, ref: false }).then(
    () => child.kill('SIGKILL'),
    () => {}, // it was done in time
  );
  const finish = async () => {
    const [said, [code, signal]] = await Promise.all([text(child.stderr), once(child, 'close')]);
    late.abort();
    if (code !== 0)
      throw new Error(`${program.split('/').at(-1)}: ${said.trim() || `ended by ${signal ?? code}`}`);
    return {};
  };
  const done = finish();
  done.catch(() => {}); // whoever asks hears it
  return { process: child, done };
}
