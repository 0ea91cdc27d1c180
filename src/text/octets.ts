// Octets and octet strings. An octet string has one character (U+0000–U+00FF) per octet, so it can hold any
// line a client sends; it is never UTF-8 and never decoded for the wire.

/** Octet string → octets. Characters above U+00FF must not occur. */
export function toOctets(text: string): Uint8Array {
  return Buffer.from(text, 'latin1');
}

/** Octets → octet string. */
export function fromOctets(octets: Uint8Array, start = 0, end = octets.length): string {
  return viewOf(octets).toString('latin1', start, end);
}

/** Native search for one octet; -1 when there is none. */
export function indexOfOctet(octets: Uint8Array, octet: number, from: number): number {
  return octets.indexOf(octet, from);
}

/** Text as the operating system hands it to us (environment, arguments) → the octets it stood for, as octet string. */
export function fromNative(text: string): string {
  return /^[\x00-\x7f]*$/.test(text) ? text : Buffer.from(text, 'utf8').toString('latin1');
}

/** Octet string → text for the operating system; octets that are not UTF-8 become U+FFFD, as in what it hands to us. */
export function toNative(octets: string): string {
  return /^[\x00-\x7f]*$/.test(octets) ? octets : Buffer.from(octets, 'latin1').toString('utf8');
}

function viewOf(octets: Uint8Array): Buffer {
  return Buffer.isBuffer(octets) ? octets : Buffer.from(octets.buffer, octets.byteOffset, octets.byteLength);
}
