// Rules' look-ups in the store, from end to end on files: every name, its arguments in their order, what is refused, and what is
// left to others.

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Answer, Lookup, Value } from '../rules/runtime.ts';
import { openState, report, reputation, type State, stateAnswers } from './index.ts';

let scratch = '';
let time = 0;
let state: State;

beforeEach(() => {
  scratch = mkdtempSync(join(tmpdir(), 'mvmtr-test-'));
  time = 1_700_000_000_000;
  state = openState({ directory: join(scratch, 'state'), now: () => time });
});

afterEach(() => rmSync(scratch, { recursive: true, force: true }));

function lookUp(name: string, ...values: readonly Value[]): Promise<Answer> | null {
  const question: Lookup['question'] = { kind: 'function', name, arguments: values };
  return stateAnswers(state)({ key: 'x', group: 'reputation', question });
}

type Call = readonly [second: number, name: string, ...values: Value[]];

async function play(calls: readonly Call[]): Promise<readonly unknown[]> {
  const start = time;
  const values: unknown[] = [];
  for (const [second, name, ...given] of calls) {
    time = start + second * 1000;
    const answer = await lookUp(name, ...given);
    values.push(answer?.ok ? answer.value : answer);
  }
  return values;
}

it.each<[string, readonly Call[], readonly Value[]]>([
  [
    'greylist: key, delay, expire, pass',
    [
      [0, 'greylist', 'k', 10, 100, 1000],
      [9, 'greylist', 'k', 10, 100, 1000],
      [9, 'greylist', 'other', 10, 100, 1000],
      [99, 'greylist', 'k', 10, 100, 1000],
      [109, 'greylist', 'other', 10, 100, 1000],
      [1098, 'greylist', 'k', 10, 100, 1000],
    ],
    [true, true, true, false, true, false],
  ],
  [
    'ratelimit: key, max, per; rate: key, window',
    [
      [0, 'rate', 'k', 3600],
      [0, 'ratelimit', 'k', 2, 3600],
      [0, 'ratelimit', 'k', 2, 3600],
      [0, 'ratelimit', 'k', 2, 3600],
      [0, 'rate', 'k', 3600],
      [0, 'rate', 'k', 60],
      [0, 'rate', 'other', 3600],
      [7200, 'ratelimit', 'k', 2, 3600],
      [7200, 'ratelimit', 'none', 0, 3600],
    ],
    [0, false, false, true, 3, 0, 0, false, true],
  ],
  [
    'counter_add: key, amount, time; counter: key',
    [
      [0, 'counter_add', 'k', 2, 60],
      [1, 'counter_add', 'k', -0.5, 60],
      [2, 'counter', 'k'],
      [60, 'counter', 'k'],
    ],
    [2, 1.5, 1.5, 0],
  ],
  [
    'store_put: key, value, time; store_get: key',
    [
      [0, 'store_get', 'k'],
      [0, 'store_put', 'k', 'caf\xe9\0', 60],
      [59, 'store_get', 'k'],
      [60, 'store_get', 'k'],
    ],
    ['', true, 'caf\xe9\0', ''],
  ],
  [
    'seen: key, time',
    [
      [0, 'seen', 'k', 60],
      [59, 'seen', 'k', 60],
      [60, 'seen', 'k', 60],
    ],
    [false, true, false],
  ],
  [
    'one key does not mean the same to different functions',
    [
      [0, 'seen', 'k', 60],
      [0, 'counter', 'k'],
      [0, 'store_get', 'k'],
      [0, 'greylist', 'k', 0, 60, 60],
      [0, 'reputation', 'k'],
    ],
    [false, 0, '', true, 0],
  ],
  [
    'times too long to be dates',
    [
      [0, 'seen', 'k', 1e300],
      [1e9, 'seen', 'k', 1e300],
      [0, 'store_put', 'k', 'v', Number.MAX_VALUE],
      [1e9, 'store_get', 'k'],
    ],
    [false, true, true, 'v'],
  ],
])('%s', async (_, calls, expected) => {
  expect(await play(calls)).toEqual(expected);
});

it.each<[string, readonly Value[], RegExp]>([
  ['greylist', ['k', -1, 100, 1000], /^greylist: -1 is no time/],
  ['greylist', ['k', 1, Number.NaN, 1000], /^greylist: NaN is no time/],
  ['greylist', ['k', 1, 100, Number.POSITIVE_INFINITY], /^greylist: Infinity is no time/],
  ['ratelimit', ['k', 5, 0], /^ratelimit: 0 is no window/],
  ['ratelimit', ['k', Number.NaN, 60], /^ratelimit: NaN is no number/],
  ['rate', ['k', 0.5], /^rate: 0.5 is no window/],
  ['rate', ['k'], /^rate: undefined is no window/],
  ['counter', [5], /^counter: the key is no string/],
  ['counter_add', ['k', Number.POSITIVE_INFINITY, 60], /^counter_add: Infinity is no number/],
  ['store_put', ['k', 5, 60], /^store_put: the value is no string/],
  ['store_put', ['k', 'x'.repeat(4097), 60], /^store_put: the value has more than 4096 octets/],
  ['seen', ['k', -60], /^seen: -60 is no time/],
])('%s%j fails and leaves no trace', async (name, values, reason) => {
  expect(await lookUp(name, ...values)).toEqual({ ok: false, reason: expect.stringMatching(reason) });
  expect(() => readFileSync(join(scratch, 'state'))).toThrow('ENOENT');
});

it('takes the longest value there may be', async () => {
  const longest = '\x01'.repeat(4096);
  expect(
    await play([
      [0, 'store_put', 'k', longest, 60],
      [0, 'store_get', 'k'],
    ]),
  ).toEqual([true, longest]);
});

describe('reports', () => {
  const spamtrap = { kind: 'spamtrap', key: '192.0.2.1', weight: 10, note: 'trap' } as const;

  it('make the reputation that rules ask for', async () => {
    for (let count = 1; count <= 5; count += 1) {
      expect(report(state, spamtrap)).toEqual({ ok: true, value: -10 * count });
    }
    expect(await lookUp('reputation', '192.0.2.1')).toEqual({ ok: true, value: -50 });
    expect(await lookUp('reputation', '192.0.2.2')).toEqual({ ok: true, value: 0 });
    time += 7 * 86_400 * 1000;
    expect(reputation(state, '192.0.2.1')).toEqual({ ok: true, value: -25 });
  });

  it('of all kinds add up', () => {
    report(state, { ...spamtrap, kind: 'dictionary', weight: 3, note: '' });
    report(state, { ...spamtrap, note: 'x'.repeat(100_000) });
    expect(reputation(state, spamtrap.key)).toEqual({ ok: true, value: -13 });
  });

  it('without a usable weight fail', () => {
    expect(report(state, { ...spamtrap, weight: Number.NaN })).toEqual({
      ok: false,
      reason: 'report: NaN is no weight',
    });
  });

  it('are failed answers when the store cannot be used', () => {
    writeFileSync(join(scratch, 'state'), '');
    const failed = { ok: false, reason: 'store of states: ENOTDIR' };
    expect([report(state, spamtrap), reputation(state, spamtrap.key)]).toEqual([failed, failed]);
  });
});

it.each<[string, Lookup['question']]>([
  ['a function of others', { kind: 'function', name: 'alive', arguments: ['mx.example.org'] }],
  ['another kind', { kind: 'body' }],
])('%s is left to others', (_, question) => {
  expect(stateAnswers(state)({ key: 'x', group: 'reputation', question })).toBeNull();
});
