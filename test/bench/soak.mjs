// npm run soak [-- --build native|node] [--sessions N] [--seed N]: one `mvmtr serve` under a long rain of sessions, fifty at a
// time: real messages, clients that leave, reset or half-close anywhere, and garbage. Afterwards every message that was answered
// 250 is in the queue once and as it was sent, nothing else is, and the server is as large and has as much open as when it was
// warm. Prints a line for each of these; exits 1 when one of them does not hold.
// What a session says follows from the seed; when it says it does not.

import { chmodSync, createReadStream, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { makeHome, ourServers } from './serve/peers.mjs';
import { descriptorsOf, residentOf, tree } from './serve/processes.mjs';
import { compileC } from './serve/programs.mjs';
import { playSession } from './soak/client.mjs';
import { openLedger } from './soak/ledger.mjs';
import { planOf } from './soak/plan.mjs';

const SESSIONS = 200_000;
const PARALLEL = 50;

/** Of the sessions, before the server counts as warm. */
const WARM = 0.05;

/** Of what it had when it was warm. */
const MOST_GROWTH = 0.1;

/** What a runtime opens when it first needs it. */
const MOST_LATE_DESCRIPTORS = 8;

const SETTLE_MS = 1000;
const MOST_SETTLING_MS = 30_000;

const DESCRIPTORS = 4096;

const PROBLEMS_KEPT = 10;

async function main() {
  const options = readOptions();
  const scratch = mkdtempSync(join(tmpdir(), 'mvmtr-soak-'));
  process.on('exit', () => rmSync(scratch, { recursive: true, force: true }));
  const queue = makeQueue(scratch);
  const server = await start({ build: options.build, scratch, queue });
  try {
    const ledger = openLedger();
    const fresh = await settled(server, () => true);
    const rain = { server, ledger, seed: options.seed, sessions: options.sessions, problems: [] };
    const boundary = Math.ceil(options.sessions * WARM);
    await play({ ...rain, from: 0, to: boundary });
    const warm = await settled(server, (now) => isQuiet(now, fresh));
    await play({ ...rain, from: boundary, to: options.sessions });
    const last = await settled(server, (now) => isQuiet(now, warm) && now.memory <= limitOf(warm.memory));
    const faults = await faultsIn(join(scratch, 'log'));
    const audit = ledger.audit(readFileSync(queue.ledger, 'latin1').split('\n').slice(0, -1));
    report({ options, problems: rain.problems, fresh, warm, last, audit, faults });
  } finally {
    await server.stop();
  }
}

function readOptions() {
  const { values } = parseArgs({
    options: {
      build: { type: 'string', default: 'native' },
      sessions: { type: 'string', default: String(SESSIONS) },
      seed: { type: 'string', default: '1' },
    },
  });
  const [sessions, seed] = [values.sessions, values.seed].map(Number);
  if (!['native', 'node'].includes(values.build)) throw new Error('--build is native or node');
  if (!Number.isInteger(sessions) || sessions < 1) throw new Error('--sessions wants a number');
  if (!Number.isInteger(seed)) throw new Error('--seed wants a number');
  return { build: values.build, sessions, seed };
}

function makeQueue(directory) {
  const path = join(directory, 'queue');
  const ledger = join(directory, 'ledger');
  writeFileSync(ledger, '');
  if (!compileC({ source: '../soak/queue.c', outfile: path, defines: { LEDGER_FILE: ledger } })) {
    const script = fileURLToPath(new URL('soak/queue.pl', import.meta.url));
    writeFileSync(path, `#!/bin/sh\nexec perl '${script}' '${ledger}'\n`);
    chmodSync(path, 0o755);
    console.log('The queue program is a perl script (no C compiler here): this takes long.');
  }
  return { path, ledger };
}

async function start({ build, scratch, queue }) {
  const log = join(scratch, 'log');
  writeFileSync(log, '');
  const peer = ourServers().find(({ name }) => name === `serve-${build}`);
  if (peer.why !== null) throw new Error(peer.why);
  return peer.start({ home: makeHome(scratch), log }, { queue, descriptors: DESCRIPTORS });
}

/** The sessions with these numbers; what went wrong is added to `problems`. */
async function play({ server, ledger, seed, sessions, problems, from, to }) {
  const step = Math.ceil(sessions / 20);
  let next = from;
  let done = from;
  const lane = async () => {
    while (next < to) {
      const number = next++;
      const plan = planOf(seed, number);
      ledger.expect(plan.messages);
      const problem = await playSession({ port: server.port, plan, fates: ledger.fates });
      if (problem !== null) problems.push(`session ${number}: ${problem.trim()}`);
      done += 1;
      if (done % step === 0) console.error(`${done} of ${sessions} sessions`);
    }
  };
  await Promise.all(Array.from({ length: PARALLEL }, lane));
}

/** The server as it is when `isEnough` of that, or when it has had its time: `{ processes, descriptors, memory }`. */
async function settled(server, isEnough) {
  const deadline = Date.now() + MOST_SETTLING_MS;
  for (;;) {
    await sleep(SETTLE_MS);
    const now = look(server);
    if (isEnough(now) || Date.now() > deadline) return now;
  }
}

/** Memory in MB. */
function look({ pid }) {
  const processes = tree(pid).map((each) => each.pid);
  const sum = (measure) => processes.reduce((total, each) => total + measure(each), 0);
  return { processes, descriptors: processes.flatMap(descriptorsOf), memory: sum(residentOf) / 1024 };
}

const isSame = (now, before) => now.processes.join() === before.processes.join();

const isQuiet = (now, before) => isSame(now, before) && now.descriptors.length <= before.descriptors.length;

const limitOf = (memory) => memory * (1 + MOST_GROWTH);

/** Lines that tell of something that should not have happened inside. */
async function faultsIn(log) {
  const faults = [];
  for await (const line of createInterface({ input: createReadStream(log, 'latin1') })) {
    if (/^\S+ fault /.test(line)) faults.push(line.slice(0, 300));
  }
  return faults;
}

function report({ options, problems, fresh, warm, last, audit, faults }) {
  const { counts } = audit;
  const queued = `${counts.torn} complete but torn (${counts.tornQueued} of them queued)`;
  const others = `${counts.refused} refused, ${counts.unsent} not completed`;
  const [first, before, after] = [fresh, warm, last].map(({ descriptors }) => descriptors.length);
  console.log(`${options.sessions} sessions, ${options.build} build, seed ${options.seed}`);
  console.log(`messages: ${counts.answered} answered 250, ${queued}, ${others}`);
  const verdicts = [
    say(problems.length === 0, 'every session went as planned', problems),
    say(
      audit.problems.length === 0,
      'the queue has what was answered, once and as it was sent',
      audit.problems,
    ),
    say(counts.refused === 0, 'no message was refused'),
    say(faults.length === 0, 'no fault in the log', faults),
    say(isSame(last, fresh), `the same processes: ${fresh.processes} and ${last.processes}`),
    say(
      after <= before && before - first <= MOST_LATE_DESCRIPTORS,
      `descriptors: ${first} at first, ${before} warm, ${after} at last (${kinds(last.descriptors)})`,
    ),
    say(
      last.memory <= limitOf(warm.memory),
      `resident MB: ${warm.memory.toFixed(1)} warm, ${last.memory.toFixed(1)} at last`,
    ),
  ];
  if (verdicts.includes(false)) process.exitCode = 1;
}

/** "3 pipe, 2 socket": what they are, without the numbers. */
function kinds(descriptors) {
  const counts = new Map();
  for (const target of descriptors) {
    const kind = target.replace(/:?\[.*\]$/, '');
    counts.set(kind, (counts.get(kind) ?? 0) + 1);
  }
  return [...counts].map(([kind, count]) => `${count} ${kind}`).join(', ');
}

function say(holds, text, examples = []) {
  console.log(`${holds ? 'PASS' : 'FAIL'}  ${text}${examples.length > 0 ? `: ${examples.length}` : ''}`);
  for (const example of examples.slice(0, PROBLEMS_KEPT)) console.log(`      ${example}`);
  return holds;
}

main().catch((error) => {
  console.error(`soak: ${error.message}`);
  process.exitCode = 1;
});
