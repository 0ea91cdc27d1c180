// Connections of the last minute: the window as it moves, clients apart from each other, and what is forgotten when there are
// too many of them.

import { describe, expect, it } from 'vitest';
import { connectionRate } from './connection-rate.ts';

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const START = 1_000_000 * MINUTE;

const client = (n: number) => ({ high: -1, low: n });

describe('one client', () => {
  it.each<[string, readonly number[], number]>([
    ['the first', [0], 1],
    ['all in one minute', [0, 1, 59], 3],
    ['at the end of the minute before', [59, 59, 59, 59, 60], 5],
    ['half of them gone', [0, 10, 20, 30, 90], 3],
    ['a tenth of them left, rounded down', [0, 10, 20, 30, 114], 1],
    ['a minute without any', [0, 10, 20, 30, 120], 1],
    ['hours without any', [0, 10, 20, 30, 7200], 1],
    ['the clock set back', [120, 130, 10], 1],
    ['the clock set back by a minute', [60, 70, 10], 1],
  ])('%s', (_, seconds, expected) => {
    const rate = connectionRate();
    expect(seconds.map((second) => rate.count(client(1), START + second * SECOND)).at(-1)).toBe(expected);
  });

  it('at an even pace is counted exactly', () => {
    const rate = connectionRate();
    const counts = Array.from({ length: 600 }, (_, n) => rate.count(client(1), START + n * SECOND));
    expect(Math.min(...counts.slice(60))).toBe(60);
    expect(Math.max(...counts.slice(60))).toBe(61);
  });
});

describe('many clients', () => {
  it('are counted apart', () => {
    const rate = connectionRate();
    for (let n = 0; n < 1000; n += 1) rate.count(client(n), START);
    expect(rate.count(client(500), START)).toBe(2);
    expect(rate.count(client(1000), START)).toBe(1);
  });

  it('that are too many push out those that came first', () => {
    const rate = connectionRate(4);
    for (const n of [1, 2, 3, 4, 1, 5, 6]) rate.count(client(n), START);
    expect([3, 4, 5, 6].map((n) => rate.count(client(n), START))).toEqual([2, 2, 2, 2]);
    expect(rate.count(client(1), START)).toBe(1);
  });

  it('that are too many are still counted in the minute after', () => {
    const rate = connectionRate(4);
    for (let n = 0; n < 103; n += 1) rate.count(client(n), START + 59 * SECOND);
    expect(rate.count(client(102), START + MINUTE)).toBe(2);
    expect(rate.count(client(98), START + MINUTE)).toBe(1);
  });
});
