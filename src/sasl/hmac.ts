// HMAC with SHA-256 (RFC 2104 §2, FIPS 198-1), the digest itself, and comparing and mixing what comes out of them:
// the arithmetic of SCRAM. All are octet strings. Pure; nothing fails. How long it takes depends on lengths only,
// not on what the octets are.

import { fromOctets, sha256, toOctets } from '../text/index.ts';

/** Octets of a digest. */
export const DIGEST_OCTETS = 32;

/** Octets of a block of SHA-256, and so of a key as HMAC uses it. */
const BLOCK_OCTETS = 64;

/** DIGEST_OCTETS of them. */
export function sha256Octets(octets: string): string {
  return fromOctets(Buffer.from(sha256(toOctets(octets)), 'hex'));
}

/** DIGEST_OCTETS of them, for a key of any length. */
export function hmacSha256(key: string, octets: string): string {
  const short = key.length > BLOCK_OCTETS ? sha256Octets(key) : key;
  const block = short.padEnd(BLOCK_OCTETS, '\0');
  return sha256Octets(xorEach(block, OUTER_PAD) + sha256Octets(xorEach(block, INNER_PAD) + octets));
}

const INNER_PAD = /* @__PURE__ */ '\x36'.repeat(BLOCK_OCTETS);
const OUTER_PAD = /* @__PURE__ */ '\x5c'.repeat(BLOCK_OCTETS);

/** Octet by octet; as long as the shorter one. */
export function xorEach(one: string, other: string): string {
  let mixed = '';
  for (let i = 0; i < one.length && i < other.length; i++)
    mixed += String.fromCharCode(one.charCodeAt(i) ^ other.charCodeAt(i));
  return mixed;
}

/** Whether they are the same. Where they differ does not show in the time it takes. */
export function sameSecret(one: string, other: string): boolean {
  let difference = one.length ^ other.length;
  for (let i = 0; i < one.length && i < other.length; i++)
    difference |= one.charCodeAt(i) ^ other.charCodeAt(i);
  return difference === 0;
}
