// What the scenarios have in common: a server around a measurement, how much to send, two things compared.
// Invariants: a server lives for one measurement; nothing counts that was measured while it was getting warm.
// Fails by rejecting, with the end of the server's log.

import { setTimeout as sleep } from 'node:timers/promises';
import { median } from '../measure.mjs';
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

/** Two measurements, each several times, in an order in which what drifts meets both: the medians. */
export async function compare(a, b) {
  const results = { a: [], b: [] };
  for (const next of 'abbabaab') results[next].push(await (next === 'a' ? a : b)());
  return [median(results.a), median(results.b)];
}
