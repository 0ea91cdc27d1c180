// What holds on both runtimes: how long a timer can be, and what an error of the system means.

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
