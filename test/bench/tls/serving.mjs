// TLS in `mvmtr serve`, on a port where clients begin with it: handshakes, a large message, sessions that do nothing.
// The clients are client.c, so that most of the machine is the server's; what they use themselves is a column.
// Each scenario makes sure that what it has measured has happened: handshakes resumed or not as asked, every message in the queue
// program's hands, whole, every idle session still there at the end.

import { setTimeout as sleep } from 'node:timers/promises';
import { memoryOf } from '../serve/processes.mjs';
import { withCpu, withServer } from '../serve/running.mjs';
import { openIdle, openSink, send, shake } from './clients.mjs';

/** Processes of the client, which do one handshake after the other. */
const PARALLEL = 4;

const IDLE = 2000;

const LARGE = 1e8;

/** Messages of a measurement; the first of them, which get the server warm, do not count. */
const MESSAGES = 8;
const WARM_MESSAGES = 2;

const CIPHER = 'TLS_AES_128_GCM_SHA256';

/** A garbage collector has its own ideas about when. */
const SETTLE_MS = 1000;
const MOST_READINGS = 10;

const HANDSHAKE_COLUMNS = [
  { key: 'rate', title: 'conn/s', more: true },
  { key: 'cpu', title: 'CPU ms/conn' },
  { key: 'client', title: 'CPU ms/conn of the client' },
];

const handshakes = ({ name, title, version, resume, least }) => ({
  name,
  title: `${title}, then QUIT; ${PARALLEL} in parallel`,
  columns: HANDSHAKE_COLUMNS,
  bars: { 'serve-native': [{ key: 'rate', least }] },
  run: ({ peer, world }) => shakeHands({ peer, world, version, resume }),
});

export const SERVING_SCENARIOS = [
  handshakes({
    name: 'full-1.3',
    title: 'Full handshakes of TLS 1.3',
    version: 13,
    resume: false,
    least: 400,
  }),
  handshakes({
    name: 'full-1.2',
    title: 'Full handshakes of TLS 1.2',
    version: 12,
    resume: false,
    least: 400,
  }),
  handshakes({
    name: 'resumed-1.3',
    title: 'Resumed handshakes of TLS 1.3',
    version: 13,
    resume: true,
    least: 1500,
  }),
  handshakes({
    name: 'resumed-1.2',
    title: 'Resumed handshakes of TLS 1.2',
    version: 12,
    resume: true,
    least: 1500,
  }),
  {
    name: 'large',
    title: `Messages of 100 MB on one connection of TLS, ${CIPHER}`,
    columns: [
      { key: 'rate', title: 'MB/s', more: true },
      { key: 'perCpu', title: 'MB/s of CPU', more: true },
      { key: 'client', title: 'MB/s of CPU of the client', more: true },
    ],
    bars: { 'serve-native': [{ key: 'rate', least: 400 }] },
    run: sendLarge,
  },
  {
    name: 'idle',
    title: `${IDLE} idle sessions of TLS after EHLO`,
    columns: [
      { key: 'each', title: 'KB/session' },
      { key: 'total', title: 'MB in all' },
    ],
    bars: { 'serve-native': [{ key: 'each', most: 40 }] },
    run: holdIdle,
  },
];

function shakeHands({ peer, world, version, resume }) {
  return withServer({ peer, world, settings: { withTls: true } }, async (server) => {
    const given = { port: server.tlsPort, version, resume, parallel: PARALLEL };
    await shake(world.client, { ...given, seconds: world.seconds / 2 });
    const { used, result } = await withCpu(server, () =>
      shake(world.client, { ...given, seconds: world.seconds }),
    );
    const { count, resumed, seconds, cpu } = result;
    // The first of each process cannot be.
    if (resumed !== (resume ? count - PARALLEL : 0))
      throw new Error(`of ${count} handshakes ${resumed} were resumed`);
    return { rate: count / seconds, cpu: (used * 1000) / count, client: (cpu * 1000) / count };
  });
}

function sendLarge({ peer, world }) {
  const octets = LARGE * world.share;
  const given = { octets, cipher: CIPHER };
  const inMegabytes = (messages) => (messages * octets) / 1e6;
  const figures = ({ seconds, cpu }, used) => ({
    rate: inMegabytes(MESSAGES) / seconds,
    perCpu: inMegabytes(MESSAGES) / used,
    client: inMegabytes(MESSAGES) / cpu,
  });
  if (peer.name === 'sink') return sendToSink({ world, given, figures });
  const queue = world.queues.null;
  return withServer({ peer, world, settings: { queue, withTls: true } }, async (server) => {
    const run = async (messages) => {
      queue.forget();
      const result = await send(world.client, { ...given, port: server.tlsPort, messages });
      const taken = queue.taken();
      // Every sixteenth line has lost a dot.
      const whole = (length) => length > octets * 0.98 && length < octets * 1.01;
      if (taken.length !== messages || !taken.every(whole)) throw new Error(`queued: ${taken}`);
      return result;
    };
    await run(WARM_MESSAGES);
    const { used, result } = await withCpu(server, () => run(MESSAGES));
    return figures(result, used);
  });
}

async function sendToSink({ world, given, figures }) {
  const sink = await openSink(world.client, world.certificate);
  const result = await send(world.client, { ...given, port: sink.port, messages: MESSAGES });
  const { cpu } = await sink.end();
  return figures(result, cpu);
}

function holdIdle({ peer, world }) {
  const sessions = Math.ceil(IDLE * world.share);
  const settings = { withTls: true, descriptors: sessions + 1024 };
  return withServer({ peer, world, settings }, async (server) => {
    const port = server.tlsPort;
    // What is there once for all of them does not count.
    await shake(world.client, { port, version: 13, resume: false, parallel: 1, seconds: 0.2 });
    const before = await settledMemory(server);
    const client = await openIdle(world.client, { port, sessions });
    const during = await settledMemory(server);
    await client.end();
    return { each: (during.own - before.own) / sessions, total: during.all / 1024 };
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
