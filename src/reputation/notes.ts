// What rules keep under keys of their own: counters, values, and that something has been seen. Each ends its time to live after it
// was begun; a value begins anew whenever it is put, a counter and a sight do not. Pure.

import type { Decider } from './cell.ts';

/** 0 for one that was never begun. */
export const counter: Decider<number> = (held) => ({ answer: held?.numbers[0] ?? 0 });

/** The new count. */
export function addToCounter(amount: number, seconds: number): Decider<number> {
  return (held, now) => {
    const count = bounded((held?.numbers[0] ?? 0) + amount);
    if (amount === 0) return { answer: count };
    return {
      answer: count,
      next: { until: held?.until ?? now + seconds * 1000, numbers: [count], text: '' },
    };
  };
}

/** '' for a key without a value. */
export const value: Decider<string> = (held) => ({ answer: held?.text ?? '' });

/** '' removes the value, as it cannot be told from none. */
export function putValue(text: string, seconds: number): Decider<boolean> {
  return (_, now) => ({
    answer: true,
    next: text === '' ? null : { until: now + seconds * 1000, numbers: [], text },
  });
}

/** False the first time. */
export function seen(seconds: number): Decider<boolean> {
  return (held, now) =>
    held === null
      ? { answer: false, next: { until: now + seconds * 1000, numbers: [], text: '' } }
      : { answer: true };
}

/** Kept where every number has a neighbour one further, so that it can always be counted on. */
const bounded = (count: number): number =>
  Math.min(Math.max(count, Number.MIN_SAFE_INTEGER), Number.MAX_SAFE_INTEGER);
