// Number literals, read and written. Integers go up to 2^64-1 as Sieve wants; their value is the nearest double, which is exact up
// to 2^53-1. K, M and G multiply by 2^10, 2^20 and 2^30; MFL adds durations in seconds (s min h d w) and decimals. Pure.

import type { Dialect, NumberNode } from './ast.ts';

const LARGEST = 2n ** 64n - 1n;

const QUANTIFIERS: ReadonlyMap<string, number> = new Map([
  ['', 1],
  ['k', 2 ** 10],
  ['m', 2 ** 20],
  ['g', 2 ** 30],
]);

/** From the longest, for writing. */
const DURATIONS: ReadonlyMap<string, number> = new Map([
  ['w', 604_800],
  ['d', 86_400],
  ['h', 3_600],
  ['min', 60],
  ['s', 1],
]);

export type NumberLiteral =
  | { readonly number: 'ok'; readonly value: number; readonly form: 'plain' | 'duration' | 'decimal' }
  | { readonly number: 'too-large' | 'unknown-unit' };

/** `fraction` is null, or the digits behind the point; `unit` is everything glued to the digits. */
export function readNumber(
  digits: string,
  fraction: string | null,
  unit: string,
  dialect: Dialect,
): NumberLiteral {
  const word = unit.toLowerCase();
  const duration = dialect === 'mfl' ? DURATIONS.get(word) : undefined;
  const factor = QUANTIFIERS.get(word) ?? duration;
  if (factor === undefined || (fraction !== null && word !== '')) return { number: 'unknown-unit' };
  const significant = digits.replace(/^0+(?=.)/, '');
  // The length first: converting a megabyte of digits would take quadratic time.
  if (significant.length > 20) return { number: 'too-large' };
  const exact = BigInt(significant) * BigInt(factor);
  if (exact > LARGEST) return { number: 'too-large' };
  if (fraction !== null)
    return { number: 'ok', value: Number(`${significant}.${fraction}`), form: 'decimal' };
  return { number: 'ok', value: Number(exact), form: duration === undefined ? 'plain' : 'duration' };
}

/** A literal that reads back as the same node. */
export function writeNumber(node: NumberNode): string {
  if (node.decimal) return positional(node.value);
  if (node.duration && node.value > 0 && Number.isSafeInteger(node.value)) {
    for (const [unit, seconds] of DURATIONS) {
      if (node.value % seconds === 0) return `${integer(node.value / seconds)}${unit}`;
    }
  }
  return node.duration ? `${integer(node.value)}s` : integer(node.value);
}

function integer(value: number): string {
  if (value <= Number.MAX_SAFE_INTEGER) return String(value);
  const exact = BigInt(value);
  return String(exact > LARGEST ? LARGEST : exact);
}

/** A double without an exponent: 1e-7 is 0.0000001. */
function positional(value: number): string {
  const [mantissa = '', exponent] = String(value).split('e');
  if (exponent === undefined) return mantissa.includes('.') ? mantissa : `${mantissa}.0`;
  const [whole = '', fraction = ''] = mantissa.split('.');
  const digits = whole + fraction;
  const point = whole.length + Number(exponent);
  if (point <= 0) return `0.${'0'.repeat(-point)}${digits}`;
  return `${digits.padEnd(point, '0')}.0`;
}
