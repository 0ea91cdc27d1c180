// Where strings cross the border of a run. Outside, in the session and the tables, they are octet strings; inside, as scripts are
// written, they are Unicode, with octets that are no UTF-8 kept reversibly (sieve/text.ts). ASCII, which is nearly
// everything, passes as it is.

import type { Effect, Lookup, Value, Verdict } from '../runtime.ts';
import { toOctetString, toUnicode } from '../sieve/text.ts';

export function inward(value: Value): Value {
  if (typeof value === 'string') return toUnicode(value);
  return typeof value === 'object' ? value.map(toUnicode) : value;
}

type Outgoing = Value | readonly Value[] | null;

function outward(value: Outgoing): Outgoing {
  if (typeof value === 'string') return toOctetString(value);
  return Array.isArray(value) ? (value.map(outward) as readonly Value[]) : value;
}

/** A flat record with all of its strings, and those in its lists, as octets. */
function octetsIn<T extends Effect | Verdict | Lookup['question']>(record: T): T {
  const entries = Object.entries(record).map(([key, value]) => [key, outward(value as Outgoing)]);
  return Object.fromEntries(entries) as T;
}

export const effectOutward = (effect: Effect): Effect => octetsIn(effect);
export const verdictOutward = (verdict: Verdict): Verdict => octetsIn(verdict);

export function lookupOutward(lookup: Lookup): Lookup {
  return { ...lookup, key: toOctetString(lookup.key), question: octetsIn(lookup.question) };
}
