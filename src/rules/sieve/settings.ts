// What the administrator has set for Sieve, by the names other implementations use, and what the session knows: both come as
// properties. A setting that is empty or not there has its default.

import type { Context } from '../interpreter/context.ts';
import type { Value } from '../runtime.ts';
import { toUnicode } from './text.ts';

function textOf(value: Value): string {
  if (typeof value === 'object') return value.map(toUnicode).join(', ');
  return typeof value === 'string' ? toUnicode(value) : String(value);
}

/** A property the session can give at once; undefined when it has none of that name. */
export function propertyText(context: Context, name: string): string | undefined {
  const value = context.input.properties(name);
  return value === undefined ? undefined : textOf(value);
}

/** A property that may have to be looked up. */
export function lookedUp(context: Context, name: string, at: number): string {
  const known = propertyText(context, name);
  if (known !== undefined) return known;
  const question = { kind: 'property', name } as const;
  return textOf(context.ask({ key: `property ${name}`, group: 'reputation', question }, at));
}

export function settingOf(context: Context, name: string, otherwise: string): string {
  return propertyText(context, `sieve.${name}`) || otherwise;
}
