// Writes a constant database (cdb; the format is described in cdb.ts). The file appears under its name whole
// or not at all: it is built beside it, forced to disk and renamed. Records keep their order, keys may
// repeat. Needs 16 octets of memory per record. Fails by throwing (system errors, or a database of more than
// 4 GiB) and leaves nothing behind.

import { closeSync, fsyncSync, openSync, renameSync, unlinkSync, writeSync } from 'node:fs';
import { toOctets } from '../text/index.ts';
import { cdbHash, PAIR_OCTETS, POINTER_TABLE_OCTETS } from './cdb.ts';

/** A position is a 32-bit number, so no octet can be further out than this. */
const MOST_OCTETS = 0xffffffff;
const CHUNK_OCTETS = 65536;

/** Key and value as octet strings. */
export type CdbEntry = readonly [key: string, value: string];

interface Output {
  readonly fd: number;
  readonly waiting: Buffer[];
  waitingOctets: number;
  position: number;
}

/** One of the 256 hash tables while it grows: hash, record position, hash, record position … */
type Slots = number[];

/** Creates or replaces the database at `path`. */
export function writeCdb(path: string, entries: Iterable<CdbEntry>): void {
  const temporary = `${path}.${process.pid}.tmp`;
  const fd = openSync(temporary, 'w', 0o644);
  try {
    try {
      writeAll(fd, entries);
      fsyncSync(fd);
    } finally {
      closeSync(fd);
    }
    renameSync(temporary, path);
  } catch (error) {
    unlinkSync(temporary);
    throw error;
  }
}

/** Where the next octet goes after `octets` more; throws when a cdb cannot be that long. */
export function advance(position: number, octets: number): number {
  if (position + octets > MOST_OCTETS) throw new Error('a cdb cannot be longer than 4 GiB');
  return position + octets;
}

function writeAll(fd: number, entries: Iterable<CdbEntry>): void {
  const out: Output = { fd, waiting: [], waitingOctets: 0, position: 0 };
  const tables: Slots[] = Array.from({ length: 256 }, () => []);
  put(out, Buffer.alloc(POINTER_TABLE_OCTETS));
  for (const [key, value] of entries) {
    const hash = cdbHash(key);
    (tables[hash & 255] as Slots).push(hash, out.position);
    put(out, pairs([key.length, value.length]), toOctets(key), toOctets(value));
  }
  const pointers: number[] = [];
  for (const table of tables) {
    // Twice as many slots as keys, so that a search soon meets an empty one.
    pointers.push(out.position, table.length);
    put(out, pairs(hashTable(table)));
  }
  flush(out);
  writeFully(fd, pairs(pointers), 0);
}

function hashTable(table: Slots): readonly number[] {
  const slots = table.length;
  const places = new Array<number>(slots * 2).fill(0);
  for (let i = 0; i < table.length; i += 2) {
    const hash = table[i] as number;
    let slot = (hash >>> 8) % slots;
    while (places[slot * 2 + 1] !== 0) slot = (slot + 1) % slots;
    places[slot * 2] = hash;
    places[slot * 2 + 1] = table[i + 1] as number;
  }
  return places;
}

function pairs(numbers: readonly number[]): Buffer {
  const octets = Buffer.alloc((numbers.length * PAIR_OCTETS) / 2);
  for (const [i, n] of numbers.entries()) octets.writeUInt32LE(n, (i * PAIR_OCTETS) / 2);
  return octets;
}

function put(out: Output, ...parts: readonly Uint8Array[]): void {
  for (const part of parts) {
    out.position = advance(out.position, part.length);
    out.waiting.push(Buffer.from(part.buffer, part.byteOffset, part.byteLength));
    out.waitingOctets += part.length;
  }
  if (out.waitingOctets >= CHUNK_OCTETS) flush(out);
}

function flush(out: Output): void {
  writeFully(out.fd, Buffer.concat(out.waiting), out.position - out.waitingOctets);
  out.waiting.length = 0;
  out.waitingOctets = 0;
}

function writeFully(fd: number, octets: Buffer, position: number): void {
  for (let done = 0; done < octets.length; ) {
    done += writeSync(fd, octets, done, octets.length - done, position + done);
  }
}
