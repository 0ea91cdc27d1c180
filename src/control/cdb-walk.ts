// Reads a constant database (cdb; the format is described in cdb.ts) from end to end, for an administrator
// who wants to know whether look-ups in it can be trusted: every hash table lies inside the file, the records
// follow each other without a gap, and every one of them can be found. Holds one record's head and key at a
// time. Never throws: a fault is a 'broken' result.

import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { fromOctets } from '../text/index.ts';
import { type CdbReader, openCdb, PAIR_OCTETS, POINTER_TABLE_OCTETS } from './cdb.ts';

export type CdbWalk =
  | { readonly kind: 'sound'; readonly records: number }
  | { readonly kind: 'broken'; readonly reason: string };

/** Calls `each` with every key, in the order of the records. */
export function walkCdb(path: string, each: (key: string) => void): CdbWalk {
  let fd = -1;
  let reader: CdbReader | null = null;
  try {
    fd = openSync(path, 'r');
    reader = openCdb(path);
    return { kind: 'sound', records: walk(fd, reader, each) };
  } catch (error) {
    return { kind: 'broken', reason: (error as NodeJS.ErrnoException).code ?? (error as Error).message };
  } finally {
    reader?.close();
    if (fd !== -1) closeSync(fd);
  }
}

function walk(fd: number, reader: CdbReader, each: (key: string) => void): number {
  const end = endOfRecords(fd);
  let records = 0;
  for (let position = POINTER_TABLE_OCTETS; position < end; records += 1) {
    const record = recordAt(fd, position, end);
    const found = reader.find(record.key);
    if (found.kind === 'broken') return broken(found.reason);
    if (found.kind === 'absent') return broken(`the record at octet ${position} cannot be found by its key`);
    each(record.key);
    position = record.end;
  }
  return records;
}

// The first hash table comes right after the last record.
function endOfRecords(fd: number): number {
  const pointers = readAt(fd, 0, POINTER_TABLE_OCTETS);
  const size = fstatSync(fd).size;
  let end = size;
  for (let table = 0; table < 256; table += 1) {
    const position = pointers.readUInt32LE(table * PAIR_OCTETS);
    const slots = pointers.readUInt32LE(table * PAIR_OCTETS + 4);
    if (slots === 0) continue;
    if (position < POINTER_TABLE_OCTETS || position + slots * PAIR_OCTETS > size) {
      return broken(`hash table ${table} is not inside the file`);
    }
    end = Math.min(end, position);
  }
  return end;
}

function recordAt(
  fd: number,
  position: number,
  limit: number,
): { readonly key: string; readonly end: number } {
  const start = position + PAIR_OCTETS;
  if (start > limit) return broken(`the record at octet ${position} is cut short`);
  const head = readAt(fd, position, PAIR_OCTETS);
  const keyOctets = head.readUInt32LE(0);
  const end = start + keyOctets + head.readUInt32LE(4);
  if (end > limit) return broken(`the record at octet ${position} is cut short`);
  return { key: fromOctets(readAt(fd, start, keyOctets)), end };
}

function readAt(fd: number, position: number, length: number): Buffer {
  const octets = Buffer.allocUnsafe(length);
  for (let got = 0; got < length; ) {
    const more = readSync(fd, octets, got, length - got, position + got);
    if (more === 0) return broken(`it ends in the middle, at octet ${position + got}`);
    got += more;
  }
  return octets;
}

function broken(reason: string): never {
  throw new Error(reason);
}
