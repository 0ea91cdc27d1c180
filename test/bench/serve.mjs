// npm run bench [-- --rounds N] [--only SCENARIO]… [--peer PEER]… [--quick] [--check] [--list]: `mvmtr serve` beside what else
// takes mail on this machine. In every round each scenario goes over all peers, in another order every time; each
// measurement has a server of its own, in a clean environment. CPU time is that of the server and of everything it has started.
// Prints tables in Markdown on standard output, and how far it is on standard error. A peer that is not there is named and
// left out. Exits 1 when a run failed, with --check also when a bar was missed. A scenario makes sure that what it has
// measured has happened; how, is said there (test/bench/serve/).

import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, loadavg, release, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { POLICY } from './policy.mjs';
import { BULK_SCENARIOS } from './serve/bulk.mjs';
import { MESSAGE_SCENARIOS } from './serve/messages.mjs';
import { findPeers, makeHome } from './serve/peers.mjs';
import { compileC, makeQueue } from './serve/programs.mjs';
import { table } from './serve/report.mjs';
import { SESSION_SCENARIOS } from './serve/sessions.mjs';

const ROUNDS = 3;

/** How long a measurement lasts, where it is not given how much is sent. */
const SECONDS = 3;

/** With --quick everything is smaller: to see that it works, not to believe. */
const QUICK = { seconds: 0.5, share: 0.1 };

const SCENARIOS = [...MESSAGE_SCENARIOS, ...BULK_SCENARIOS, ...SESSION_SCENARIOS];

async function main() {
  const options = readOptions();
  const scratch = mkdtempSync(join(tmpdir(), 'mvmtr-bench-'));
  process.on('exit', () => rmSync(scratch, { recursive: true, force: true }));
  const world = makeWorld(scratch, options.quick);
  const all = findPeers(scratch);
  if (options.list) return printNames(all);
  const scenarios = chosen(SCENARIOS, options.only, 'scenario');
  const peers = chosen(all, options.peer, 'peer');
  const present = peers.filter(({ why }) => why === null);
  printMachine(options, world);
  const results = await play({ scenarios, peers: present, rounds: options.rounds, world });
  print(scenarios, present, results, options.check);
  for (const { title, why } of peers.filter((peer) => peer.why !== null)) {
    console.log(`Left out: ${title} (${why}).`);
  }
}

function readOptions() {
  const { values } = parseArgs({
    options: {
      rounds: { type: 'string' },
      only: { type: 'string', multiple: true, default: [] },
      peer: { type: 'string', multiple: true, default: [] },
      quick: { type: 'boolean', default: false },
      check: { type: 'boolean', default: false },
      list: { type: 'boolean', default: false },
    },
  });
  const rounds = Number(values.rounds ?? (values.quick ? 1 : ROUNDS));
  if (!Number.isInteger(rounds) || rounds < 1) throw new Error('--rounds wants a number');
  return { ...values, rounds };
}

function chosen(all, names, kind) {
  const stranger = names.find((name) => !all.some((each) => each.name === name));
  if (stranger !== undefined) throw new Error(`there is no ${kind} "${stranger}"; --list shows the names`);
  return names.length === 0 ? all : all.filter(({ name }) => names.includes(name));
}

function printNames(peers) {
  for (const { name, title } of SCENARIOS) console.log(`--only ${name.padEnd(16)} ${title}`);
  for (const { name, title, why } of peers) {
    console.log(`--peer ${name.padEnd(16)} ${title}${why === null ? '' : ` (${why})`}`);
  }
}

/** What all measurements share. Postfix's processes, who are another user, have to get through. */
function makeWorld(directory, quick) {
  chmodSync(directory, 0o755);
  const home = makeHome(directory);
  const rules = join(directory, 'policy.mfl');
  writeFileSync(rules, POLICY);
  const log = join(directory, 'log');
  writeFileSync(log, '');
  const queues = { null: makeQueue(directory), sync: makeQueue(directory, { sync: true }) };
  const client = join(directory, 'quit');
  const quit = compileC({ source: 'quit.c', outfile: client }) ? client : null;
  return { directory, home, log, rules, queues, quit, ...(quick ? QUICK : { seconds: SECONDS, share: 1 }) };
}

/** The results by scenario and peer: in each round all of them, interleaved. */
async function play({ scenarios, peers, rounds, world }) {
  const results = Object.fromEntries(
    scenarios.map(({ name }) => [name, Object.fromEntries(peers.map((peer) => [peer.name, []]))]),
  );
  for (let round = 1; round <= rounds; round++) {
    for (const scenario of scenarios) {
      for (const peer of shuffled(peers.filter((each) => takesPart(each, scenario)))) {
        writeFileSync(world.log, '');
        const figures = await scenario.run({ peer, world }).catch((error) => error);
        results[scenario.name][peer.name].push(figures);
        tellProgress(`round ${round}, ${scenario.name}, ${peer.name}`, figures);
      }
    }
  }
  return results;
}

const takesPart = (peer, { name, suits = () => true }) => (peer.only ?? [name]).includes(name) && suits(peer);

function shuffled(list) {
  const keyed = list.map((value) => ({ value, key: Math.random() }));
  return keyed.sort((a, b) => a.key - b.key).map(({ value }) => value);
}

function tellProgress(what, figures) {
  if (figures instanceof Error) {
    process.exitCode = 1;
    console.error(`${what}: FAILED: ${figures.message}`);
  } else {
    const shown = Object.entries(figures).map(([key, value]) => `${key} ${Number(value.toPrecision(4))}`);
    console.error(`${what}: ${shown.join(', ')}`);
  }
}

function print(scenarios, peers, results, check) {
  const bars = [];
  for (const scenario of scenarios) {
    const rows = peers.filter((peer) => takesPart(peer, scenario));
    if (rows.length === 0) continue;
    const printed = table({ scenario, peers: rows, results: results[scenario.name] });
    bars.push(...printed.bars);
    console.log(`${printed.text}\n`);
  }
  const missed = bars.filter((holds) => !holds).length;
  console.log(`Bars: ${bars.length - missed} hold, ${missed} missed.`);
  if (missed > 0 && check) process.exitCode = 1;
}

function printMachine({ rounds, quick }, { queues }) {
  const [{ model }] = cpus();
  const memory = Number(/\d+/.exec(readFileSync('/proc/meminfo', 'latin1'))[0]);
  const machine = `${cpus().length} x ${model}, ${Math.round(memory / 2 ** 20)} GB, Linux ${release()}`;
  const load = `load average at start ${loadavg()[0].toFixed(2)}`;
  console.log(`${machine}; Node ${process.version}; ${rounds} rounds, medians; ${load}.`);
  console.log(`The queue program is ${queues.null.how}; its CPU time is part of the server's.`);
  console.log('In brackets: ratio to the first row. Columns marked + : more is better; - : less is better.');
  if (quick) console.log('With --quick: to see that it works, not to believe.');
  console.log('');
}

main().catch((error) => {
  console.error(`bench: ${error.message}`);
  process.exitCode = 1;
});
