// Values as text, and text as numbers: what `${…}` shows of a number or a list, and what num() reads. Decimal notation only, so
// that whatever is written can be read back. Pure.

import type { Value } from '../runtime.ts';

const DECIMAL = /^-?[0-9]+(?:\.[0-9]+)?$/;

export function numberText(value: number): string {
  const text = String(value);
  if (!text.includes('e')) return text;
  return value.toFixed(12).replace(/\.?0+$/, '');
}

/** Lists are joined with ", ". */
export function valueText(value: Value): string {
  if (typeof value === 'string') return value;
  if (typeof value === 'number') return numberText(value);
  return typeof value === 'boolean' ? String(value) : value.join(', ');
}

/** A decimal number, with white space around it at most; null when it is none or too large to be exact. */
export function numberOf(text: string): number | null {
  const digits = text.trim();
  if (!DECIMAL.test(digits)) return null;
  const value = Number(digits);
  return Math.abs(value) <= Number.MAX_SAFE_INTEGER ? value : null;
}

/** Text for one line of a reply, a header or an address: CR, LF and NUL become spaces. */
export function oneLine(text: string): string {
  return /[\r\n\0]/.test(text) ? text.replace(/\r\n|[\r\n\0]/g, ' ') : text;
}
