// A number for each of many clients, in memory that is set aside once: keys and counts stand in arrays, found through chains
// of slots. No entry costs an object, so thousands of connections a second leave nothing to collect. The
// chains begin at places that depend on a number drawn at the start, so nobody can choose addresses that all fall into
// one. Fails by throwing where the caller has not kept to the capacity.

import type { AddressKey } from './address-key.ts';

/** No such slot. */
export const NONE = -1;

export interface AddressTable {
  /** Counts by slot; for the caller to change. */
  readonly counts: Int32Array;
  readonly isFull: () => boolean;
  /** The key's slot, or NONE. */
  find(key: Readonly<AddressKey>): number;
  /** A slot for a key that has none yet, its count 0; until clear(), without removals, 0, 1, 2 … */
  add(key: Readonly<AddressKey>): number;
  remove(slot: number): void;
  clear(): void;
}

export function createAddressTable(capacity: number): AddressTable {
  const buckets = new Int32Array(2 ** Math.ceil(Math.log2(Math.max(1, capacity)))).fill(NONE);
  // Of an entry: the next one in its chain. Of a slot that was freed: the next free one.
  const next = new Int32Array(capacity);
  const highs = new Int32Array(capacity);
  const lows = new Int32Array(capacity);
  const counts = new Int32Array(capacity);
  const seed = Math.floor(Math.random() * 2 ** 32) | 0;
  let freed = NONE;
  let fresh = 0;
  const at = (array: Int32Array, index: number): number => array[index] as number;
  const bucketOf = (high: number, low: number): number => mixed(high, low, seed) & (buckets.length - 1);
  const take = (): number => {
    if (freed === NONE) {
      if (fresh === capacity) throw new Error('an address more than there is room for');
      fresh += 1;
      return fresh - 1;
    }
    const slot = freed;
    freed = at(next, slot);
    return slot;
  };
  return {
    counts,
    isFull: () => freed === NONE && fresh === capacity,
    find({ high, low }) {
      let slot = at(buckets, bucketOf(high, low));
      while (slot !== NONE && (at(highs, slot) !== high || at(lows, slot) !== low)) slot = at(next, slot);
      return slot;
    },
    add({ high, low }) {
      const slot = take();
      const bucket = bucketOf(high, low);
      highs[slot] = high;
      lows[slot] = low;
      counts[slot] = 0;
      next[slot] = at(buckets, bucket);
      buckets[bucket] = slot;
      return slot;
    },
    remove(slot) {
      const bucket = bucketOf(at(highs, slot), at(lows, slot));
      let before = at(buckets, bucket);
      if (before === slot) buckets[bucket] = at(next, slot);
      else {
        while (at(next, before) !== slot) before = at(next, before);
        next[before] = at(next, slot);
      }
      next[slot] = freed;
      freed = slot;
    },
    clear() {
      buckets.fill(NONE);
      freed = NONE;
      fresh = 0;
    },
  };
}

// Spreads two numbers over 32 bits: multiplication by odd constants, with shifts that bring the upper bits down again.
function mixed(high: number, low: number, seed: number): number {
  let hash = Math.imul(high ^ seed, 0x9e3779b1);
  hash = Math.imul(hash ^ (hash >>> 15) ^ low, 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return hash ^ (hash >>> 16);
}
