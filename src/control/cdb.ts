// Look-ups in a constant database (cdb), the 32-bit format of D. J. Bernstein: 256 pointers, then records,
// then hash tables, all numbers little-endian. Nothing is loaded or kept: a look-up is one read for the
// pointer, one for the slots, and for a hit one for the record (more only when a chain of slots or a value is
// long); memory is bounded by the value. Opening says nothing about the contents. A file that ends before an
// octet the look-up needs, or that cannot be read (a directory), makes that look-up 'broken', never 'absent'.
// Open failures are thrown as they come.

import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { fromOctets } from '../text/index.ts';

export type CdbLookup =
  | { readonly kind: 'found'; readonly value: string }
  | { readonly kind: 'absent' }
  | { readonly kind: 'broken'; readonly reason: string };

export interface CdbReader {
  readonly path: string;
  /** Key and value are octet strings; the first record with this key. Never throws. */
  find(key: string): CdbLookup;
  close(): void;
}

/** Octets of one table pointer, one hash slot and one record head: two 32-bit numbers each. */
export const PAIR_OCTETS = 8;
/** Octets of the pointer table at the start of the file. */
export const POINTER_TABLE_OCTETS = 256 * PAIR_OCTETS;

/** How far one read looks ahead: slots of a chain, and octets of a value after its key. */
const SLOTS_AHEAD = 16;
const VALUE_OCTETS_AHEAD = 64;

const ABSENT: CdbLookup = { kind: 'absent' };
const CUT_SHORT = 'it ends in the middle';

/** One slot: the hash of a key, and where its record is; 0 in a slot that was never used. */
interface Slot {
  readonly hash: number;
  readonly record: number;
}

interface Table {
  readonly position: number;
  readonly slots: number;
}

export function cdbHash(key: string): number {
  let hash = 5381;
  for (let i = 0; i < key.length; i += 1) hash = (((hash << 5) + hash) ^ key.charCodeAt(i)) >>> 0;
  return hash;
}

/** Opens the file; the reader owns the descriptor until close(). Throws what the system says, ENOENT and all. */
export function openCdb(path: string): CdbReader {
  const fd = openSync(path, 'r');
  return {
    path,
    find: (key) => {
      try {
        return lookUp(fd, key);
      } catch (error) {
        return { kind: 'broken', reason: (error as NodeJS.ErrnoException).code ?? CUT_SHORT };
      }
    },
    close: () => closeSync(fd),
  };
}

function lookUp(fd: number, key: string): CdbLookup {
  const hash = cdbHash(key);
  const pointer = readAt(fd, { position: (hash & 255) * PAIR_OCTETS, least: PAIR_OCTETS, most: PAIR_OCTETS });
  const table = { position: pointer.readUInt32LE(0), slots: pointer.readUInt32LE(4) };
  for (const slot of chain(fd, table, hash)) {
    if (slot.record === 0) return ABSENT;
    const value = slot.hash === hash ? valueAt(fd, slot.record, key) : null;
    if (value !== null) return { kind: 'found', value };
  }
  return ABSENT;
}

// The slots in the order a key may be in: from its own one to the end of the table, then from the start.
function* chain(fd: number, table: Table, hash: number): Generator<Slot> {
  let slot = table.slots === 0 ? 0 : (hash >>> 8) % table.slots;
  for (let left = table.slots; left > 0; ) {
    const ahead = Math.min(SLOTS_AHEAD, left, table.slots - slot);
    const position = table.position + slot * PAIR_OCTETS;
    const octets = readAt(fd, { position, least: PAIR_OCTETS, most: ahead * PAIR_OCTETS });
    const whole = Math.floor(octets.length / PAIR_OCTETS);
    for (let i = 0; i < whole; i += 1) {
      yield { hash: octets.readUInt32LE(i * PAIR_OCTETS), record: octets.readUInt32LE(i * PAIR_OCTETS + 4) };
    }
    left -= whole;
    slot = (slot + whole) % table.slots;
  }
}

// The value of the record at `position`, or null when it is that of another key with the same hash.
function valueAt(fd: number, position: number, key: string): string | null {
  const before = PAIR_OCTETS + key.length;
  const octets = readAt(fd, { position, least: PAIR_OCTETS, most: before + VALUE_OCTETS_AHEAD });
  if (octets.readUInt32LE(0) !== key.length) return null;
  if (octets.length < before) return cutShort();
  if (fromOctets(octets, PAIR_OCTETS, before) !== key) return null;
  const length = octets.readUInt32LE(4);
  if (octets.length >= before + length) return fromOctets(octets, before, before + length);
  // The length may be garbage: no memory for it before the file has been asked whether it is that long.
  if (fstatSync(fd).size < position + before + length) return cutShort();
  return fromOctets(readAt(fd, { position: position + before, least: length, most: length }));
}

interface Span {
  readonly position: number;
  readonly least: number;
  readonly most: number;
}

// At least `least` octets, more if one read brings them.
function readAt(fd: number, span: Span): Buffer {
  const octets = Buffer.allocUnsafe(span.most);
  let got = 0;
  while (got < span.least) {
    const more = readSync(fd, octets, got, span.most - got, span.position + got);
    if (more === 0) return cutShort();
    got += more;
  }
  return octets.subarray(0, got);
}

function cutShort(): never {
  throw new Error(CUT_SHORT);
}
