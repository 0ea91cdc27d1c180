// The :mime option of header, address and exists (RFC 5703 §4): fields of a part's own header instead of the message's, of the part
// foreverypart is at or of the message itself, with :anychild of the parts inside it as well; and what :type, :subtype, :contenttype and
// :param make of a field's value.

import { lowerAscii } from '../../text/index.ts';
import type { Context } from '../interpreter/context.ts';
import type { HeaderField } from '../runtime.ts';
import type { Arguments } from './arguments.ts';
import { type BodyPart, bodyOf } from './body.ts';
import { type Field, fieldOf, subjectOf } from './fields.ts';
import type { Subject } from './glob-match.ts';
import { parseMimeValue } from './mime-value.ts';
import { stateOf } from './state.ts';

const known = new WeakMap<HeaderField, Field>();

function kept(field: HeaderField): Field {
  let found = known.get(field);
  if (found === undefined) {
    found = fieldOf(field);
    known.set(field, found);
  }
  return found;
}

export function isMime(given: Arguments): boolean {
  return given.has('mime');
}

/** Whether the part at `index` is inside the one at `outer`. */
export function isInside(parts: readonly BodyPart[], index: number, outer: number): boolean {
  let at = parts[index]?.parent ?? -1;
  while (at > outer) at = parts[at]?.parent ?? -1;
  return at === outer && index !== outer;
}

function partsFor(given: Arguments, context: Context, at: number): readonly BodyPart[] {
  const { parts } = bodyOf(context, at);
  const current = stateOf(context).part ?? 0;
  const all = given.has('anychild');
  return parts.filter((_, index) => index === current || (all && isInside(parts, index, current)));
}

export function mimeFields(given: Arguments, context: Context, at: number, name: string): readonly Field[] {
  const wanted = lowerAscii(name);
  const parts = partsFor(given, context, at);
  context.charge(parts.length);
  return parts.flatMap((part) => part.fields.map(kept).filter((field) => field.name === wanted));
}

export function mimeExists(
  given: Arguments,
  context: Context,
  at: number,
  names: readonly string[],
): boolean {
  return names.every((name) => mimeFields(given, context, at, name).length > 0);
}

/** What the options of :mime make of the fields; the fields as they are without one. */
export function mimeValues(given: Arguments, fields: readonly Field[]): readonly Subject[] {
  const option = given.oneOf('type', 'subtype', 'contenttype', 'param');
  if (option === null) return fields.map(subjectOf);
  const wanted = (given.tagList('param') ?? []).map((name) => name.toLowerCase());
  return fields.flatMap(({ field }) => {
    const { value, parameters } = parseMimeValue(field.body);
    const [type = '', subtype = ''] = value.split('/');
    if (option === 'type') return [{ text: type }];
    if (option === 'subtype') return [{ text: subtype }];
    if (option === 'contenttype') return [{ text: value }];
    return wanted.flatMap((name) => {
      const text = parameters.get(name);
      return text === undefined ? [] : [{ text }];
    });
  });
}
