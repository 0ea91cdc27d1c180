// What is no socket, as one: octets are carried between a channel and one end of a pair of sockets, and TLS is spoken on the other.
// The end here is no socket of Bun's, which would forget what has come when the other end is closed.

import { closeSync } from 'node:fs';
import type { Channel } from '../session/index.ts';
import { fromOctets } from '../text/index.ts';
import { openDescriptors } from './descriptors-bun.ts';
import { type BunConnection, connectionOn } from './socket-bun.ts';
import { halfClose, openSocketPair } from './socket-calls-bun.ts';

/** Seconds for whoever is behind to take a piece. */
const WRITE_SECONDS = 300;

export interface Pumped {
  readonly connection: BunConnection;
  /** Resolves when all that was written to it is in the channel, or cannot be. */
  readonly carried: Promise<void>;
}

/** @throws when there are no descriptors left */
export async function pumped(channel: Channel): Promise<Pumped> {
  const pair = openSocketPair();
  if (pair === null) throw new Error('no descriptors left');
  const [here, there] = pair;
  const end = openDescriptors(here, here);
  const connection = await connectionOn(there);
  const inwards = carry(channel, end, () => connection.goingDown()).then(() => halfClose(here));
  const carried = carry(end, channel, () => {});
  Promise.all([inwards, carried]).then(() => closeSync(here));
  return { connection, carried };
}

/** Until the one end has no more, or the other takes no more. */
async function carry(from: Channel, to: Channel, closing: () => void): Promise<void> {
  for (let told = false; ; ) {
    const read = await from.read(Number.POSITIVE_INFINITY, !told);
    if (read === 'closing') {
      told = true;
      closing();
    } else if (typeof read === 'string' || !(await to.write(fromOctets(read), WRITE_SECONDS))) return;
  }
}
