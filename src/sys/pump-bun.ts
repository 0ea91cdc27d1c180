// What is no socket, as one: octets are carried between a channel and one end of a pair of sockets, and TLS is spoken on the other.

import type { Channel } from '../session/index.ts';
import { fromOctets } from '../text/index.ts';
import { openSocketPair } from './descriptors-bun.ts';
import { type BunConnection, connectionOn } from './socket-bun.ts';

/** Seconds for whoever is behind to take a piece. */
const WRITE_SECONDS = 300;
/** Seconds for what was said last. */
const LAST_SECONDS = 1;

export interface Pumped {
  readonly connection: BunConnection;
  /** Resolves when all that was written to it is in the channel, or cannot be. */
  readonly carried: Promise<void>;
}

/** @throws when there are no descriptors left */
export async function pumped(channel: Channel): Promise<Pumped> {
  const pair = openSocketPair();
  if (pair === null) throw new Error('no descriptors left');
  const [here, there] = await Promise.all(pair.map(connectionOn));
  if (here === undefined || there === undefined) throw new Error('no pair of sockets');
  carryIn(channel, here, there);
  return { connection: there, carried: carryOut(here, channel) };
}

async function carryIn(channel: Channel, here: BunConnection, there: BunConnection): Promise<void> {
  for (let told = false; ; ) {
    const read = await channel.read(Number.POSITIVE_INFINITY, !told);
    if (read === 'closing') {
      told = true;
      there.goingDown();
    } else if (typeof read === 'string' || !(await here.write(fromOctets(read), WRITE_SECONDS))) break;
  }
  here.halfClose();
}

async function carryOut(here: BunConnection, channel: Channel): Promise<void> {
  for (;;) {
    const read = await here.read(Number.POSITIVE_INFINITY);
    if (typeof read === 'string') return here.close(LAST_SECONDS);
    if (!(await channel.write(fromOctets(read), WRITE_SECONDS))) return here.destroy();
  }
}
