// client.c, compiled for the occasion, in its modes. Each is a process of its own.
// Invariants: a client that is not done in time is killed; what openIdle() and openSink() gave back is ended by their end().
// Fails by rejecting with what the client said. Without a compiler or the headers of OpenSSL makeClient() says so.

import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { findProgram } from '../serve/programs.mjs';

const SOURCE = fileURLToPath(new URL('client.c', import.meta.url));

const PATIENCE_MS = 180_000;

/** Descriptors beside those of the connections. */
const SPARE_DESCRIPTORS = 200;

/** Compiles the client: `{ path, why }`; `why` says what is missing for it, or is null. */
export function makeClient(path) {
  const compiler = ['cc', 'gcc'].map(findProgram).find((each) => each !== null);
  if (compiler === undefined) return { path: null, why: 'there is no C compiler' };
  const options = ['-O2', SOURCE, '-o', path, '-lssl', '-lcrypto'];
  const { status, stderr } = spawnSync(compiler, options, { encoding: 'utf8' });
  if (status === 0) return { path, why: null };
  if (/openssl\/\w+\.h|-lssl|-lcrypto/.test(stderr)) {
    return { path: null, why: 'the headers of OpenSSL are not there (Debian: libssl-dev)' };
  }
  throw new Error(`client.c does not compile: ${stderr.trim()}`);
}

/** Connections that say QUIT, for so many seconds: `{ count, resumed, seconds, cpu }`. `version` is 12 or 13. */
export const shake = (path, { port, version, resume, parallel, seconds }) =>
  runToEnd([path, 'shake', port, version, resume ? 1 : 0, parallel, seconds]);

/** Messages on one connection, with a cipher of TLS 1.3: `{ seconds, cpu, cipher }`. */
export const send = (path, { port, messages, octets, cipher }) =>
  runToEnd([path, 'send', port, messages, octets, cipher]);

/** Opens that many sessions and waits until all have said EHLO. end() rejects when one of them is not alive any more. */
export async function openIdle(path, { port, sessions }) {
  const limit = String(sessions + SPARE_DESCRIPTORS);
  const client = launch([
    '/bin/sh',
    '-c',
    'ulimit -n "$0" && exec "$@"',
    limit,
    path,
    'idle',
    port,
    sessions,
  ]);
  const { held } = await client.line();
  if (held !== sessions) throw new Error(`${held} of ${sessions} sessions were opened`);
  return { end: client.end };
}

/** What does nothing but take one connection of send(): `{ port, end() }`; end() gives `{ cpu }`. */
export async function openSink(path, certificate) {
  const sink = launch([path, 'sink', certificate]);
  const port = await sink.line();
  return {
    port,
    end: async () => {
      const used = await sink.line();
      await sink.end();
      return used;
    },
  };
}

async function runToEnd(command) {
  const client = launch(command);
  const said = await client.line();
  await client.end();
  return said;
}

/** `line()` is the next JSON value it prints; `end()` closes its standard input and resolves when it has left with 0. */
function launch(command) {
  const [program, ...args] = command.map(String);
  const child = spawn(program, args, { env: { PATH: process.env.PATH }, stdio: ['pipe', 'pipe', 'pipe'] });
  const timer = setTimeout(() => child.kill('SIGKILL'), PATIENCE_MS);
  let complaint = '';
  child.stderr.on('data', (octets) => {
    complaint += octets.toString('latin1');
  });
  child.stdin.on('error', () => {}); // its exit code tells
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const finish = async () => {
    const [code, signal] = await once(child, 'close');
    clearTimeout(timer);
    if (code !== 0) throw new Error(`client.c: ${complaint.trim() || `ended by ${signal ?? code}`}`);
  };
  const done = finish();
  done.catch(() => {}); // whoever asks hears it
  const line = async () => {
    const { value } = await lines.next();
    if (value !== undefined) return JSON.parse(value);
    await done;
    throw new Error('client.c left without a word');
  };
  const end = () => {
    child.stdin.end();
    return done;
  };
  return { line, end };
}
