// RFC 5228 §2.4.2.4: ${hex: …} and ${unicode: …} in strings, for scripts with `encoded-character`. hex gives octets, which may
// complete a UTF-8 sequence with their neighbours; unicode gives characters. What is not of that form stays literal. A
// ${unicode:} of that form that names no character is an error by that section; `unicodeProblem` finds it.

import { toOctetString, toUnicode } from './text.ts';

const ENCODED =
  /\$\{(?:hex:\s*((?:[0-9a-f]{1,2}\s+)*[0-9a-f]{1,2})|unicode:\s*((?:[0-9a-f]+\s+)*[0-9a-f]+))\s*\}/gi;

function isCharacter(code: number): boolean {
  return code <= 0x10ffff && (code < 0xd800 || code > 0xdfff);
}

function codesIn(digits: string): readonly number[] {
  return digits.split(/\s+/).map((group) => Number.parseInt(group, 16));
}

/** Octets one by one, so that they can make sequences with what stands beside them. */
function octetOf(value: number): string {
  return String.fromCharCode(value < 0x80 ? value : 0xdc00 + value);
}

/** The string with its encoded characters filled in. */
export function decodeCharacters(text: string): string {
  if (!text.includes('${')) return text;
  const filled = text.replace(ENCODED, (written, hex: string | undefined, unicode: string | undefined) => {
    if (hex !== undefined) return codesIn(hex).map(octetOf).join('');
    const codes = codesIn(unicode ?? '');
    return codes.every(isCharacter) ? codes.map((code) => String.fromCodePoint(code)).join('') : written;
  });
  return filled === text ? text : toUnicode(toOctetString(filled));
}

/** The first ${unicode:} that names no character; null when there is none. */
export function unicodeProblem(text: string): string | null {
  for (const [written, , unicode] of text.matchAll(ENCODED)) {
    if (unicode !== undefined && !codesIn(unicode).every(isCharacter)) return written;
  }
  return null;
}
