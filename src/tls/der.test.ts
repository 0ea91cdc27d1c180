// Elements of DER: their lengths in all forms, and whatever somebody may have put there instead.

import { describe, expect, it } from 'vitest';
import { seededRandom } from '../../test/support/random.ts';
import { contentsOf, element, elementsIn, hexOf } from './der.ts';

const octets = (hex: string): Uint8Array => Buffer.from(hex.replaceAll(' ', ''), 'hex');

describe('an element', () => {
  it.each([
    ['nothing in it', '05 00', { tag: 0x05, from: 2, to: 2 }],
    ['something behind it', '02 01 07 05 00', { tag: 0x02, from: 2, to: 3 }],
    ['a length of one octet', `04 7f ${'00'.repeat(127)}`, { tag: 0x04, from: 2, to: 129 }],
    ['one of two', `04 81 80 ${'00'.repeat(128)}`, { tag: 0x04, from: 3, to: 131 }],
    ['one of three', `30 82 01 00 ${'00'.repeat(256)}`, { tag: 0x30, from: 4, to: 260 }],
    ['one of four', `30 83 01 00 00 ${'00'.repeat(65536)}`, { tag: 0x30, from: 5, to: 65541 }],
    ['no octets at all', '', null],
    ['a tag alone', '30', null],
    ['less than it says', '30 02 05', null],
    ['less of its length than it says', '30 82 01', null],
    ['more than anybody has', '30 84 ff ff ff ff', null],
    ['a length of five octets', '30 85 00 00 00 00 01 00', null],
    ['a length of 127 octets', '30 ff 01', null],
    ['a length that could be shorter', '30 81 01 05', null],
    ['a length with a zero in front', `30 82 00 80 ${'00'.repeat(128)}`, null],
    ['an end that is to be looked for', '30 80 05 00 00 00', null],
    ['a tag of several octets', '1f 01 00', null],
  ])('with %s', (_, hex, expected) => expect(element(octets(hex), 0)).toEqual(expected));

  it('is not looked for behind the end', () => {
    expect(element(octets('02 01 07 02 01 08'), 3)).toEqual({ tag: 2, from: 5, to: 6 });
    expect(element(octets('02 01 07'), 0, 2)).toBeNull();
    expect(element(octets('02 01 07'), 3)).toBeNull();
  });
});

it('what is in an element is all of it', () => {
  const der = octets('30 06 02 01 07 05 00 ff 00');
  expect(elementsIn(der, { from: 2, to: 7 })).toEqual([
    { tag: 2, from: 4, to: 5 },
    { tag: 5, from: 7, to: 7 },
  ]);
  expect(elementsIn(der, { from: 2, to: 8 })).toBeNull();
  expect(elementsIn(der, { from: 2, to: 4 })).toBeNull();
  expect(elementsIn(der, { from: 2, to: 2 })).toEqual([]);
});

it('contents are octets, or digits', () => {
  const der = octets('04 02 c3 0a');
  expect(contentsOf(der, { tag: 4, from: 2, to: 4 })).toBe('\xc3\n');
  expect(hexOf(der, { tag: 4, from: 2, to: 4 })).toBe('c30a');
});

it.each([1, 2, 3, 4])('of any octets nothing is made that is not there (seed %i)', (seed) => {
  const random = seededRandom(seed);
  for (let times = 0; times < 5000; times += 1) {
    // Small octets are tags and lengths that lead somewhere.
    const der = Uint8Array.from({ length: random.below(40) }, () => random.below(random.pick([8, 256])));
    const from = random.below(der.length + 2);
    let at = from;
    for (const each of elementsIn(der, { from, to: der.length }) ?? []) {
      expect(each.from).toBeGreaterThanOrEqual(at + 2);
      expect(each.to).toBeGreaterThanOrEqual(each.from);
      expect(each.to).toBeLessThanOrEqual(der.length);
      at = each.to;
    }
  }
});
