// The pure half of the store: what each decider answers and keeps, event by event on a clock that the test moves. What is
// over is taken away between two events, as the store does it.

import { describe, expect, it } from 'vitest';
import type { Cell, Decider } from './cell.ts';
import { greylist } from './greylist.ts';
import { addToCounter, counter, putValue, seen, value } from './notes.ts';
import { rate, ratelimit } from './rate.ts';
import { reported, score } from './score.ts';

const START = 1_700_000_000_000;
const HOUR = 3600;
const DAY = 24 * HOUR;

type Event<T> = readonly [second: number, decider: Decider<T>];

/** Answers, each with whether something was written. */
function play<T>(events: readonly Event<T>[], start = START): readonly (readonly [T, 'kept' | 'written'])[] {
  let cell: Cell | null = null;
  return events.map(([second, decide]) => {
    const now = start + second * 1000;
    const { answer, next } = decide(cell !== null && cell.until > now ? cell : null, now);
    if (next !== undefined) cell = next;
    return [answer, next === undefined ? 'kept' : 'written'];
  });
}

const answers = <T>(events: readonly Event<T>[], start = START): readonly T[] =>
  play(events, start).map(([answer]) => answer);

describe('greylist', () => {
  const times = { delay: 300, expire: 36 * HOUR, pass: 35 * DAY };
  const at = (...seconds: readonly number[]) =>
    play(seconds.map((second) => [second, greylist(times)] as const));
  const WAIT_FIRST = [true, 'written'];
  const WAIT = [true, 'kept'];
  const PASS_FIRST = [false, 'written'];
  const PASS = [false, 'kept'];

  it.each<[string, readonly number[], readonly unknown[]]>([
    ['too young until the delay is over', [0, 1, 299.999, 300], [WAIT_FIRST, WAIT, WAIT, PASS_FIRST]],
    ['back just in time', [0, 36 * HOUR - 1], [WAIT_FIRST, PASS_FIRST]],
    ['back too late begins again', [0, 36 * HOUR, 36 * HOUR + 300], [WAIT_FIRST, WAIT_FIRST, PASS_FIRST]],
    ['known, without a write', [0, 300, 301, DAY], [WAIT_FIRST, PASS_FIRST, PASS, PASS]],
    [
      'renewed after an eighth of the time it holds',
      [0, 300, 300 + (35 * DAY) / 8, 301 + (35 * DAY) / 8],
      [WAIT_FIRST, PASS_FIRST, PASS_FIRST, PASS],
    ],
    [
      'still known by a renewal',
      [0, 300, 30 * DAY, 60 * DAY],
      [WAIT_FIRST, PASS_FIRST, PASS_FIRST, PASS_FIRST],
    ],
    ['forgotten after it', [0, 300, 300 + 35 * DAY], [WAIT_FIRST, PASS_FIRST, WAIT_FIRST]],
    ['begins again when the clock is set back', [0, -1, 299], [WAIT_FIRST, WAIT_FIRST, PASS_FIRST]],
  ])('%s', (_, seconds, expected) => {
    expect(at(...seconds)).toEqual(expected);
  });

  it('without a delay waits for the second time', () => {
    const decide = greylist({ ...times, delay: 0 });
    expect(
      answers([
        [0, decide],
        [0, decide],
      ]),
    ).toEqual([true, false]);
  });
});

describe('rate', () => {
  // The clock's stretches of 100 s begin at 0, 100, 200 … after the start.
  const begin = 1_700_000_000_000;
  const limited = (...seconds: readonly number[]) =>
    answers(
      seconds.map((second) => [second, ratelimit(2, 100)] as const),
      begin,
    );
  const counted = (times: number, at: number, asked: number) =>
    answers<number | boolean>(
      [...Array.from({ length: times }, () => [at, ratelimit(2, 100)] as const), [asked, rate(100)]],
      begin,
    ).at(-1);

  it.each<[string, readonly number[], readonly boolean[]]>([
    ['up to the limit', [0, 1, 2, 3], [false, false, true, true]],
    ['the stretch before counts in part', [0, 1, 110, 111], [false, false, false, true]],
    ['and not at all after two', [0, 1, 200, 201, 202], [false, false, false, false, true]],
    ['a clock set back begins again', [100, 101, 0, 1], [false, false, false, false]],
  ])('limit: %s', (_, seconds, expected) => {
    expect(limited(...seconds)).toEqual(expected);
  });

  it.each([
    [0, 0, 0],
    [8, 50, 8],
    [8, 99, 8],
    [8, 100, 8],
    [8, 150, 4],
    [8, 199, 0],
    [8, 200, 0],
  ])('of %i at once, asked at %i s: %i', (times, asked, expected) => {
    expect(counted(times, 0, asked)).toBe(expected);
  });

  it('is not changed by asking', () => {
    expect(
      play([
        [0, rate(100)],
        [1, rate(100)],
      ]),
    ).toEqual([
      [0, 'kept'],
      [0, 'kept'],
    ]);
  });
});

