// Keeps the store small: looks at a sample of the files in one sub-directory and removes what is over, what cannot be read as ours
// and what a process that was killed has left. Every write sweeps with a small chance, and a sweep looks at more files than are made
// between two of them, so what is over cannot pile up. In a sub-directory with too many keys, those of the sample that
// would be over first go as well. Time is bounded by the names, memory by the sample. Throws when the
// sub-directory cannot be read.

import { opendirSync, statSync, unlinkSync } from 'node:fs';
import { readFile, removeFile, TEMPORARY_SUFFIX, type Version } from './files.ts';

/** One write in so many sweeps. Times SAMPLE: four files are looked at for each that can have been made. */
export const WRITES_PER_SWEEP = 32;
const SAMPLE = 128;

/** Keys in a sub-directory before live ones are removed: about a million in all. */
export const MOST_KEYS = 4096;

const TEMPORARY_MILLISECONDS = 3600 * 1000;

export interface SweepOptions {
  /** The sub-directory. */
  readonly path: string;
  readonly now: number;
  /** From 0 to below 1. */
  readonly chance: () => number;
}

interface Live {
  readonly path: string;
  readonly version: Version;
  readonly until: number;
}

export function sweep({ path, now, chance }: SweepOptions): void {
  const { names, total } = sampleOf(path, chance);
  const live = names.flatMap((name) => inspect(`${path}/${name}`, now) ?? []);
  if (total <= MOST_KEYS) return;
  live.sort((a, b) => a.until - b.until);
  for (const file of live.slice(0, SAMPLE / 2)) removeFile(file.path, file.version);
}

/** The file if it is to stay. */
function inspect(path: string, now: number): Live | null {
  try {
    if (path.endsWith(TEMPORARY_SUFFIX)) {
      if (statSync(path).mtimeMs < now - TEMPORARY_MILLISECONDS) unlinkSync(path);
      return null;
    }
    const { named, version } = readFile(path);
    if (named !== null && named.cell.until > now) return { path, version, until: named.cell.until };
    removeFile(path, version);
  } catch {
    // taken away meanwhile, or no file of ours
  }
  return null;
}

/** Each name has the same chance to be in the sample. */
function sampleOf(
  path: string,
  chance: () => number,
): { readonly names: readonly string[]; readonly total: number } {
  const names: string[] = [];
  let total = 0;
  const directory = opendirSync(path);
  try {
    for (let entry = directory.readSync(); entry !== null; entry = directory.readSync()) {
      total += 1;
      const place = names.length < SAMPLE ? names.length : Math.floor(chance() * total);
      if (place < SAMPLE) names[place] = entry.name;
    }
  } finally {
    directory.closeSync();
  }
  return { names, total };
}
