// Reputation as a number: every report takes its weight off, and half of what was taken comes back every seven days. Nobody begins
// with more than 0; a report with a weight below 0 is praise. What is left of a score too small to matter is forgotten. Pure.

import type { Decider } from './cell.ts';

const HALF_LIFE_MILLISECONDS = 7 * 86_400 * 1000;

/** Nobody gets further away from 0. */
const WORST = 1_000_000;

/** Below this a score is as good as none. */
const FORGOTTEN = 0.1;

/** Whole, so that five reports of 10 are -50 also a moment later. */
export const score: Decider<number> = (held, now) => ({
  answer: 0 - Math.round(blameOf(held?.numbers, now)),
});

/** The reputation after it. `remark` is kept for people who look into the file. */
export function reported(weight: number, remark: string): Decider<number> {
  return (held, now) => {
    const blame = Math.min(Math.max(blameOf(held?.numbers, now) + weight, -WORST), WORST);
    const answer = 0 - Math.round(blame);
    if (weight === 0) return { answer };
    const halvings = Math.max(1, Math.log2(Math.abs(blame) / FORGOTTEN));
    const until = now + halvings * HALF_LIFE_MILLISECONDS;
    return { answer, next: { until, numbers: [blame, now], text: remark } };
  };
}

/** The numbers are the sum of weights and when it was that. */
function blameOf(numbers: readonly number[] | undefined, now: number): number {
  const [blame = 0, at = now] = numbers ?? [];
  return blame * 0.5 ** (Math.max(0, now - at) / HALF_LIFE_MILLISECONDS);
}
