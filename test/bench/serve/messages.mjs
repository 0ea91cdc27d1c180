// The scenarios with 4 KB messages from smtp-source: one on a connection, many on a connection, beside slow clients, with a
// policy. Every message was answered 250, or smtp-source had failed; here it is made sure that the queue program had it too.

import { openClient, runClient, sendMessages } from './clients.mjs';
import { amountFor, compare, withCpu, withServer } from './running.mjs';

const PARALLEL = 20;

/** As many as a connection per message leaves ports for. */
const MOST_MESSAGES = 40_000;

const SLOW_CLIENTS = 500;

const RATE = { key: 'rate', title: 'msg/s', more: true };
const CPU = { key: 'cpu', title: 'CPU ms/msg' };
const KEPT = { key: 'kept', title: 'kept', more: true };

export const MESSAGE_SCENARIOS = [
  {
    name: 'message',
    title: `One 4 KB message per connection, ${PARALLEL} in parallel; the queue program only reads`,
    columns: [RATE, CPU],
    bars: {
      'serve-native': [
        { key: 'cpu', most: 0.5 },
        { key: 'rate', least: 2000 },
      ],
      'serve-node': [{ key: 'cpu', most: 0.75 }],
    },
    run: ({ peer, world }) => sendTo({ peer, world, queue: world.queues.null }),
  },
  {
    name: 'fsync',
    title: `One 4 KB message per connection, ${PARALLEL} in parallel; the queue program writes a file and waits for the disk`,
    columns: [RATE, CPU],
    run: ({ peer, world }) => sendTo({ peer, world, queue: world.queues.sync }),
  },
  {
    name: 'many',
    title: 'Many 4 KB messages per connection, 10 connections; the queue program only reads',
    columns: [RATE, CPU],
    bars: { 'serve-native': [{ key: 'rate', least: 2400 }] },
    run: ({ peer, world }) => sendTo({ peer, world, queue: world.queues.null, parallel: 10, reuse: true }),
  },
  {
    name: 'slow',
    title: `The first of these beside ${SLOW_CLIENTS} clients that send one octet a second, half of them within DATA`,
    columns: [RATE, { key: 'without', title: 'msg/s without them', more: true }, KEPT],
    bars: { 'serve-native': [{ key: 'kept', least: 0.9 }] },
    run: besideSlowClients,
  },
  {
    name: 'policy',
    title: 'The first of these with a policy of 200 lines',
    columns: [RATE, { key: 'without', title: 'msg/s without it', more: true }, KEPT],
    bars: { 'serve-native': [{ key: 'kept', least: 0.85 }] },
    suits: ({ isOurs, processes }) => isOurs === true && processes !== true,
    run: withPolicy,
  },
];

function sendTo({ peer, world, queue, parallel = PARALLEL, reuse = false }) {
  return withServer({ peer, world, settings: { queue } }, async (server) => {
    const send = sender({ peer, queue, port: server.port, parallel, reuse });
    const messages = await amountFor(pace(world), send);
    const { used, result: seconds } = await withCpu(server, () => send(messages));
    return { rate: messages / seconds, cpu: (used * 1000) / messages };
  });
}

const pace = ({ seconds }) => ({ seconds, first: 100, most: MOST_MESSAGES });

/** Where it is done several times, each may be shorter. */
const briskly = ({ seconds }) => pace({ seconds: seconds / 2 });

/** Sends that many messages; the seconds it took. */
const sender = ({ peer, queue, port, parallel = PARALLEL, reuse }) => {
  return async (messages) => {
    queue.forget();
    const seconds = await sendMessages({ port, messages, parallel, reuse });
    const taken = queue.taken();
    if (!peer.ownQueue && (taken.length !== messages || taken.some((octets) => octets < 4096))) {
      throw new Error(`${taken.length} of ${messages} messages reached the queue program, or not as a whole`);
    }
    return seconds;
  };
};

/** Slow ones get the descriptors they need: three each, within DATA. */
function besideSlowClients({ peer, world }) {
  const queue = world.queues.null;
  const settings = { queue, descriptors: SLOW_CLIENTS * 4 + 1024 };
  return withServer({ peer, world, settings }, async (server) => {
    const send = sender({ peer, queue, port: server.port });
    const messages = await amountFor(briskly(world), send);
    const undisturbed = async () => messages / (await send(messages));
    const disturbed = async () => {
      const slow = await openClient('slow', { port: server.port, clients: SLOW_CLIENTS }, SLOW_CLIENTS);
      try {
        const rate = await undisturbed();
        const { held } = await slow.ask('held');
        if (held !== SLOW_CLIENTS) throw new Error(`${held} of ${SLOW_CLIENTS} slow clients are left`);
        return rate;
      } finally {
        await slow.end();
      }
    };
    const [without, rate] = await compare(undisturbed, disturbed);
    return { rate, without, kept: rate / without };
  });
}

/** Two servers, of which one has rules; its rules refuse a sender that the other one takes. */
function withPolicy({ peer, world }) {
  const queue = world.queues.null;
  return withServer({ peer, world, settings: { queue } }, (plain) =>
    withServer({ peer, world, settings: { queue, rules: world.rules } }, async (ruled) => {
      await expectSender(plain.port, '250');
      await expectSender(ruled.port, '550');
      const [sendPlain, sendRuled] = [plain, ruled].map(({ port }) => sender({ peer, queue, port }));
      const messages = await amountFor(briskly(world), sendPlain);
      await sendRuled(messages);
      const rateOf = (send) => async () => messages / (await send(messages));
      const [without, rate] = await compare(rateOf(sendPlain), rateOf(sendRuled));
      return { rate, without, kept: rate / without };
    }),
  );
}

const expectSender = (port, code) => runClient('mail', { port, code, sender: 'a@offers-1.example' });
