// One measured run of a program: alone, or as the server of one SMTP connection with a client that waits for each
// reply before it goes on. Descriptors 0 and 1 of the program are one real TCP socket on the loopback interface.
// Invariants: the environment is exactly what is handed in, and descriptor 2 is `log`; all times are milliseconds since just before fork.
// Fails by rejecting with what the program said or how it ended, when that is not what the dialogue expects.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';

const WAITER = fileURLToPath(new URL('wait.pl', import.meta.url));

const PATIENCE_MS = 20_000;

const now = () => Number(process.hrtime.bigint()) / 1e6;

/** Runs `command` with two files as descriptors 0 and 1: `{ exit, cpu }`. */
export async function runAlone({ command, env, files, log }) {
  const stdio = files.map((file) => openSync(file, 'r'));
  const running = finish(launch(command, env, [...stdio, log]), command);
  for (const descriptor of stdio) closeSync(descriptor);
  const { start, end, cpu } = await running;
  return { exit: end - start, cpu };
}

/**
 * Runs `command` as a server. `dialogue` is a list of `{ expect: code, send?: octets, mark?: name }`; a mark is the
 * time at which that reply was complete. Returns the marks with `exit` and `cpu`.
 */
export async function runSession({ command, env, dialogue, log }) {
  const server = createServer({ pauseOnConnect: true }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const client = connect({ port: server.address().port, host: '127.0.0.1', noDelay: true });
  const timer = setTimeout(() => client.destroy(new Error(`${command[0]}: no answer`)), PATIENCE_MS);
  try {
    const [accepted] = await once(server, 'connection');
    const running = finish(launch(command, env, [accepted, accepted, log]), command);
    accepted.destroy();
    const [marks, { start, end, cpu }] = await Promise.all([converse(client, dialogue), running]);
    const times = Object.entries(marks).map(([name, at]) => [name, at - start]);
    return { ...Object.fromEntries(times), exit: end - start, cpu };
  } finally {
    clearTimeout(timer);
    client.destroy();
    server.close();
  }
}

/**
 * Interleaved: each variant `{ name, run }` once as a warm-up, then `rounds` times, in another order every round.
 * Returns what the runs gave, by name.
 */
export async function measure(variants, rounds) {
  const results = Object.fromEntries(variants.map(({ name }) => [name, []]));
  for (const { run } of variants) await run();
  for (let round = 0; round < rounds; round++) {
    for (const { name, run } of shuffled(variants)) results[name].push(await run());
  }
  return results;
}

function shuffled(list) {
  const keyed = list.map((value) => ({ value, key: Math.random() }));
  return keyed.sort((a, b) => a.key - b.key).map(({ value }) => value);
}

/** Null where one of the values is. */
export function median(values) {
  if (values.includes(null)) return null;
  const sorted = [...values].sort((a, b) => a - b);
  return (sorted[(sorted.length - 1) >> 1] + sorted[sorted.length >> 1]) / 2;
}

function launch(command, env, stdio) {
  return spawn('perl', [WAITER, ...command], { env, stdio: [...stdio, 'pipe'] });
}

async function finish(child, command) {
  const [start, end, user, system, status] = (await text(child.stdio[3])).split(' ').map(Number);
  if (status !== 0) throw new Error(`${command.join(' ')}: ended with wait status ${status}`);
  return { start: start * 1000, end: end * 1000, cpu: user < 0 ? null : (user + system) * 1000 };
}

async function converse(client, dialogue) {
  const marks = {};
  const rest = [...dialogue];
  let received = '';
  for await (const octets of client) {
    received += octets.toString('latin1');
    const reply = /^(\d{3})(?: [^\n]*)?\n$/m.exec(received);
    if (reply === null) continue;
    const at = now();
    const step = rest.shift();
    if (step === undefined || reply[1] !== String(step.expect))
      throw new Error(`unexpected reply: ${received}`);
    if (step.mark !== undefined) marks[step.mark] = at;
    received = '';
    if (rest.length === 0) break;
    client.write(step.send, 'latin1');
  }
  if (rest.length > 0) throw new Error(`connection closed where ${rest[0].expect} was expected`);
  return marks;
}
