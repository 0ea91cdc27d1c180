// Seeded chance for the fuzzers: the same seed gives the same octets on every machine. The seed is new for every run
// unless MVMTR_FUZZ_SEED sets it, and stands in every failure message; MVMTR_FUZZ_SECONDS is the time one fuzzer gets.

import { setImmediate } from 'node:timers/promises';

export interface Random {
  /** An integer from 0 up to, not including, `limit`. */
  below(limit: number): number;
  pick<T>(choices: readonly [T, ...T[]]): T;
  chance(probability: number): boolean;
  /** Any octets, as octet string. */
  octets(length: number): string;
}

export function seededRandom(seed: number): Random {
  let state = seed >>> 0;
  // 32 bits of a multiply-and-mix generator (splitmix32).
  const next = (): number => {
    state = (state + 0x9e3779b9) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 16), 0x21f0aaad);
    mixed = Math.imul(mixed ^ (mixed >>> 15), 0x735a2d97);
    return (mixed ^ (mixed >>> 15)) >>> 0;
  };
  const below = (limit: number): number => next() % limit;
  return {
    below,
    pick: (choices) => choices[below(choices.length)] ?? choices[0],
    chance: (probability) => next() < probability * 2 ** 32,
    octets: (length) => Array.from({ length }, () => String.fromCharCode(below(256))).join(''),
  };
}

export const FUZZ_SECONDS = Number(process.env.MVMTR_FUZZ_SECONDS ?? 5);

const FIRST_SEED = Number(process.env.MVMTR_FUZZ_SEED ?? Date.now() % 2 ** 32);
const SEED_IS_SET = process.env.MVMTR_FUZZ_SEED !== undefined;

/**
 * Runs `round` with one seed after the other until the time is up; once when the seed is set.
 * @throws what `round` throws, with the seed that makes it happen again
 */
export async function fuzz(round: (random: Random) => void | Promise<void>): Promise<void> {
  const deadline = performance.now() + FUZZ_SECONDS * 1000;
  for (let seed = FIRST_SEED; ; seed += 1) {
    try {
      await round(seededRandom(seed));
    } catch (error) {
      throw new Error(`MVMTR_FUZZ_SEED=${seed} shows it: ${error}`, { cause: error });
    }
    if (SEED_IS_SET || performance.now() > deadline) return;
    // Rounds in memory never wait for anything, and the test runner gives up on a process that it hears nothing from.
    await setImmediate();
  }
}
