// Functions on strings and lists (docs/mfl.md, section 10). Characters are counted, not octets; letter case and order are those of
// Sieve: ASCII letters and octets. What a function makes is paid for and bounded before it is made, as far as that can be
// known.

import { fromOctets, lowerAscii, sha256, toOctets } from '../../../text/index.ts';
import { characterCount, compareOctets, toOctetString, toUnicode } from '../../sieve/text.ts';
import { bounded, boundedList, chargeOctets, expectOctets, fault, type Run } from '../state.ts';
import { BAD_VALUE, type Builtin, type Builtins, list, number, text } from './builtin.ts';

/** A function of one string that costs by its length. */
function perOctet(make: (text: string) => string): Builtin {
  return (run, given, at) => {
    expectOctets(run, text(given, 0).length, at);
    return bounded(run, make(text(given, 0)), at);
  };
}

const upperAscii = (value: string): string => value.replace(/[a-z]+/g, (letters) => letters.toUpperCase());

function substring(run: Run, value: string, from: number, count: number, at: number): string {
  chargeOctets(run, value.length);
  const start = Math.max(0, Math.trunc(from));
  const end = Math.max(start, Math.trunc(from + count));
  if (!/[\ud800-\udbff]/.test(value)) return bounded(run, value.slice(start, end), at);
  return bounded(run, [...value].slice(start, end).join(''), at);
}

function positionOf(run: Run, value: string, wanted: string): number {
  chargeOctets(run, value.length);
  const found = value.indexOf(wanted);
  return found < 0 ? -1 : characterCount(value.slice(0, found));
}

function replaceAll(run: Run, value: string, wanted: string, by: string, at: number): string {
  if (wanted === '') return fault(run, at, BAD_VALUE, 'replace() of an empty string');
  chargeOctets(run, value.length);
  const pieces = value.split(wanted);
  expectOctets(run, value.length + (pieces.length - 1) * (by.length - wanted.length), at);
  return joined(run, pieces, by, at);
}

/** Stops adding once it is too long, so that no more is made than is cut off again. */
function joined(run: Run, items: readonly string[], separator: string, at: number): string {
  let length = Math.max(0, items.length - 1) * separator.length;
  for (const item of items) length += item.length;
  expectOctets(run, length, at);
  if (length <= run.budget.stringOctets) return items.join(separator);
  let made = items[0] ?? '';
  for (let i = 1; i < items.length && made.length <= run.budget.stringOctets; i++) {
    made += separator + items[i];
  }
  return bounded(run, made, at);
}

function splitAt(run: Run, value: string, separator: string, at: number): readonly string[] {
  if (separator === '') return fault(run, at, BAD_VALUE, 'split() at an empty string');
  chargeOctets(run, value.length);
  return boundedList(run, value.split(separator, run.budget.listItems + 1), at);
}

function sorted(run: Run, items: readonly string[]): readonly string[] {
  run.charge(items.length * Math.ceil(Math.log2(items.length + 1)));
  return [...items].sort(compareOctets);
}

function hashOf(run: Run, name: string, value: string, at: number): string {
  if (lowerAscii(name) !== 'sha256') return fault(run, at, BAD_VALUE, `unknown hash "${name}"`);
  run.charge(1 + (value.length >> 3));
  return sha256(toOctets(toOctetString(value)));
}

const encodeBase64 = (value: string): string =>
  Buffer.from(toOctets(toOctetString(value))).toString('base64');
const decodeBase64 = (value: string): string => toUnicode(fromOctets(Buffer.from(value, 'base64')));

export const STRINGS: Builtins = [
  ['lower', perOctet(lowerAscii)],
  ['upper', perOctet(upperAscii)],
  ['trim', perOctet((value) => value.trim())],
  ['len', (_run, given) => characterCount(text(given, 0))],
  [
    'substr',
    (run, given, at) => {
      const count = given.length > 2 ? number(given, 2) : Number.POSITIVE_INFINITY;
      return substring(run, text(given, 0), number(given, 1), count, at);
    },
  ],
  ['index', (run, given) => positionOf(run, text(given, 0), text(given, 1))],
  ['starts_with', (_run, given) => text(given, 0).startsWith(text(given, 1))],
  ['ends_with', (_run, given) => text(given, 0).endsWith(text(given, 1))],
  ['replace', (run, given, at) => replaceAll(run, text(given, 0), text(given, 1), text(given, 2), at)],
  ['split', (run, given, at) => splitAt(run, text(given, 0), text(given, 1), at)],
  ['join', (run, given, at) => joined(run, list(given, 0), text(given, 1), at)],
  ['count', (_run, given) => list(given, 0).length],
  ['first', (run, given, at) => list(given, 0)[0] ?? emptyList(run, at)],
  ['last', (run, given, at) => list(given, 0).at(-1) ?? emptyList(run, at)],
  ['unique', (run, given, at) => boundedList(run, [...new Set(list(given, 0))], at)],
  ['sort', (run, given) => sorted(run, list(given, 0))],
  ['quote_regex', perOctet((value) => value.replace(/[\\^$.|?*+()[\]{}]/g, '\\$&'))],
  ['quote_glob', perOctet((value) => value.replace(/[\\*?]/g, '\\$&'))],
  ['hash', (run, given, at) => hashOf(run, text(given, 0), text(given, 1), at)],
  ['b64encode', perOctet(encodeBase64)],
  ['b64decode', perOctet(decodeBase64)],
];

function emptyList(run: Run, at: number): never {
  return fault(run, at, 'MFL-RUN-INDEX', 'the list is empty');
}