describe('counter', () => {
  it.each<[string, readonly Event<number>[], readonly number[]]>([
    ['never begun', [[0, counter]], [0]],
    [
      'adds',
      [
        [0, addToCounter(1, 10)],
        [1, addToCounter(2.5, 10)],
        [2, counter],
      ],
      [1, 3.5, 3.5],
    ],
    [
      'takes off',
      [
        [0, addToCounter(-3, 10)],
        [1, counter],
      ],
      [-3, -3],
    ],
    [
      'lives from its beginning, not from the last time',
      [
        [0, addToCounter(1, 10)],
        [9, addToCounter(1, 10)],
        [10, counter],
        [11, addToCounter(1, 10)],
      ],
      [1, 2, 0, 1],
    ],
    [
      'stays where it can be counted on',
      [
        [0, addToCounter(1e300, 10)],
        [1, addToCounter(-1, 10)],
      ],
      [Number.MAX_SAFE_INTEGER, Number.MAX_SAFE_INTEGER - 1],
    ],
  ])('%s', (_, events, expected) => {
    expect(answers(events)).toEqual(expected);
  });

  it('is not written for an addition of nothing', () => {
    expect(play([[0, addToCounter(0, 10)]])).toEqual([[0, 'kept']]);
  });
});

describe('value', () => {
  it.each<[string, readonly Event<string | boolean>[], readonly (string | boolean)[]]>([
    ['none', [[0, value]], ['']],
    [
      'until its end',
      [
        [0, putValue('a', 10)],
        [9.999, value],
        [10, value],
      ],
      [true, 'a', ''],
    ],
    [
      'put anew lives anew',
      [
        [0, putValue('a', 10)],
        [9, putValue('b', 10)],
        [18, value],
      ],
      [true, true, 'b'],
    ],
    [
      'an empty one removes it',
      [
        [0, putValue('a', 10)],
        [1, putValue('', 10)],
        [2, value],
      ],
      [true, true, ''],
    ],
  ])('%s', (_, events, expected) => {
    expect(answers(events)).toEqual(expected);
  });
});

it('seen: false once, then true without a write until its end', () => {
  expect(play([0, 1, 9, 10, 11].map((second) => [second, seen(10)] as const))).toEqual([
    [false, 'written'],
    [true, 'kept'],
    [true, 'kept'],
    [false, 'written'],
    [true, 'kept'],
  ]);
});

describe('score', () => {
  const WEEK = 7 * DAY;

  it.each<[string, readonly Event<number>[], readonly number[]]>([
    ['of nobody', [[0, score]], [0]],
    [
      'falls with every report',
      [
        [0, reported(10, '')],
        [1, reported(10, '')],
        [2, score],
      ],
      [-10, -20, -20],
    ],
    [
      'halves every seven days',
      [
        [0, reported(100, '')],
        [WEEK, score],
        [2 * WEEK, score],
        [3 * WEEK, score],
      ],
      [-100, -50, -25, -13],
    ],
    [
      'halves before more is added',
      [
        [0, reported(100, '')],
        [WEEK, reported(10, '')],
      ],
      [-100, -60],
    ],
    [
      'rises by praise',
      [
        [0, reported(-4, '')],
        [1, score],
      ],
      [4, 4],
    ],
    [
      'adds up from little',
      [0, 1, 2, 3].map((second) => [second, reported(0.25, '')] as const),
      [0, 0, -1, -1],
    ],
    [
      'goes so far and no further',
      [
        [0, reported(1e300, '')],
        [1, score],
      ],
      [-1_000_000, -999_999],
    ],
    [
      'does not grow when the clock is set back',
      [
        [0, reported(10, '')],
        [-WEEK, score],
      ],
      [-10, -10],
    ],
  ])('%s', (_, events, expected) => {
    expect(answers(events)).toEqual(expected);
  });

  it.each([
    [1, 4],
    [1000, 14],
    [0.01, 1],
  ])('of a report of %d is forgotten in week %i, and no sooner', (weight, week) => {
    const until = reported(weight, '')(null, START).next?.until ?? 0;
    expect(Math.ceil((until - START) / 1000 / WEEK)).toBe(week);
  });

  it('is not written for a report of nothing', () => {
    expect(play([[0, reported(0, '')]])).toEqual([[0, 'kept']]);
  });
});
