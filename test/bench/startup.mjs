// npm run bench:startup [-- --check]: what a connection costs, as a multiple of starting the runtime and doing nothing.
// All variants run interleaved, in random order, in a clean environment; the figures are medians.
// CPU time is that of the session alone: the queue program here only reads both its descriptors, and what it costs by
// itself is measured too and taken off.
// Prints PASS or FAIL for each bar; exits 1 on a FAIL only with --check. A build that is not there is named and left out.

import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ROOT } from '../../src/build/bundle.mjs';
import { measure, median, runAlone, runSession } from './measure.mjs';
import { makeNoOps } from './no-op.mjs';

const RUNS = 40;

const BARS = [
  {
    title: 'native: start to 220 / native no-op',
    of: 'native QUIT',
    figure: '220',
    base: 'native no-op',
    baseFigure: 'exit',
    limit: 1.6,
  },
  {
    title: 'native: start to 250 after DATA / native no-op',
    of: 'native message',
    figure: '250',
    base: 'native no-op',
    baseFigure: 'exit',
    limit: 2.2,
  },
  {
    title: 'node: CPU of a QUIT session / bare node',
    of: 'node QUIT',
    figure: 'cpu',
    base: 'bare node',
    baseFigure: 'cpu',
    limit: 1.5,
  },
  {
    title: 'node: CPU of one message / bare node',
    of: 'node message',
    figure: 'cpu',
    base: 'bare node',
    baseFigure: 'cpu',
    limit: 2.0,
  },
];

const PROFILES = { 'qmail-smtpd': 'stock', mvmtr: 'mvmtr' };

const MESSAGE = `Subject: start-up\r\n\r\n${`${'x'.repeat(62)}\r\n`.repeat(32)}`;

const QUIT_DIALOGUE = [{ expect: 220, mark: '220', send: 'QUIT\r\n' }, { expect: 221 }];

const MESSAGE_DIALOGUE = [
  { expect: 220, mark: '220', send: 'HELO client.example\r\n' },
  { expect: 250, send: 'MAIL FROM:<a@client.example>\r\n' },
  { expect: 250, send: 'RCPT TO:<b@mx.example>\r\n' },
  { expect: 250, send: 'DATA\r\n' },
  { expect: 354, send: `${MESSAGE}.\r\n` },
  { expect: 250, mark: '250', send: 'QUIT\r\n' },
  { expect: 221 },
];

const DRAIN_C = `#include <unistd.h>
int main(void) {
  char octets[65536];
  while (read(0, octets, sizeof octets) > 0) ;
  while (read(1, octets, sizeof octets) > 0) ;
  return 0;
}
`;

const DRAIN_SH = '#!/bin/sh\ncat >/dev/null\ncat <&1 >/dev/null\n';

async function main() {
  const home = mkdtempSync(join(tmpdir(), 'mvmtr-bench-'));
  const log = openSync(join(home, 'log'), 'a');
  try {
    const queue = makeHome(home);
    const variants = makeVariants(home, environment(home, queue.path), log);
    const medians = mediansOf(await measure(variants, RUNS));
    const ownCost = medians['queue program'].cpu;
    for (const { name, isMessage } of variants) {
      if (isMessage && ownCost !== null) medians[name].cpu -= ownCost;
    }
    printTable(variants, medians);
    console.log(`\nqueue program: ${queue.how}; its CPU time is taken off the messages' CPU time`);
    const passed = printBars(medians);
    if (!passed && process.argv.includes('--check')) process.exitCode = 1;
  } catch (error) {
    const said = readFileSync(join(home, 'log'), 'utf8').slice(-500);
    throw new Error(`${error.message}\nthe log ends: ${said}`);
  } finally {
    rmSync(home, { recursive: true, force: true });
  }
}

/** A qmail home directory with a queue program that drains its descriptors. */
function makeHome(home) {
  mkdirSync(join(home, 'control'));
  writeFileSync(join(home, 'control/me'), 'mx.example\n');
  writeFileSync(join(home, 'control/rcpthosts'), 'mx.example\n');
  writeFileSync(join(home, 'message'), MESSAGE);
  writeFileSync(join(home, 'envelope'), 'Fa@client.example\0Tb@mx.example\0\0');
  const path = join(home, 'queue');
  const options = ['-O2', '-static', '-x', 'c', '-', '-o', path];
  if (spawnSync('cc', options, { input: DRAIN_C }).status === 0) return { path, how: 'a C program' };
  writeFileSync(path, DRAIN_SH);
  chmodSync(path, 0o755);
  return { path, how: 'a shell script (no C compiler here)' };
}

