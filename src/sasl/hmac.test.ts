// HMAC-SHA-256 against RFC 4231 and against the runtime's own, around the lengths where a key fills a block; and
// the comparison.

import { createHash, createHmac } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { fromOctets, toOctets } from '../text/index.ts';
import { DIGEST_OCTETS, hmacSha256, sameSecret, sha256Octets, xorEach } from './hmac.ts';

const hex = (octets: string): string => Buffer.from(octets, 'latin1').toString('hex');

describe('hmacSha256', () => {
  it.each([
    [
      '§4.2',
      '\x0b'.repeat(20),
      'Hi There',
      'b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7',
    ],
    [
      '§4.3',
      'Jefe',
      'what do ya want for nothing?',
      '5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843',
    ],
    [
      '§4.4',
      '\xaa'.repeat(20),
      '\xdd'.repeat(50),
      '773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe',
    ],
    [
      '§4.7',
      '\xaa'.repeat(131),
      'Test Using Larger Than Block-Size Key - Hash Key First',
      '60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54',
    ],
  ])('does what RFC 4231 %s shows', (_, key, text, digest) =>
    expect(hex(hmacSha256(key, text))).toBe(digest),
  );

  it.each([0, 1, 31, 63, 64, 65, 127, 128, 200])('takes a key of %i octets', (length) => {
    const key = fromOctets(Uint8Array.from({ length }, (_, index) => (index * 151 + length) & 255));
    const expected = createHmac('sha256', toOctets(key)).update('text').digest();
    expect(hmacSha256(key, 'text')).toBe(fromOctets(expected));
  });
});

it('gives digests as octets', () => {
  const octets = 'caf\xe9\0';
  expect(sha256Octets(octets)).toBe(fromOctets(createHash('sha256').update(toOctets(octets)).digest()));
  expect(sha256Octets('')).toHaveLength(DIGEST_OCTETS);
});

it.each([
  ['', '', ''],
  ['\x0f\xf0', '\xff\xff', '\xf0\x0f'],
  ['abc', 'ab', '\0\0'],
])('mixes %j and %j', (one, other, mixed) => expect(xorEach(one, other)).toBe(mixed));

it.each([
  ['', '', true],
  ['secret', 'secret', true],
  ['secret', 'secreT', false],
  ['Secret', 'secret', false],
  ['secret', 'secre', false],
  ['', 's', false],
  ['\0', '', false],
])('compares %j with %j', (one, other, same) => expect(sameSecret(one, other)).toBe(same));
