// The comparators of RFC 4790 §9 and RFC 5051 as a folding of strings: two strings are equal under a comparator when
// their foldings are, one contains the other when its folding does, and they are ordered as the octets of their foldings.
// i;ascii-numeric folds nothing and compares numbers. `fold` of the first two keeps every character in its place.

import { compareOctets, isAscii } from './text.ts';

export interface Comparator {
  readonly name: string;
  /** Whether it has a substring operation, which :contains and :matches need (RFC 4790 §4.2.4). */
  readonly substring: boolean;
  /** Every character stays where it was, so positions in a folding are positions in the text. */
  readonly inPlace: boolean;
  fold(text: string): string;
  /** Order of two foldings: -1, 0 or 1. */
  compare(a: string, b: string): number;
}

function foldAscii(text: string): string {
  if (isAscii(text)) return text.toUpperCase();
  return text.replace(/[a-z]+/g, (letters) => letters.toUpperCase());
}

/** Digraphs with a titlecase form of their own: DŽ, LJ, NJ and DZ. */
const DIGRAPH = /[\u01c4-\u01cc\u01f1-\u01f3]/;

function titlecase(character: string): string {
  if (DIGRAPH.test(character)) {
    const code = character.charCodeAt(0);
    const first = code >= 0x01f1 ? 0x01f1 : code - ((code - 0x01c4) % 3);
    return String.fromCharCode(first + 1);
  }
  const upper = character.toUpperCase();
  return upper.length === character.length ? upper : character;
}

/** RFC 5051 §2: titlecase first, then the full compatibility decomposition. */
function foldUnicode(text: string): string {
  if (isAscii(text)) return text.toUpperCase();
  let folded = '';
  for (const character of text) folded += titlecase(character);
  return folded.normalize('NFKD');
}

/** The digits at the front without leading zeros, null for positive infinity (RFC 4790 §9.1.1). */
function leadingNumber(text: string): string | null {
  const digits = /^[0-9]+/.exec(text)?.[0];
  return digits === undefined ? null : digits.replace(/^0+(?=[0-9])/, '');
}

function compareNumbers(left: string, right: string): number {
  const a = leadingNumber(left);
  const b = leadingNumber(right);
  if (a === null || b === null) return a === b ? 0 : a === null ? 1 : -1;
  if (a.length !== b.length) return a.length < b.length ? -1 : 1;
  return a === b ? 0 : a < b ? -1 : 1;
}

const same = (text: string): string => text;

export const OCTET: Comparator = {
  name: 'i;octet',
  substring: true,
  inPlace: true,
  fold: same,
  compare: compareOctets,
};

export const ASCII_CASEMAP: Comparator = {
  name: 'i;ascii-casemap',
  substring: true,
  inPlace: true,
  fold: foldAscii,
  compare: compareOctets,
};

const UNICODE_CASEMAP: Comparator = {
  name: 'i;unicode-casemap',
  substring: true,
  inPlace: false,
  fold: foldUnicode,
  compare: compareOctets,
};

const ASCII_NUMERIC: Comparator = {
  name: 'i;ascii-numeric',
  substring: false,
  inPlace: true,
  fold: same,
  compare: compareNumbers,
};

const ALL = [OCTET, ASCII_CASEMAP, UNICODE_CASEMAP, ASCII_NUMERIC];

/** The comparator of that name, or undefined; names are compared as they stand (RFC 5228 §2.7.3). */
export function comparatorNamed(name: string): Comparator | undefined {
  return ALL.find((comparator) => comparator.name === name);
}
