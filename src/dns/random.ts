// Numbers for questions that nobody else can guess (RFC 5452 §9.2). Straight from the system: web cryptography is
// the same in the end, but its first use costs Node two milliseconds, so it is left for root directories without
// the device.

import { closeSync, openSync, readSync } from 'node:fs';

const DEVICE = '/dev/urandom';
const IDS_AT_ONCE = 32;

let stock: number[] = [];

/** 16 bits. */
export function randomId(): number {
  if (stock.length === 0) stock = Array.from(freshIds());
  return stock.pop() as number;
}

function freshIds(): Uint16Array {
  const ids = new Uint16Array(IDS_AT_ONCE);
  try {
    const fd = openSync(DEVICE, 'r');
    try {
      if (readSync(fd, ids) === ids.byteLength) return ids;
    } finally {
      closeSync(fd);
    }
  } catch {
    // No such device in this root directory.
  }
  return globalThis.crypto.getRandomValues(ids);
}
