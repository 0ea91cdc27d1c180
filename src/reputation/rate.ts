// How often something has happened in the last so many seconds, from two counts: this stretch of the clock's and the one before. The
// latter counts for the part of it that still lies in the window, as if it had been spread evenly; so what came all at once
// fades over a second window instead of being gone at its end. Pure.

import type { Cell, Decider } from './cell.ts';

interface Counts {
  /** Number of the stretch since 1970. */
  readonly stretch: number;
  readonly current: number;
  readonly previous: number;
}

/** How often it was counted; whole. Counts nothing. */
export function rate(window: number): Decider<number> {
  return (held, now) => ({ answer: inWindow(countsOf(held, now, window), now, window) });
}

/** Counts one, and is true when there are more than `max` with it. */
export function ratelimit(max: number, window: number): Decider<boolean> {
  return (held, now) => {
    const before = countsOf(held, now, window);
    const counts = { ...before, current: before.current + 1 };
    const numbers = [counts.stretch, counts.current, counts.previous];
    const until = (counts.stretch + 2) * window * 1000;
    return { answer: inWindow(counts, now, window) > max, next: { until, numbers, text: '' } };
  };
}

function countsOf(held: Cell | null, now: number, window: number): Counts {
  const stretch = Math.floor(now / (window * 1000));
  const [last = stretch, current = 0, previous = 0] = held?.numbers ?? [];
  if (last === stretch) return { stretch, current, previous };
  return { stretch, current: 0, previous: last === stretch - 1 ? current : 0 };
}

function inWindow({ stretch, current, previous }: Counts, now: number, window: number): number {
  const gone = (now - stretch * window * 1000) / (window * 1000);
  return Math.floor(current + previous * (1 - gone));
}
