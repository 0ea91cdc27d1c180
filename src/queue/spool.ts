// A message kept back until a verdict: the first octets in memory, the rest in a file without a name. Memory does not depend on the
// size of the message; a crash leaves nothing behind.

import { readSync, writeSync } from 'node:fs';
import type { Spool } from '../session/index.ts';
import { closeAll, openScratch } from '../sys/index.ts';

/** Octets kept in memory; a message larger than that goes to the file from then on. */
export const MEMORY_OCTETS = 64 * 1024;

/** Octets read back at a time. */
const CHUNK_OCTETS = 64 * 1024;

export function openSpool(memoryOctets = MEMORY_OCTETS): Spool {
  // One piece, because a client may send octet by octet.
  let memory: Uint8Array | null = null;
  let held = 0;
  let file: number | null = null;
  let stored = 0;
  return {
    write(octets) {
      if (file === null && held + octets.length <= memoryOctets) {
        memory ??= new Uint8Array(memoryOctets);
        memory.set(octets, held);
        held += octets.length;
        return;
      }
      file ??= openScratch('large');
      for (let at = 0; at < octets.length; ) {
        const count = writeSync(file, octets, at, octets.length - at, stored);
        at += count;
        stored += count;
      }
    },
    *chunks() {
      if (memory !== null && held > 0) yield memory.subarray(0, held);
      if (file === null) return;
      const buffer = new Uint8Array(CHUNK_OCTETS);
      for (let at = 0; at < stored; ) {
        const count = readSync(file, buffer, 0, Math.min(buffer.length, stored - at), at);
        if (count === 0) throw new Error('the spool file ends before the message');
        at += count;
        yield buffer.subarray(0, count);
      }
    },
    close() {
      memory = null;
      held = 0;
      if (file !== null) closeAll([file]);
      file = null;
      stored = 0;
    },
  };
}
