// Digests against the vectors of FIPS 180-4 and against the runtime's own, around the lengths where a block ends.

import { createHash } from 'node:crypto';
import { expect, it } from 'vitest';
import { toOctets } from './octets.ts';
import { sha256 } from './sha256.ts';

it.each([
  ['', 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855'],
  ['abc', 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad'],
])('of "%s"', (text, digest) => {
  expect(sha256(toOctets(text))).toBe(digest);
});

it.each([1, 54, 55, 56, 57, 63, 64, 65, 119, 120, 128, 1000])('of %i octets', (length) => {
  const octets = Uint8Array.from({ length }, (_, index) => (index * 167 + length) & 255);
  expect(sha256(octets)).toBe(createHash('sha256').update(octets).digest('hex'));
});
