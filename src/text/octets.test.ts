// Octets and octet strings: all 256 values both ways, views that do not start where their memory does, and what is
// handed over in UTF-8 by the operating system and to it.

import { expect, it } from 'vitest';
import { fromNative, fromOctets, indexOfOctet, toNative, toOctets } from './octets.ts';

const ALL = Uint8Array.from({ length: 256 }, (_, octet) => octet);
const ALL_TEXT = Array.from(ALL, (octet) => String.fromCharCode(octet)).join('');

it('turns every octet into one character and back', () => {
  expect(fromOctets(ALL)).toBe(ALL_TEXT);
  expect([...toOctets(ALL_TEXT)]).toEqual([...ALL]);
});

it.each([
  ['a plain array', ALL.subarray(16, 32)],
  ['a Buffer', Buffer.from(ALL).subarray(16, 32)],
])('respects where a view of %s lies', (_, view) => {
  expect(fromOctets(view)).toBe(ALL_TEXT.slice(16, 32));
  expect(fromOctets(view, 4, 6)).toBe(ALL_TEXT.slice(20, 22));
  expect(fromOctets(view, 4)).toBe(ALL_TEXT.slice(20, 32));
  expect(indexOfOctet(view, 20, 0)).toBe(4);
  expect(indexOfOctet(view, 20, 5)).toBe(-1);
  expect(indexOfOctet(view, 40, 0)).toBe(-1);
});

const NATIVE: readonly (readonly [text: string, octets: string])[] = [
  ['', ''],
  ['client.example.net', 'client.example.net'],
  ['\x00\x7f', '\x00\x7f'],
  ['b\u00fccher', 'b\xc3\xbccher'],
  ['\u20ac', '\xe2\x82\xac'],
  ['\u{1f4e7}', '\xf0\x9f\x93\xa7'],
];

it.each(NATIVE)('fromNative(%j) is the octets %j', (text, octets) => expect(fromNative(text)).toBe(octets));

it.each<readonly [text: string, octets: string]>([...NATIVE, ['b\ufffdcher', 'b\xfccher']])(
  'toNative() is %j for the octets %j',
  (text, octets) => expect(toNative(octets)).toBe(text),
);
