// DER (X.690 §8.1, §10.1): where the elements of some octets are. Pure. As much of it as certificates and lists of revoked
// ones have: tags of one octet, and lengths of up to four in the only form that DER has for them. Whatever else it is, and
// what ends too soon, is null. Linear in the octets.

import { fromOctets } from '../text/index.ts';

export interface Element {
  readonly tag: number;
  /** Where its contents begin, and where they are over. */
  readonly from: number;
  readonly to: number;
}

const MORE_OF_THE_TAG = 0x1f;
const LENGTH_OCTETS = 4;

/** @param end no octet of it is there or behind */
export function element(der: Uint8Array, at: number, end = der.length): Element | null {
  const tag = der[at];
  const first = der[at + 1];
  if (tag === undefined || first === undefined || (tag & MORE_OF_THE_TAG) === MORE_OF_THE_TAG) return null;
  const from = at + 2 + (first < 0x80 ? 0 : first & 0x7f);
  const length = first < 0x80 ? first : longLength(der.subarray(at + 2, from));
  if (length === null || from + length > end) return null;
  return { tag, from, to: from + length };
}

// X.690 §10.1: in as few octets as possible. None of them would be the indefinite form.
function longLength(octets: Uint8Array): number | null {
  if (octets.length > LENGTH_OCTETS) return null;
  const length = octets.reduce((sum, octet) => sum * 0x100 + octet, 0);
  return length >= 0x80 && octets[0] !== 0 ? length : null;
}

/** What it is made of; null where that is not all of its contents. */
export function elementsIn(
  der: Uint8Array,
  { from, to }: Pick<Element, 'from' | 'to'>,
): readonly Element[] | null {
  const elements: Element[] = [];
  for (let at = from; at < to; ) {
    const next = element(der, at, to);
    if (next === null) return null;
    elements.push(next);
    at = next.to;
  }
  return elements;
}

/** Its contents as octet string. */
export const contentsOf = (der: Uint8Array, { from, to }: Element): string =>
  fromOctets(der.subarray(from, to));

/** Its contents in hexadecimal: the way object identifiers are written here. */
export const hexOf = (der: Uint8Array, { from, to }: Element): string =>
  Buffer.from(der.subarray(from, to)).toString('hex');
