// What holds on both runtimes: how long a timer can be, and what an error of the system means.

import { writeSync } from 'node:fs';
import type { SpawnFailure } from './sys.ts';

/** Longest time a timer can be set to, in seconds. */
export const LONGEST_TIMER = 2_147_483;

/** The system cannot run a program now; any other failure is the program's own. */
const EXHAUSTED: readonly string[] = ['EAGAIN', 'ENOMEM', 'EMFILE', 'ENFILE'];

export function failureOf(error: unknown): SpawnFailure {
  const code = String((error as NodeJS.ErrnoException).code ?? error);
  return { failure: EXHAUSTED.includes(code) ? 'exhausted' : 'not-executable', reason: code };
}

export const reasonOf = (error: Error): string => (error as NodeJS.ErrnoException).code ?? error.message;

/** Octets from `at` on that a pipe takes without waiting: 0 when there is no room just now, null when nobody will ever read them. */
export function writeAtOnce(descriptor: number, octets: Uint8Array, at = 0): number | null {
  try {
    return writeSync(descriptor, octets, at);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EAGAIN' ? 0 : null;
  }
}
