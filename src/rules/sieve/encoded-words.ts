// RFC 2047: encoded words in header fields to Unicode, and Unicode to encoded words for fields that scripts add. A word in a
// charset nobody knows, or with an encoding that is broken, stays as it is written. White space between two encoded words
// is not part of the text (§6.2). Words of one charset that follow each other are decoded together, because senders do
// cut characters in two.

import { isAscii, toOctetString, toUnicode } from './text.ts';

const WORD = /=\?([^?\s]{1,60})\?([bBqQ])\?([^?\s]*)\?=/g;
const BASE64 = /^[A-Za-z0-9+/]*={0,3}$/;

const decoders = new Map<string, TextDecoder | null>();

/** Charsets that are UTF-8 for our purpose; undecodable octets of these stay reversible. */
const UTF8 = /^(?:utf-?8|us-ascii|ascii)$/;

/** 0x80 to 0x9F of windows-1252, which also stands for ISO 8859-1; TextDecoder differs here between runtimes. */
const WESTERN = /^(?:windows-1252|cp1252|iso-?8859-1|latin1)$/;
const WESTERN_HIGH = '€\u0081‚ƒ„…†‡ˆ‰Š‹Œ\u008dŽ\u008f\u0090‘’“”•–—˜™š›œ\u009džŸ';

function decoderFor(charset: string): TextDecoder | null {
  const known = decoders.get(charset);
  if (known !== undefined) return known;
  let decoder: TextDecoder | null = null;
  try {
    decoder = new TextDecoder(charset as ConstructorParameters<typeof TextDecoder>[0]);
  } catch {
    decoder = null;
  }
  if (decoders.size < 64) decoders.set(charset, decoder);
  return decoder;
}

/** Octets in a named charset as Unicode; null when the charset is unknown. */
export function fromCharset(octets: string, charset: string): string | null {
  const name = charset.toLowerCase();
  if (UTF8.test(name)) return toUnicode(octets);
  if (WESTERN.test(name)) {
    return octets.replace(/[\x80-\x9f]/g, (octet) => WESTERN_HIGH.charAt(octet.charCodeAt(0) - 0x80));
  }
  const decoder = decoderFor(name);
  if (decoder === null) return null;
  return decoder.decode(Uint8Array.from(octets, (octet) => octet.charCodeAt(0)));
}

function fromQ(text: string): string {
  return text
    .replace(/_/g, ' ')
    .replace(/=([0-9A-Fa-f]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
}

/** The octets an encoded word stands for; null when it is broken. */
function wordOctets(encoding: string, text: string): string | null {
  if (encoding === 'q' || encoding === 'Q') return fromQ(text);
  return BASE64.test(text) ? atob(text.replace(/=+$/, '').replace(/^((?:.{4})*).$/, '$1')) : null;
}

interface Run {
  charset: string;
  octets: string;
  written: string;
}

/** Unfolded text with its encoded words decoded. */
export function decodeWords(octets: string): string {
  if (!octets.includes('=?')) return toUnicode(octets);
  const pieces: string[] = [];
  let run: Run | null = null;
  let end = 0;
  const flush = (): void => {
    if (run !== null) pieces.push(fromCharset(run.octets, run.charset) ?? toUnicode(run.written));
    run = null;
  };
  for (const match of octets.matchAll(WORD)) {
    const [written, label = '', encoding = '', text = ''] = match;
    const charset = (label.split('*')[0] ?? '').toLowerCase();
    const decoded = wordOctets(encoding, text);
    if (decoded === null) continue;
    const between = octets.slice(end, match.index);
    const adjacent = run !== null && /^[ \t\r\n]*$/.test(between);
    if (adjacent && run !== null && (run as Run).charset === charset) {
      const open: Run = run;
      open.octets += decoded;
      open.written += between + written;
    } else {
      flush();
      if (!adjacent) pieces.push(toUnicode(between));
      run = { charset, octets: decoded, written };
    }
    end = match.index + written.length;
  }
  flush();
  pieces.push(toUnicode(octets.slice(end)));
  return pieces.join('');
}

/** At most 45 octets make an encoded word of at most 75 characters (RFC 2047 §2). */
const WORD_OCTETS = 45;

/** Text as octets for a header field: as it is when it is ASCII, in UTF-8 encoded words on folded lines when it is not. */
export function encodeWords(text: string): string {
  if (isAscii(text)) return text;
  const words: string[] = [];
  let octets = '';
  for (const character of text) {
    const next = toOctetString(character);
    if (octets.length + next.length > WORD_OCTETS) {
      words.push(octets);
      octets = '';
    }
    octets += next;
  }
  words.push(octets);
  return words.map((word) => `=?utf-8?B?${btoa(word)}?=`).join('\r\n ');
}
