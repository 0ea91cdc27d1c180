// Octet strings (what the message holds) to Unicode strings (what scripts compare) and back. An octet that is not part of valid
// UTF-8 becomes U+DC80 + octet - 0x80, a lone surrogate no decoder ever makes, so the way back gives the same octets.
// Never fails. Overlong forms, surrogates and anything above U+10FFFF are not valid UTF-8 (RFC 3629 §3).

const ASCII = /^[\x00-\x7f]*$/;
const ESCAPED = /[\udc80-\udcff]/;
/** Characters whose UTF-16 order is not their UTF-8 order. */
const UNORDERED = /[\ud800-\uffff]/;

export function isAscii(text: string): boolean {
  return ASCII.test(text);
}

/** Length of the valid UTF-8 sequence at `at`, 0 when there is none. */
function sequenceLength(octets: string, at: number): number {
  const lead = octets.charCodeAt(at);
  const length = lead < 0xc2 ? 0 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : lead < 0xf5 ? 4 : 0;
  if (length === 0 || at + length > octets.length) return 0;
  const second = octets.charCodeAt(at + 1);
  const low = lead === 0xe0 ? 0xa0 : lead === 0xf0 ? 0x90 : 0x80;
  const high = lead === 0xed ? 0x9f : lead === 0xf4 ? 0x8f : 0xbf;
  if (second < low || second > high) return 0;
  for (let n = 2; n < length; n += 1) {
    const next = octets.charCodeAt(at + n);
    if (next < 0x80 || next > 0xbf) return 0;
  }
  return length;
}

function codePointAt(octets: string, at: number, length: number): number {
  let value = octets.charCodeAt(at) & (0xff >> (length + 1));
  for (let n = 1; n < length; n += 1) value = (value << 6) | (octets.charCodeAt(at + n) & 0x3f);
  return value;
}

/** Octet string → Unicode. */
export function toUnicode(octets: string): string {
  if (ASCII.test(octets)) return octets;
  const pieces: string[] = [];
  let from = 0;
  let at = 0;
  while (at < octets.length) {
    if (octets.charCodeAt(at) < 0x80) {
      at += 1;
      continue;
    }
    pieces.push(octets.slice(from, at));
    const length = sequenceLength(octets, at);
    const character = length === 0 ? 0xdc00 + octets.charCodeAt(at) : codePointAt(octets, at, length);
    pieces.push(String.fromCodePoint(character));
    at += length || 1;
    from = at;
  }
  pieces.push(octets.slice(from));
  return pieces.join('');
}

function encoded(code: number): string {
  if (code >= 0xdc80 && code <= 0xdcff) return String.fromCharCode(code - 0xdc00);
  if (code >= 0xd800 && code <= 0xdfff) return encoded(0xfffd);
  const tail = (shift: number): number => 0x80 | ((code >> shift) & 0x3f);
  if (code < 0x800) return String.fromCharCode(0xc0 | (code >> 6), tail(0));
  if (code < 0x10000) return String.fromCharCode(0xe0 | (code >> 12), tail(6), tail(0));
  return String.fromCharCode(0xf0 | (code >> 18), tail(12), tail(6), tail(0));
}

/** Unicode → octet string; the inverse of toUnicode. */
export function toOctetString(text: string): string {
  if (ASCII.test(text)) return text;
  return text.replace(/[^\x00-\x7f]/gu, (character) => encoded(character.codePointAt(0) ?? 0xfffd));
}

/** Whether some octet of the text is outside UTF-8; such text has to be searched octet by octet. */
export function hasRawOctets(text: string): boolean {
  return ESCAPED.test(text);
}

/** Order of the octets: -1, 0 or 1. */
export function compareOctets(a: string, b: string): number {
  if (a === b) return 0;
  if (UNORDERED.test(a) || UNORDERED.test(b)) return toOctetString(a) < toOctetString(b) ? -1 : 1;
  return a < b ? -1 : 1;
}

/** How many characters: code points, not UTF-16 units. */
export function characterCount(text: string): number {
  let count = text.length;
  for (let at = 0; at + 1 < text.length; at += 1) {
    if ((text.charCodeAt(at) & 0xfc00) === 0xd800 && (text.charCodeAt(at + 1) & 0xfc00) === 0xdc00) {
      count -= 1;
      at += 1;
    }
  }
  return count;
}
