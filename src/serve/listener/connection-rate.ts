// How many connections a client has made in the last minute, from two counts: this minute of the clock's and the one before, which
// counts for the part of it that still lies in the window, as if it had been spread evenly. So this is an
// approximation, wrong by no more than what came unevenly within that one minute, and exact for a client that came at
// an even pace or not at all before. Each minute has a table of its own; when one is over, the table before it is
// emptied and used again, so nothing needs a timer.

import type { AddressKey } from './address-key.ts';
import { createAddressTable, NONE } from './address-table.ts';

const WINDOW_MS = 60_000;

/**
 * Clients that are remembered of one minute; of more, those that came first in it are forgotten. Two tables of that take
 * 3 MB, and a thousand new clients a second fit.
 */
export const RATE_ADDRESSES = 65_536;

export interface ConnectionRate {
  /** Counts one now; @returns how many in the last minute, whole, with this one */
  count(key: Readonly<AddressKey>, now: number): number;
}

export function connectionRate(addresses = RATE_ADDRESSES): ConnectionRate {
  let current = createAddressTable(addresses);
  let previous = createAddressTable(addresses);
  let minute = 0;
  let oldest = 0;
  const turnTo = (next: number): void => {
    const over = current;
    current = previous;
    previous = over;
    // Of what is longer ago than a minute, or was counted before the clock was set back, nothing is left.
    if (next !== minute + 1) previous.clear();
    current.clear();
    minute = next;
    oldest = 0;
  };
  const slotOf = (key: Readonly<AddressKey>): number => {
    const slot = current.find(key);
    if (slot !== NONE) return slot;
    if (current.isFull()) {
      current.remove(oldest);
      oldest = (oldest + 1) % addresses;
    }
    return current.add(key);
  };
  return {
    count(key, now) {
      const inMinutes = now / WINDOW_MS;
      const started = Math.floor(inMinutes);
      if (started !== minute) turnTo(started);
      const slot = slotOf(key);
      const counted = (current.counts[slot] as number) + 1;
      current.counts[slot] = counted;
      const before = previous.find(key);
      if (before === NONE) return counted;
      return counted + Math.floor((previous.counts[before] as number) * (started + 1 - inMinutes));
    },
  };
}
