// The functions of rules that remember (docs/mfl.md, section 10), and greylist and ratelimit: answers the interpreter's look-ups of
// the kind 'function' by these names from the store of states. null means the look-up is somebody else's. Arguments that
// cannot be meant, such as a time of -1, and a store that cannot be used are failed answers.

import type { Answer, Lookup, Value } from '../rules/runtime.ts';
import { VALUE_OCTETS } from './cell.ts';
import { greylist } from './greylist.ts';
import { addToCounter, counter, putValue, seen, value } from './notes.ts';
import { rate, ratelimit } from './rate.ts';
import { reputation } from './report.ts';
import type { State } from './state.ts';

type Given = readonly Value[];
type Kind = 'key' | 'value' | 'number' | 'seconds' | 'window';

interface StateFunction {
  readonly takes: readonly Kind[];
  /** Called with arguments of these kinds. */
  readonly ask: (state: State, key: string, given: Given) => Answer;
}

const number = (given: Given, index: number): number => given[index] as number;

/** A hundred years: as good as ever, and safe to add to a date. */
const LONGEST_SECONDS = 100 * 365 * 86_400;

const seconds = (given: Given, index: number): number => Math.min(number(given, index), LONGEST_SECONDS);

/** A rate is that of one window: the same key with another window is counted apart. */
const rateTopic = (window: number): string => `rate ${window}`;

const FUNCTIONS: ReadonlyMap<string, StateFunction> = new Map<string, StateFunction>([
  [
    'greylist',
    {
      takes: ['key', 'seconds', 'seconds', 'seconds'],
      ask: (state, key, given) => {
        const times = { delay: seconds(given, 1), expire: seconds(given, 2), pass: seconds(given, 3) };
        return state.ask('greylist', key, greylist(times));
      },
    },
  ],
  [
    'ratelimit',
    {
      takes: ['key', 'number', 'window'],
      ask: (state, key, given) => {
        const window = seconds(given, 2);
        return state.ask(rateTopic(window), key, ratelimit(number(given, 1), window));
      },
    },
  ],
  [
    'rate',
    {
      takes: ['key', 'window'],
      ask: (state, key, given) => state.ask(rateTopic(seconds(given, 1)), key, rate(seconds(given, 1))),
    },
  ],
  ['counter', { takes: ['key'], ask: (state, key) => state.ask('counter', key, counter) }],
  [
    'counter_add',
    {
      takes: ['key', 'number', 'seconds'],
      ask: (state, key, given) =>
        state.ask('counter', key, addToCounter(number(given, 1), seconds(given, 2))),
    },
  ],
  ['store_get', { takes: ['key'], ask: (state, key) => state.ask('value', key, value) }],
  [
    'store_put',
    {
      takes: ['key', 'value', 'seconds'],
      ask: (state, key, given) => state.ask('value', key, putValue(String(given[1]), seconds(given, 2))),
    },
  ],
  [
    'seen',
    {
      takes: ['key', 'seconds'],
      ask: (state, key, given) => state.ask('seen', key, seen(seconds(given, 1))),
    },
  ],
  ['reputation', { takes: ['key'], ask: reputation }],
]);

/** Answers the interpreter's look-ups in the store; null for those of any other kind or name. */
export function stateAnswers(state: State): (lookup: Lookup) => Promise<Answer> | null {
  return ({ question }) => {
    if (question.kind !== 'function') return null;
    const asked = FUNCTIONS.get(question.name);
    if (asked === undefined) return null;
    return Promise.resolve(answer(state, question.name, asked, question.arguments));
  };
}

function answer(state: State, name: string, { takes, ask }: StateFunction, given: Given): Answer {
  for (const [index, kind] of takes.entries()) {
    const problem = PROBLEMS[kind](given[index]);
    if (problem !== null) return { ok: false, reason: `${name}: ${problem}` };
  }
  return ask(state, String(given[0]), given);
}

type Problem = (value: Value | undefined) => string | null;

const isNumber = (value: Value | undefined): value is number =>
  typeof value === 'number' && Number.isFinite(value);

const PROBLEMS: Readonly<Record<Kind, Problem>> = {
  key: (value) => (typeof value === 'string' ? null : 'the key is no string'),
  value: (value) => {
    if (typeof value !== 'string') return 'the value is no string';
    return value.length <= VALUE_OCTETS ? null : `the value has more than ${VALUE_OCTETS} octets`;
  },
  number: (value) => (isNumber(value) ? null : `${value} is no number to count with`),
  seconds: (value) => (isNumber(value) && value >= 0 ? null : `${value} is no time in seconds`),
  window: (value) => (isNumber(value) && value >= 1 ? null : `${value} is no window in seconds`),
};