function environment(home, queue) {
  return {
    PATH: process.env.PATH,
    QMAIL_HOME: home,
    QMAILQUEUE: queue,
    TCPREMOTEIP: '192.0.2.7',
    TCPREMOTEHOST: 'client.example',
    TCPREMOTEPORT: '40000',
    TCPLOCALIP: '192.0.2.1',
    TCPLOCALHOST: 'mx.example',
    TCPLOCALPORT: '25',
  };
}

function makeVariants(home, env, log) {
  const files = ['message', 'envelope'].map((file) => join(home, file));
  const noOps = makeNoOps(home);
  return [
    {
      name: 'queue program',
      run: () => runAlone({ command: [env.QMAILQUEUE], env, files, log }),
    },
    { name: 'bare node', run: noOp(noOps.node, env, log) },
    ...sessionVariants('node', (program) => [process.execPath, join(ROOT, 'bin', program)], env, log),
    ...nativeVariants(noOps.native, env, log),
  ];
}

function nativeVariants(command, env, log) {
  if (command === null || !existsSync(join(ROOT, 'dist/native/qmail-smtpd'))) {
    console.log('left out: the native build (dist/native is not there, or there is no Bun for the no-op)\n');
    return [];
  }
  return [
    { name: 'native no-op', run: noOp(command, env, log) },
    ...sessionVariants('native', (program) => [join(ROOT, 'dist/native', program)], env, log),
  ];
}

const noOp = (command, env, log) => () => runSession({ command, env, log, dialogue: [] });

function sessionVariants(build, commandOf, env, log) {
  return Object.entries(PROFILES).flatMap(([program, profile]) => {
    const command = commandOf(program);
    return [
      {
        name: `${build} QUIT (${profile})`,
        run: () => runSession({ command, env, log, dialogue: QUIT_DIALOGUE }),
      },
      {
        name: `${build} message (${profile})`,
        isMessage: true,
        run: () => runSession({ command, env, log, dialogue: MESSAGE_DIALOGUE }),
      },
    ];
  });
}

function mediansOf(results) {
  const entries = Object.entries(results).map(([name, runs]) => {
    const figures = Object.keys(runs[0]).map((figure) => [figure, median(runs.map((run) => run[figure]))]);
    return [name, Object.fromEntries(figures)];
  });
  return Object.fromEntries(entries);
}

function printTable(variants, medians) {
  const columns = ['220', '250', 'exit', 'cpu'];
  const cell = (value) => (value === undefined || value === null ? '-' : value.toFixed(2)).padStart(9);
  console.log(
    `${`medians of ${RUNS}, ms`.padEnd(26)}${columns.map((column) => column.padStart(9)).join('')}`,
  );
  for (const { name } of variants) {
    console.log(`${name.padEnd(26)}${columns.map((column) => cell(medians[name][column])).join('')}`);
  }
}

/** A bar holds for both profiles: the larger of the two ratios counts. */
function printBars(medians) {
  let passed = true;
  console.log('');
  for (const { title, of, figure, base, baseFigure, limit } of BARS) {
    const ratios = Object.values(PROFILES)
      .map((profile) => medians[`${of} (${profile})`]?.[figure])
      .map((value) => (value ?? Number.NaN) / (medians[base]?.[baseFigure] ?? Number.NaN));
    const ratio = Math.max(...ratios);
    if (Number.isNaN(ratio)) {
      console.log(`SKIP  ${title}: no figures`);
      continue;
    }
    if (ratio > limit) passed = false;
    console.log(`${ratio > limit ? 'FAIL' : 'PASS'}  ${title}: ${ratio.toFixed(2)} (at most ${limit})`);
  }
  return passed;
}

main().catch((error) => {
  console.error(`bench: ${error.message}`);
  process.exitCode = 1;
});
