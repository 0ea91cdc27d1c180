// A server under measurement: started below reaper.pl, with a clean environment, on a port of the system's choice; ended with
// everything that it has started.
// Invariants: standard error goes to `log`; the server has answered one client with 220 before start() returns; what start()
// gave back is ended when this process leaves, however it does.
// Fails by rejecting with the end of the log when the server does not come up in time, or ends by itself.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { connect } from 'node:net';
import { dirname } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { cpuOf, tree } from './processes.mjs';

const REAPER = fileURLToPath(new URL('reaper.pl', import.meta.url));

const START_MS = 20_000;
const END_MS = 3_000;

const running = new Set();

process.on('exit', () => {
  for (const reaper of running) signal(reaper, 'SIGTERM');
});
for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.once(name, () => process.exit(1));

/**
 * Starts `command` with exactly `env` (and a PATH). `port`: where it listens, or null when it prints that. `descriptors`: how
 * many it may have open. `withTls`: it prints a second port, where clients begin with TLS. Returns
 * `{ pid, port, tlsPort, root, cpu(), isAlive(), stop() }`; `root` is the process above all of its own.
 */
export async function startServer({
  command,
  env = {},
  port = null,
  log,
  descriptors = 1024,
  withTls = false,
}) {
  const stderr = openSync(log, 'a');
  const reaper = spawn(
    '/bin/sh',
    ['-c', 'ulimit -n "$0" && exec "$@"', String(descriptors), 'perl', REAPER, ...command],
    { env: { PATH: cleanPath(), ...env }, stdio: ['ignore', 'pipe', stderr, 'pipe'], detached: true },
  );
  closeSync(stderr);
  const ended = once(reaper, 'exit');
  running.add(reaper.pid);
  const stop = () => stopServer(reaper.pid, ended);
  try {
    const [pid] = await firstNumbers(reaper.stdio[3], ended, 1);
    const [listening, tlsPort] =
      port === null ? await firstNumbers(reaper.stdout, ended, withTls ? 2 : 1) : [port];
    await greeted(listening, reaper);
    return {
      pid,
      port: listening,
      tlsPort,
      root: reaper.pid,
      cpu: () => cpuOf(reaper.pid),
      isAlive: () => tree(pid).length > 0,
      stop,
    };
  } catch (error) {
    await stop();
    throw new Error(`${error.message}; ${endOf(log)}`);
  }
}

/** The last words of a log. */
export const endOf = (log) => `the log ends: ${readFileSync(log, 'utf8').slice(-500)}`;

// The Node that runs this is the Node that bin/mvmtr finds.
const cleanPath = () => `${dirname(process.execPath)}:${process.env.PATH}`;

/** The numbers that are the first lines of a stream. What comes later is read as well, so that the pipe is never full. */
async function firstNumbers(stream, ended, count) {
  const lines = createInterface({ input: stream });
  const said = [];
  const all = new Promise((resolve) => {
    lines.on('line', (line) => {
      said.push(line);
      if (said.length === count) resolve();
    });
  });
  await inTime(Promise.race([all, ended]), 'it printed no port');
  const numbers = said.slice(0, count);
  if (numbers.length < count || !numbers.every((line) => /^\d+$/.test(line))) {
    throw new Error(`it printed no port, but ended or said "${said.join(' ')}"`);
  }
  return numbers.map(Number);
}

/** Returns when a client has been greeted. */
async function greeted(port, reaper) {
  const deadline = Date.now() + START_MS;
  for (;;) {
    if (reaper.exitCode !== null) throw new Error('it ended by itself');
    if (await greeting(port)) return;
    if (Date.now() > deadline) throw new Error(`no greeting on port ${port}`);
    await sleep(20);
  }
}

const greeting = (port) =>
  new Promise((resolve) => {
    let said = '';
    const socket = connect({ port, host: '127.0.0.1', timeout: START_MS });
    socket.on('data', (octets) => {
      if (said === '') socket.write('QUIT\r\n');
      said += octets.toString('latin1');
    });
    socket.on('timeout', () => socket.destroy());
    socket.on('error', () => {}); // close comes next, and nothing was said
    socket.on('close', () => resolve(said.startsWith('220') && said.includes('\n221')));
  });

/** Asks the server to end, and does not ask what is still there after a while. */
async function stopServer(reaper, ended) {
  if (!running.has(reaper)) return;
  for (const { pid } of tree(reaper).filter(({ ppid }) => ppid === reaper)) signal(pid, 'SIGTERM');
  await Promise.race([ended, sleep(END_MS, null, { ref: false })]);
  signal(reaper, 'SIGTERM');
  await inTime(ended, 'does not end');
  running.delete(reaper);
}

function signal(pid, name) {
  try {
    process.kill(pid, name);
  } catch (error) {
    if (error.code !== 'ESRCH') throw error;
  }
}

async function inTime(promise, complaint) {
  const timer = new AbortController();
  const late = sleep(START_MS, null, { signal: timer.signal }).then(() => {
    throw new Error(`${complaint} within ${START_MS / 1000} s`);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    late.catch(() => {}); // it was called off
    timer.abort();
  }
}
