// The operators on values (docs/mfl.md, section 5): exact types, no conversion. Numbers are IEEE doubles that must stay exact;
// strings compare by octet, and by i;ascii-casemap for the word operators, which mean what Sieve's match types mean.
// The checker has seen to the types; overflow and division by zero are run-time errors.

import { equalsIgnoringCase, lowerAscii } from '../../text/index.ts';
import type { BinaryOperator } from '../language/ast.ts';
import type { Value } from '../runtime.ts';
import { globMatch, meterOf } from '../sieve/glob-match.ts';
import { regexMatch } from '../sieve/regex-match.ts';
import { compareOctets } from '../sieve/text.ts';
import { OCTETS_PER_STEP } from './budget.ts';
import { bounded, boundedList, chargeOctets, chargeReading, expectOctets, fault, type Run } from './state.ts';

export type Operation = (run: Run, left: Value, right: Value, at: number) => Value;

/** Every operator but `&&` and `||`, which do not always look at their right side. */
export const OPERATIONS: Readonly<Record<Exclude<BinaryOperator, '&&' | '||'>, Operation>> = {
  '+': plus,
  '-': (run, left, right, at) => exact(run, (left as number) - (right as number), at),
  '*': (run, left, right, at) => exact(run, (left as number) * (right as number), at),
  '/': (run, left, right, at) => exact(run, (left as number) / divisor(run, right, at), at),
  '%': (run, left, right, at) => exact(run, (left as number) % divisor(run, right, at), at),
  '==': (run, left, right) => same(run, left, right),
  '!=': (run, left, right) => !same(run, left, right),
  '<': (run, left, right) => order(run, left, right) < 0,
  '<=': (run, left, right) => order(run, left, right) <= 0,
  '>': (run, left, right) => order(run, left, right) > 0,
  '>=': (run, left, right) => order(run, left, right) >= 0,
  is: (run, left, right) => !differInLength(left, right) && anyKey(run, left, right, equalsIgnoringCase),
  contains: (run, left, right) => anyKey(run, lowerAscii(left as string), right, containsLower),
  matches: (run, left, right) => {
    const meter = meterOf(run);
    return anyKey(run, left, right, (text, glob) => captured(run, globMatch(glob, text, undefined, meter)));
  },
  in: (run, left, right) => anyKey(run, left, right, equalsIgnoringCase),
  '=~': (run, left, right, at) => matchesPattern(run, left, right, at),
  '!~': (run, left, right, at) => !matchesPattern(run, left, right, at),
};

/** A number that arithmetic made: exact, or an error. */
export function exact(run: Run, value: number, at: number): number {
  if (value <= Number.MAX_SAFE_INTEGER && value >= -Number.MAX_SAFE_INTEGER) return value;
  return fault(run, at, 'MFL-RUN-NUMBER', 'number out of range');
}

export function divisor(run: Run, value: Value, at: number): number {
  return value === 0 ? fault(run, at, 'MFL-RUN-NUMBER', 'division by zero') : (value as number);
}

function plus(run: Run, left: Value, right: Value, at: number): Value {
  if (typeof left === 'number') return exact(run, left + (right as number), at);
  if (typeof left === 'string') {
    expectOctets(run, left.length + (right as string).length, at);
    return bounded(run, left + (right as string), at);
  }
  const [head, tail] = [left as readonly string[], right as readonly string[]];
  return boundedList(run, [...head, ...tail], at);
}

/** Two strings too short to be paid for that cannot be the same, as nearly all are that a policy compares. */
function differInLength(left: Value, right: Value): boolean {
  if (typeof left !== 'string' || typeof right !== 'string') return false;
  return left.length !== right.length && left.length + right.length < OCTETS_PER_STEP;
}

function same(run: Run, left: Value, right: Value): boolean {
  if (differInLength(left, right)) return false;
  chargeReading(run, left);
  if (typeof left !== 'object' || typeof right !== 'object') return left === right;
  return left.length === right.length && left.every((item, index) => item === right[index]);
}

function order(run: Run, left: Value, right: Value): number {
  chargeReading(run, left);
  return typeof left === 'string'
    ? compareOctets(left, right as string)
    : (left as number) - (right as number);
}

type Matcher = (text: string, key: string) => boolean;

function anyKey(run: Run, text: Value, keys: Value, matcher: Matcher): boolean {
  const subject = text as string;
  if (typeof keys === 'string') {
    chargeOctets(run, subject.length + keys.length);
    return matcher(subject, keys);
  }
  for (const key of keys as readonly string[]) {
    run.charge(1);
    chargeOctets(run, subject.length + key.length);
    if (matcher(subject, key)) return true;
  }
  return false;
}

function containsLower(lowered: string, key: string): boolean {
  return lowered.includes(lowerAscii(key));
}

function matchesPattern(run: Run, text: Value, pattern: Value, at: number): boolean {
  return captured(run, regexMatch(run, at, pattern as string, text as string, false));
}

function captured(run: Run, found: readonly string[] | null): boolean {
  if (found === null) return false;
  run.captures = found;
  return true;
}
