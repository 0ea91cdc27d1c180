// The modifiers of `set` (RFC 5229 §4.1), :encodeurl (RFC 5435 §6) and :quoteregex (the regex draft), applied from the highest
// precedence to the lowest. Only the letters of US-ASCII have case: RFC 5229 asks for no more, and what a script gives should not
// depend on a version of Unicode.

import { lowerAscii } from '../../text/index.ts';
import { characterCount, toOctetString } from './text.ts';

export type Modifier =
  | 'lower'
  | 'upper'
  | 'lowerfirst'
  | 'upperfirst'
  | 'quotewildcard'
  | 'quoteregex'
  | 'encodeurl'
  | 'length';

const upper = (text: string): string => text.replace(/[a-z]+/g, (letters) => letters.toUpperCase());

function first(text: string, change: (text: string) => string): string {
  const [head = ''] = text;
  return change(head) + text.slice(head.length);
}

function encodeUrl(text: string): string {
  return toOctetString(text).replace(
    /[^A-Za-z0-9._~-]/g,
    (octet) => `%${octet.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`,
  );
}

/** In the order in which they are applied. */
const MODIFIERS: readonly (readonly [Modifier, (text: string) => string])[] = [
  ['lower', lowerAscii],
  ['upper', upper],
  ['lowerfirst', (text) => first(text, lowerAscii)],
  ['upperfirst', (text) => first(text, upper)],
  ['quotewildcard', (text) => text.replace(/[*?\\]/g, '\\$&')],
  ['quoteregex', (text) => text.replace(/[\\^$.[\]|()?*+{}]/g, '\\$&')],
  ['encodeurl', encodeUrl],
  ['length', (text) => String(characterCount(text))],
];

export function modified(text: string, has: (modifier: Modifier) => boolean): string {
  return MODIFIERS.reduce((value, [name, change]) => (has(name) ? change(value) : value), text);
}
