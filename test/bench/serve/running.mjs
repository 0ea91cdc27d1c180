// What the scenarios have in common: a server around a measurement, how much to send, two things compared.
// Invariants: a server lives for one measurement; nothing counts that was measured while it was getting warm.
// Fails by rejecting, with the end of the server's log.

import { setTimeout as sleep } from 'node:timers/promises';
import { endOf } from './server.mjs';

/** The last of what was measured may still have to be buried. */
const BURIAL_MS = 100;

/** Runs `measure(server)` with a fresh server of the peer. */
export async function withServer({ peer, world, settings }, measure) {
  const server = await peer.start(world, { queue: world.queues.null, descriptors: 1024, ...settings });
  try {
    const figures = await measure(server);
    if (!server.isAlive()) throw new Error('the server ended by itself');
    return figures;
  } catch (error) {
    throw new Error(`${error.message}; ${endOf(world.log)}`);
  } finally {
    await server.stop();
  }
}

/**
 * Gets a server warm and finds out how much it does in `seconds`. `run(amount)` gives the seconds it took. The first guess is
 * what the slowest can do in a second or so; nobody is sent more than `most`.
 */
export async function amountFor({ seconds, first, most }, run) {
  const rough = first / (await run(first));
  const warm = Math.ceil(Math.min(Math.max(rough * seconds * 0.5, first), most));
  const rate = warm / (await run(warm));
  return Math.ceil(Math.min(Math.max(rate * seconds, first), most));
}

/** CPU seconds that the server's tree spends on `run()`, with what it gives: `{ used, result }`. */
export async function withCpu(server, run) {
  const before = server.cpu();
  const result = await run();
  await sleep(BURIAL_MS);
  return { used: server.cpu() - before, result };
}

/** Two measurements in the order a b b a, so that what drifts meets both: the means. */
export async function compare(a, b) {
  const [first, second, third, last] = [await a(), await b(), await b(), await a()];
  return [(first + last) / 2, (second + third) / 2];
}
