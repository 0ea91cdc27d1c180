// The scenario with large messages: 100 MB at a time on one connection, and whether memory grows with them.

import { runClient } from './clients.mjs';
import { highWaterOf } from './processes.mjs';
import { amountFor, withCpu, withServer } from './running.mjs';

const SMALL = 1e6;
const LARGE = 1e8;

/** Looking is not free. */
const LOOK_MS = 200;

export const BULK_SCENARIOS = [
  {
    name: 'large',
    title: 'Messages of 100 MB on one connection; the queue program only reads',
    columns: [
      { key: 'rate', title: 'MB/s', more: true },
      { key: 'cpu', title: 'CPU s/GB' },
      { key: 'peak', title: 'largest process MB' },
      { key: 'growth', title: 'more than with 1 MB messages, MB' },
    ],
    bars: {
      'serve-native': [
        { key: 'rate', least: 700 },
        { key: 'growth', most: 16 },
      ],
    },
    run: sendLarge,
  },
];

function sendLarge({ peer, world }) {
  const queue = world.queues.null;
  return withServer({ peer, world, settings: { queue } }, async (server) => {
    const send = (octets) => async (messages) => {
      queue.forget();
      const { seconds } = await runClient('send', { port: server.port, messages, octets });
      const taken = queue.taken();
      const whole = (length) => length > octets * 0.98 && length < octets * 1.01;
      if (!peer.ownQueue && (taken.length !== messages || !taken.every(whole))) {
        throw new Error(
          `of ${messages} messages the queue program had ${taken.length}: ${taken.slice(0, 5)}`,
        );
      }
      return seconds;
    };
    const small = { seconds: world.seconds, first: 5, most: 500 };
    const watched = await withHighWater(server, () => amountFor(small, send(SMALL)));
    const messages = Math.max(1, Math.min(Math.round((watched.result * SMALL) / LARGE), 10));
    const large = await withHighWater(server, () => withCpu(server, () => send(LARGE)(messages)));
    const { used, result: seconds } = large.result;
    const octets = messages * LARGE;
    return {
      rate: octets / 1e6 / seconds,
      cpu: (used * 1e9) / octets,
      peak: large.kb / 1024,
      growth: Math.max(0, large.kb - watched.kb) / 1024,
    };
  });
}

/** The most that the largest process had resident: exact for those that stay, about right for those that come and go. */
async function withHighWater({ root }, run) {
  let kb = 0;
  const look = () => {
    kb = Math.max(kb, highWaterOf(root));
  };
  const timer = setInterval(look, LOOK_MS);
  try {
    const result = await run();
    look();
    return { kb, result };
  } finally {
    clearInterval(timer);
  }
}
