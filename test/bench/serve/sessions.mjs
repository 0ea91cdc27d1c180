// The scenarios without messages: sessions that do nothing, recipients that are refused, connections that only say QUIT. The
// clients leave with a failure as soon as a reply is another one.

import { setTimeout as sleep } from 'node:timers/promises';
import { openClient, runClient, runQuit } from './clients.mjs';
import { memoryOf } from './processes.mjs';
import { amountFor, withCpu, withServer } from './running.mjs';

const IDLE = 5000;

/** Where each session is a process: enough to say what one costs. */
const IDLE_PROCESSES = 200;

const PROBES = 300;

const REFUSALS = 100_000;
const REFUSING_CONNECTIONS = 20;
const IN_FLIGHT = 50;

const PARALLEL = 20;

/** A garbage collector has its own ideas about when. */
const SETTLE_MS = 1000;
const MOST_READINGS = 8;

export const SESSION_SCENARIOS = [
  {
    name: 'idle',
    title: `${IDLE} idle sessions after EHLO (${IDLE_PROCESSES} where each is a process), and new ones beside them`,
    columns: [
      { key: 'each', title: 'KB/session' },
      { key: 'total', title: 'MB in all' },
      { key: 'p50', title: 'greeting p50 ms' },
      { key: 'p99', title: 'greeting p99 ms' },
    ],
    bars: {
      'serve-native': [
        { key: 'each', most: 10 },
        { key: 'p99', most: 20 },
      ],
      'serve-node': [{ key: 'each', most: 15 }],
    },
    run: holdIdle,
  },
  {
    name: 'refused',
    title: `${REFUSALS} refused recipients, ${REFUSING_CONNECTIONS} connections with ${IN_FLIGHT} in flight on each`,
    columns: [
      { key: 'rate', title: 'refusals/s', more: true },
      { key: 'cpu', title: 'CPU us/refusal' },
    ],
    bars: { 'serve-native': [{ key: 'rate', least: 400_000 }] },
    run: refuse,
  },
  {
    name: 'quit',
    title: `Connections that say QUIT and nothing else, ${PARALLEL} in parallel`,
    columns: [
      { key: 'rate', title: 'conn/s', more: true },
      { key: 'cpu', title: 'CPU ms/conn' },
    ],
    bars: { 'serve-native': [{ key: 'rate', least: 8000 }] },
    run: onlyQuit,
  },
];

function holdIdle({ peer, world }) {
  const sessions = Math.ceil((peer.processes ? IDLE_PROCESSES : IDLE) * world.share);
  const settings = { descriptors: sessions * 2 + 1024 };
  return withServer({ peer, world, settings }, async (server) => {
    const before = await settledMemory(server);
    const client = await openClient('idle', { port: server.port, sessions }, sessions);
    try {
      const during = await settledMemory(server);
      const { times, held } = await client.ask(`probe ${PROBES}`);
      if (held !== sessions) throw new Error(`${held} of ${sessions} sessions are left`);
      const sorted = times.sort((a, b) => a - b);
      const quantile = (share) => sorted[Math.ceil(share * sorted.length) - 1];
      const each = (during.own - before.own) / sessions;
      return { each, total: during.all / 1024, p50: quantile(0.5), p99: quantile(0.99) };
    } finally {
      await client.end();
    }
  });
}

/** When two readings in a row agree to a two-hundredth. */
async function settledMemory({ root }) {
  let last = memoryOf(root);
  for (let reading = 0; reading < MOST_READINGS; reading++) {
    await sleep(SETTLE_MS);
    const memory = memoryOf(root);
    if (Math.abs(memory.own - last.own) <= last.own / 200) return memory;
    last = memory;
  }
  return last;
}

/** Again and again, while there is time: once is over too soon to be measured well. */
function refuse({ peer, world }) {
  return withServer({ peer, world, settings: { profile: 'stock' } }, async (server) => {
    const options = {
      port: server.port,
      total: REFUSALS,
      connections: REFUSING_CONNECTIONS,
      window: IN_FLIGHT,
    };
    const repeat = async (times) => {
      let seconds = 0;
      for (let left = times; left > 0; left--) seconds += (await runClient('refuse', options)).seconds;
      return seconds;
    };
    const times = await amountFor({ seconds: world.seconds, first: 1, most: 10 }, repeat);
    const { used, result: seconds } = await withCpu(server, () => repeat(times));
    return { rate: (times * REFUSALS) / seconds, cpu: (used * 1e6) / (times * REFUSALS) };
  });
}

function onlyQuit({ peer, world }) {
  return withServer({ peer, world, settings: {} }, async (server) => {
    const run = (connections) => runQuit(world.quit, { port: server.port, connections, parallel: PARALLEL });
    const connections = await amountFor({ seconds: world.seconds, first: 200, most: 40_000 }, run);
    const { used, result: seconds } = await withCpu(server, () => run(connections));
    return { rate: connections / seconds, cpu: (used * 1000) / connections };
  });
}
