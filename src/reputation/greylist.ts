// Greylisting as a decision: who is unknown has to wait, who comes back after the delay and in time is known from then on, as long
// as he comes again. Only the first sight, the first pass and now and then a renewal are written. Pure.

import type { Cell, Decider } from './cell.ts';

/** Seconds. */
export interface GreylistTimes {
  /** How long the first one has to wait. */
  readonly delay: number;
  /** Until when he has to be back, from the first time. */
  readonly expire: number;
  /** How long he is known, from the last time. */
  readonly pass: number;
}

/** A known one is written anew when this part of `pass` has gone by. */
const RENEWAL = 1 / 8;

/** True: wait. The numbers are when he was seen first and, of one who is known, when that was last written. */
export function greylist({ delay, expire, pass }: GreylistTimes): Decider<boolean> {
  return (held, now) => {
    const [first, renewed] = held?.numbers ?? [];
    const known: Cell = { until: now + pass * 1000, numbers: [first ?? now, now], text: '' };
    // A time to come is from before the clock was set back.
    if (first === undefined || first > now) {
      return { answer: true, next: { until: now + expire * 1000, numbers: [now], text: '' } };
    }
    if (renewed === undefined) {
      return now - first < delay * 1000 ? { answer: true } : { answer: false, next: known };
    }
    return now - renewed < pass * 1000 * RENEWAL ? { answer: false } : { answer: false, next: known };
  };
}
