// Letter case as SMTP and qmail know it: the 26 letters of ASCII and nothing else, whatever Unicode or a locale
// has to say about an octet. Fails when an octet above 127 is taken for a letter.

import { expect, it } from 'vitest';
import { equalsIgnoringCase, lowerAscii } from './ascii.ts';

const ALL_OCTETS = Array.from({ length: 256 }, (_, octet) => String.fromCharCode(octet));

it.each([
  ['', ''],
  ['EXAMPLE.Com', 'example.com'],
  ['already lower 42', 'already lower 42'],
  ['@[`{', '@[`{'],
  ['\xc0\xc9\xd6', '\xc0\xc9\xd6'],
  // U+0130 in UTF-8, and a K beside the two octets that differ from letters in the case bit only.
  ['\xc4\xb0 K', '\xc4\xb0 k'],
  ['A\0B\r\n', 'a\0b\r\n'],
])('lowerAscii(%j) is %j', (octets, lower) => expect(lowerAscii(octets)).toBe(lower));

it('changes exactly 26 of 256 octets, and none a second time', () => {
  const changed = ALL_OCTETS.filter((octet) => lowerAscii(octet) !== octet);
  expect(changed.join('')).toBe('ABCDEFGHIJKLMNOPQRSTUVWXYZ');
  for (const octet of ALL_OCTETS) expect(lowerAscii(lowerAscii(octet))).toBe(lowerAscii(octet));
});

it.each([
  ['', '', true],
  ['Post.Master', 'pOST.mASTER', true],
  ['a', 'b', false],
  ['a', 'aa', false],
  ['\xc0', '\xe0', false],
  ['[', '{', false],
  ['@', '`', false],
  ['\xdf', 'ss', false],
])('case_diffs(): %j equals %j ignoring case: %j', (a, b, equal) => {
  expect(equalsIgnoringCase(a, b)).toBe(equal);
  expect(equalsIgnoringCase(b, a)).toBe(equal);
});
