import fc from 'fast-check';
import { expect, test } from 'vitest';
import { characterCount, compareOctets, toOctetString, toUnicode } from './text.ts';

test.each([
  ['ASCII', 'abc', 'abc'],
  ['two octets', 'f\xc3\xbcr', 'für'],
  ['three octets', '\xe2\x82\xac', '€'],
  ['four octets', '\xf0\x9f\x93\xa7', '📧'],
  ['a lone octet', 'a\xffb', 'a\udcffb'],
  ['an overlong form (RFC 3629 §3)', '\xc0\xaf', '\udcc0\udcaf'],
  ['a surrogate in UTF-8', '\xed\xa0\x80', '\udced\udca0\udc80'],
  ['above U+10FFFF', '\xf4\x90\x80\x80', '\udcf4\udc90\udc80\udc80'],
  ['a sequence cut short', '\xe2\x82', '\udce2\udc82'],
])('%s', (_, octets, text) => {
  expect(toUnicode(octets)).toBe(text);
  expect(toOctetString(text)).toBe(octets);
});

test('any octets survive the way there and back', () => {
  const octet = fc.integer({ min: 0, max: 255 }).map((code) => String.fromCharCode(code));
  fc.assert(
    fc.property(fc.array(octet), (octets) => {
      const text = octets.join('');
      expect(toOctetString(toUnicode(text))).toBe(text);
    }),
  );
});

test('order is that of the octets, not of UTF-16', () => {
  expect(compareOctets('\uff5e', '📧')).toBe(-1);
  expect(compareOctets('b', 'a')).toBe(1);
  expect(compareOctets('é', 'é')).toBe(0);
});

test.each([
  ['', 0],
  ['abc', 3],
  ['für📧', 4],
])('%j has %d characters', (text, count) => expect(characterCount(text)).toBe(count));
