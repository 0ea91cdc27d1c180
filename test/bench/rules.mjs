// npm run bench:rules [-- --check]: what rules cost. The same session (HELO, MAIL, RCPT, QUIT) with and without a compiled policy
// of 200 lines, interleaved in random order, in a clean environment, CPU time as medians; then the interpreter by itself, in
// this process: simple steps a second, and `header :contains` over a header of 100 fields.
// Prints PASS or FAIL for each bar; exits 1 on a FAIL only with --check. A build that is not there is named and left out.

import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ROOT } from '../../src/build/bundle.mjs';
import { measure, median, runSession } from './measure.mjs';
import { POLICY } from './policy.mjs';

const RUNS = 60;
const MOST_EXTRA_MS = 4;
const LEAST_STEPS = 2_000_000;
const LEAST_HEADERS = 20_000;

const DIALOGUE = [
  { expect: 220, send: 'HELO client.example\r\n' },
  { expect: 250, send: 'MAIL FROM:<a@client.example>\r\n' },
  { expect: 250, send: 'RCPT TO:<b@mx.example>\r\n' },
  { expect: 250, send: 'QUIT\r\n' },
  { expect: 221 },
];

const PROFILES = { 'qmail-smtpd': 'stock', mvmtr: 'mvmtr' };

async function main() {
  const directory = mkdtempSync(join(tmpdir(), 'mvmtr-bench-'));
  const log = openSync(join(directory, 'log'), 'a');
  try {
    const variants = makeVariants(directory, log);
    const passed = [
      ...printSessions(variants, await measure(variants, RUNS)),
      await printSteps(),
      await printHeaders(),
    ];
    if (passed.includes(false) && process.argv.includes('--check')) process.exitCode = 1;
  } catch (error) {
    const said = readFileSync(join(directory, 'log'), 'utf8').slice(-500);
    throw new Error(`${error.message}\nthe log ends: ${said}`);
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

/** Two homes that differ in the rules only. */
function makeVariants(directory, log) {
  const [plain, ruled] = ['plain', 'ruled'].map((name) => join(directory, name));
  mkdirSync(join(plain, 'control'), { recursive: true });
  for (const name of ['me', 'rcpthosts']) writeFileSync(join(plain, 'control', name), 'mx.example\n');
  cpSync(plain, ruled, { recursive: true });
  const file = join(ruled, 'control/mvmtr.mfl');
  writeFileSync(file, POLICY);
  writeFileSync(`${file}c`, writeProgram(compiled('mvmtr.mfl', POLICY)), 'latin1');
  console.log(`the policy has ${POLICY.trimEnd().split('\n').length} lines\n`);
  return builds().flatMap(({ build, commandOf }) =>
    Object.entries(PROFILES).flatMap(([program, profile]) =>
      Object.entries({ plain, ruled }).map(([kind, home]) => ({
        name: `${build} ${profile} ${kind}`,
        run: () =>
          runSession({ command: commandOf(program), env: environment(home), dialogue: DIALOGUE, log }),
      })),
    ),
  );
}

function builds() {
  const node = { build: 'node', commandOf: (program) => [process.execPath, join(ROOT, 'bin', program)] };
  if (!existsSync(join(ROOT, 'dist/native/qmail-smtpd'))) {
    console.log('left out: the native build (dist/native is not there)\n');
    return [node];
  }
  return [node, { build: 'native', commandOf: (program) => [join(ROOT, 'dist/native', program)] }];
}

function environment(home) {
  return {
    PATH: process.env.PATH,
    QMAIL_HOME: home,
    TCPREMOTEIP: '192.0.2.7',
    TCPREMOTEHOST: 'client.example',
    TCPREMOTEPORT: '40000',
    TCPLOCALIP: '192.0.2.1',
    TCPLOCALHOST: 'mx.example',
    TCPLOCALPORT: '25',
  };
}

function printSessions(variants, results) {
  const figure = (name, which) => median(results[name].map((run) => run[which]));
  console.log(`${`medians of ${RUNS}, ms`.padEnd(26)}${'exit'.padStart(9)}${'cpu'.padStart(9)}`);
  for (const { name } of variants) {
    const cells = ['exit', 'cpu'].map((which) => figure(name, which).toFixed(2).padStart(9));
    console.log(`${name.padEnd(26)}${cells.join('')}`);
  }
  console.log('');
  const pairs = variants.map(({ name }) => name).filter((name) => name.endsWith(' plain'));
  return pairs.map((plain) => {
    const session = plain.replace(/ plain$/, '');
    const extra = figure(`${session} ruled`, 'cpu') - figure(plain, 'cpu');
    const title = `${session}: CPU of the rules in a session`;
    return verdict(extra <= MOST_EXTRA_MS, `${title}: ${extra.toFixed(2)} ms (at most ${MOST_EXTRA_MS})`);
  });
}

const require = createRequire(import.meta.url);
const { compile, writeProgram } = require(join(ROOT, 'dist/node/checker.cjs'));
const { driveHook } = require(join(ROOT, 'dist/node/rules.cjs'));

function compiled(name, text) {
  const main = { name, text, dialect: 'mfl' };
  const { program, problems } = compile({ main, load: () => ({ problem: 'there is nothing else' }) });
  if (program === null) throw new Error(problems.map(({ message }) => message).join('\n'));
  return program;
}

/** A way to run the message hook of a program. */
function hookOf(text, fields) {
  const program = compiled('bench.mfl', text);
  const input = {
    hook: 'message',
    arguments: [],
    properties: () => undefined,
    message: { fields, size: 10_000 },
    envelope: { from: '', to: ['b@mx.example'] },
    variables: { session: {}, transaction: {} },
    now: 0,
  };
  const noAnswer = () => Promise.resolve({ ok: false, reason: 'nobody to ask' });
  return async () => {
    const ran = await driveHook(program, input, noAnswer);
    if (ran.end !== 'done') throw new Error(JSON.stringify(ran));
    return ran;
  };
}

/** Runs until the time is up, after a while of getting warm; units a second. */
async function speed(run, unitsOf) {
  const seconds = async (most) => {
    const start = process.hrtime.bigint();
    const end = start + BigInt(most * 1e9);
    let units = 0;
    while (process.hrtime.bigint() < end) units += unitsOf(await run());
    return units / (Number(process.hrtime.bigint() - start) / 1e9);
  };
  await seconds(1);
  return seconds(2);
}

async function printSteps() {
  const run = hookOf(`hook message {
    number n = 0;
    number sum = 0;
    while (n < 4000) { n += 1; if (n > 10 && sum >= 0) { sum += n; } }
}`);
  return bar('simple steps a second', await speed(run, ({ steps }) => steps), LEAST_STEPS);
}

async function printHeaders() {
  const fields = Array.from({ length: 100 }, (_, n) => ({
    name: 'Received',
    body: ` from host-${n}.example by mx.example with ESMTP; value ${n}`,
  }));
  const tests = 100;
  const run = hookOf(
    `hook message {
    number n = 0;
    while (n < ${tests}) {
        n += 1;
        if header :contains "received" "nowhere-\${n}" { reject "found"; }
    }
}`,
    fields,
  );
  return bar('header :contains over 100 fields, a second', await speed(run, () => tests), LEAST_HEADERS);
}

function bar(title, rate, least) {
  return verdict(rate >= least, `${title}: ${Math.round(rate)} (at least ${least})`);
}

function verdict(holds, text) {
  console.log(`${holds ? 'PASS' : 'FAIL'}  ${text}`);
  return holds;
}

main().catch((error) => {
  console.error(`bench: ${error.message}`);
  process.exitCode = 1;
});
