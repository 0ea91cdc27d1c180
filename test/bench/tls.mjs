// npm run bench:tls [-- --rounds N] [--only SCENARIO]… [--quick] [--check] [--list]: what TLS costs, and what it costs where it is
// not used. In every round each scenario goes over all builds, in another order every time; servers of serve live for one
// measurement, and everything is on the loopback interface. CPU time is that of the server.
// Prints tables in Markdown on standard output, and how far it is on standard error. What is not there is named and left out.
// Exits 1 when a run failed, with --check also when a bar was missed. What is measured, and how, is said in test/bench/tls/.

import { chmodSync, existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, loadavg, release, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { ROOT } from '../../src/build/bundle.mjs';
import { makeNoOps } from './no-op.mjs';
import { makeHome, makeSecureHome, ourServers } from './serve/peers.mjs';
import { makeQueue } from './serve/programs.mjs';
import { table } from './serve/report.mjs';
import { makeClient } from './tls/clients.mjs';
import { strangersInEagerFile } from './tls/eager.mjs';
import { PROCESS_SCENARIOS } from './tls/process.mjs';
import { SERVING_SCENARIOS } from './tls/serving.mjs';

const ROUNDS = 3;

/** How long handshakes are measured. */
const SECONDS = 3;

/** With --quick everything is smaller: to see that it works, not to believe. */
const QUICK = { seconds: 0.5, share: 0.1 };

const SCENARIOS = [...PROCESS_SCENARIOS, ...SERVING_SCENARIOS];

/** Somebody who needs a root store of their own has it read by every process of Node, which is not what is measured. */
delete process.env.NODE_EXTRA_CA_CERTS;

async function main() {
  const options = readOptions();
  if (options.list) {
    for (const { name, title } of SCENARIOS) console.log(`--only ${name.padEnd(16)} ${title}`);
    return;
  }
  const scratch = mkdtempSync(join(tmpdir(), 'mvmtr-bench-'));
  process.on('exit', () => rmSync(scratch, { recursive: true, force: true }));
  const { world, why } = makeWorld(scratch, options.quick);
  printMachine(options, world);
  if (world.secureHome === null) throw new Error('there is no openssl to make a certificate');
  const scenarios = chosen(options.only).filter(({ kind }) => kind === 'process' || why === null);
  const bars = [printEagerFile()];
  const results = await play({ scenarios, rounds: options.rounds, world });
  for (const scenario of scenarios) {
    const printed = table({ scenario, peers: peersOf(scenario), results: results[scenario.name] });
    bars.push(...printed.bars);
    console.log(`${printed.text}\n`);
  }
  if (why !== null) console.log(`Left out: everything with serve (${why}).`);
  const missed = bars.filter((holds) => !holds).length;
  console.log(`Bars: ${bars.length - missed} hold, ${missed} missed. Load average at end ${loadNow()}.`);
  if (missed > 0 && options.check) process.exitCode = 1;
}

function readOptions() {
  const { values } = parseArgs({
    options: {
      rounds: { type: 'string' },
      only: { type: 'string', multiple: true, default: [] },
      quick: { type: 'boolean', default: false },
      check: { type: 'boolean', default: false },
      list: { type: 'boolean', default: false },
    },
  });
  const rounds = Number(values.rounds ?? (values.quick ? 1 : ROUNDS));
  if (!Number.isInteger(rounds) || rounds < 1) throw new Error('--rounds wants a number');
  return { ...values, rounds };
}

function chosen(names) {
  const stranger = names.find((name) => !SCENARIOS.some((each) => each.name === name));
  if (stranger !== undefined) throw new Error(`there is no scenario "${stranger}"; --list shows the names`);
  return names.length === 0 ? SCENARIOS : SCENARIOS.filter(({ name }) => names.includes(name));
}

function makeWorld(directory, quick) {
  chmodSync(directory, 0o755);
  const home = makeHome(directory);
  const secureHome = makeSecureHome(directory);
  if (secureHome !== null)
    writeFileSync(join(secureHome, 'control/smtpusers'), '# nobody yet\n', { mode: 0o600 });
  const log = join(directory, 'log');
  writeFileSync(log, '');
  const { path, why } = makeClient(join(directory, 'client'));
  const world = {
    home,
    secureHome,
    certificate: join(directory, 'qmail-tls/control/servercert.pem'),
    log,
    queues: { null: makeQueue(directory) },
    client: path,
    noOps: makeNoOps(directory),
    ...(quick ? QUICK : { seconds: SECONDS, share: 1 }),
  };
  return { world, why };
}

const SINK = { name: 'sink', title: 'a C program with OpenSSL that only reads', why: null };

const PROCESSES = ['mvmtr', 'qmail-smtpd'].flatMap((program) => [
  {
    name: `native-${program}`,
    build: 'native',
    title: `${program}, native`,
    file: join(ROOT, 'dist/native', program),
    command: [join(ROOT, 'dist/native', program)],
  },
  {
    name: `node-${program}`,
    build: 'node',
    title: `${program}, Node`,
    file: join(ROOT, 'dist/node'),
    command: [process.execPath, join(ROOT, 'bin', program)],
  },
]);

function peersOf({ kind, name }) {
  if (kind === 'process') return PROCESSES.filter(({ file }) => existsSync(file));
  const servers = ourServers().filter(({ why }) => why === null);
  return name === 'large' ? [...servers, SINK] : servers;
}

/** The results by scenario and peer: in each round all of them, interleaved. */
async function play({ scenarios, rounds, world }) {
  const results = Object.fromEntries(
    scenarios.map((each) => [each.name, Object.fromEntries(peersOf(each).map((peer) => [peer.name, []]))]),
  );
  for (let round = 1; round <= rounds; round++) {
    for (const scenario of scenarios) {
      for (const peer of shuffled(peersOf(scenario))) {
        writeFileSync(world.log, '');
        const figures = await scenario.run({ peer, world }).catch((error) => error);
        results[scenario.name][peer.name].push(figures);
        tellProgress(`round ${round}, ${scenario.name}, ${peer.name}`, figures);
      }
    }
  }
  return results;
}

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
    console.error(`${what}: ${shown.join(', ')} (load ${loadNow()})`);
  }
}

function printEagerFile() {
  const { strangers, bytes } = strangersInEagerFile();
  const holds = strangers.length === 0;
  const found = holds ? 'nothing of TLS and AUTH' : strangers.join(', ');
  console.log(
    `In the file that every session loads (${bytes} octets): ${found}: ${holds ? 'holds' : 'MISSED'}\n`,
  );
  return holds;
}

const loadNow = () => loadavg()[0].toFixed(2);

function printMachine({ rounds, quick }, { queues }) {
  const [{ model }] = cpus();
  const machine = `${cpus().length} x ${model}, Linux ${release()}`;
  console.log(
    `${machine}; Node ${process.version}; ${rounds} rounds, medians; load average at start ${loadNow()}.`,
  );
  console.log(`The queue program is ${queues.null.how}; its CPU time is part of the server's.`);
  console.log('In brackets: ratio to the first row. Columns marked + : more is better; - : less is better.');
  if (quick) console.log('With --quick: to see that it works, not to believe.');
  console.log('');
}

main().catch((error) => {
  console.error(`bench: ${error.message}`);
  process.exitCode = 1;
});
