// The machine's load average of one minute, as the kernel tells it, looked up at most once a second however often it is asked
// for. null where it cannot be read: no /proc, another system.

import { readFileSync } from 'node:fs';

export const LOAD_AVERAGE_FILE = '/proc/loadavg';

/** The kernel itself works it out every five seconds. */
const KEPT_MS = 1000;

export function openLoadAverage(clock: () => number, file = LOAD_AVERAGE_FILE): () => number | null {
  let readAt = Number.NEGATIVE_INFINITY;
  let load: number | null = null;
  return () => {
    const now = clock();
    if (Math.abs(now - readAt) >= KEPT_MS) {
      readAt = now;
      load = readLoad(file);
    }
    return load;
  };
}

function readLoad(file: string): number | null {
  try {
    const [, load] = /^([0-9]+\.[0-9]+) /.exec(readFileSync(file, 'latin1')) ?? [];
    return load === undefined ? null : Number(load);
  } catch {
    return null; // what cannot be known stops no mail
  }
}
