// Base64 as lines and attributes of SASL have it (RFC 4648 §4, RFC 4954 §4): the alphabet with "+" and "/", padded
// on the right, no white space, and the bits left over in the last character are zero. One text for one octet
// string, then: what is not the encoding of what it decodes to is refused. Pure; time and memory linear in the
// input.

import { fromOctets, toOctets } from '../text/index.ts';

const LOOKS_LIKE_BASE64 = /^[A-Za-z0-9+/]*={0,2}$/;

/** What a text encodes; null when it is not base64. An empty text encodes nothing. */
export function fromBase64(text: string): string | null {
  if (text.length % 4 !== 0 || !LOOKS_LIKE_BASE64.test(text)) return null;
  const octets = fromOctets(Buffer.from(text, 'base64'));
  return toBase64(octets) === text ? octets : null;
}

export function toBase64(octets: string): string {
  return Buffer.from(toOctets(octets)).toString('base64');
}
