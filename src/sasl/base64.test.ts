// The vectors of RFC 4648 §10, all octets there and back, and what is near to base64 and is none.

import { expect, it } from 'vitest';
import { fromBase64, toBase64 } from './base64.ts';

it.each([
  ['', ''],
  ['f', 'Zg=='],
  ['fo', 'Zm8='],
  ['foo', 'Zm9v'],
  ['foob', 'Zm9vYg=='],
  ['fooba', 'Zm9vYmE='],
  ['foobar', 'Zm9vYmFy'],
  ['\xfb\xff\xfe', '+//+'],
  ['\0\0', 'AAA='],
])('%j is written %s (RFC 4648 §10)', (octets, text) => {
  expect(toBase64(octets)).toBe(text);
  expect(fromBase64(text)).toBe(octets);
});

it('brings every octet back, at every place', () => {
  const all = Array.from({ length: 256 }, (_, octet) => String.fromCharCode(octet)).join('');
  for (const octets of [all, all.slice(1), all.slice(2)]) expect(fromBase64(toBase64(octets))).toBe(octets);
});

it.each([
  ['no padding', 'Zg'],
  ['too little padding', 'Zg='],
  ['too much padding', 'Zg==='],
  ['a block of padding', 'Zm9v===='],
  ['three padding characters', 'Z==='],
  ['padding inside', 'Zg==Zm9v'],
  ['padding alone', '='],
  ['bits left over behind one octet (§3.5)', 'Zh=='],
  ['bits left over behind two octets (§3.5)', 'Zm9='],
  ['the URL alphabet (§5)', '-__-'],
  ['a space', 'Zm9 '],
  ['a space more', ' Zm9v'],
  ['the end of a line', 'Zm9v\n'],
  ['lines', 'Zm9v\r\nZm9v'],
  ['NUL', 'Zm9\0'],
  ['an octet beyond ASCII', 'Zm9\xf6'],
  ['characters that are no octets', 'Zm9\u0176'],
  ['the star that cancels', '*'],
])('refuses %s', (_, text) => expect(fromBase64(text)).toBeNull());

it('is done quickly with long lines, good and bad', () => {
  const long = 'QUFB'.repeat(250_000);
  const begun = performance.now();
  expect(fromBase64(long)).toHaveLength(750_000);
  expect(fromBase64(`${long}AA*=`)).toBeNull();
  expect(fromBase64('='.repeat(1_000_000))).toBeNull();
  expect(performance.now() - begun).toBeLessThan(2000);
});
