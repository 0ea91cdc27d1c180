// Header fields as tests see them: by name in any case, unfolded, encoded words decoded, no white space at either end (RFC 5228
// §2.4.2.2 and §5.7). Decoding is done once per field, when first asked for, and kept with the message. A run's own edits
// (RFC 5293) give it a list of its own; the message itself is never changed. A header longer than the budget allows is
// seen only as far as that.

import { lowerAscii } from '../../text/index.ts';
import type { Context } from '../interpreter/context.ts';
import type { HeaderField, MessageView } from '../runtime.ts';
import { type Mailbox, parseAddressList } from './address.ts';
import { decodeWords } from './encoded-words.ts';
import type { Subject } from './glob-match.ts';
import { reportCut, stateOf } from './state.ts';
import { toUnicode } from './text.ts';

/** One field with everything derived from it so far. */
export interface Field {
  readonly field: HeaderField;
  readonly name: string;
  subject?: Subject;
  addresses?: readonly Mailbox[];
}

export interface Fields {
  readonly all: readonly Field[];
  readonly byName: ReadonlyMap<string, readonly Field[]>;
}

const NONE: readonly Field[] = [];
const EMPTY: Fields = { all: [], byName: new Map() };

interface Read {
  readonly most: number;
  readonly fields: Fields;
  readonly cut: boolean;
}

const original = new WeakMap<MessageView, Read>();
const latest = new WeakMap<MessageView, Fields>();

export function fieldOf(field: HeaderField): Field {
  return { field, name: lowerAscii(field.name.trimEnd()) };
}

function indexed(all: readonly Field[]): Fields {
  const byName = new Map<string, Field[]>();
  for (const field of all) {
    const same = byName.get(field.name);
    if (same === undefined) byName.set(field.name, [field]);
    else same.push(field);
  }
  return { all, byName };
}

function readMessage(message: MessageView, most: number): Read {
  const known = original.get(message);
  if (known?.most === most) return known;
  let octets = 0;
  const all: Field[] = [];
  for (const field of message.fields) {
    octets += field.name.length + field.body.length + 3;
    if (octets > most) break;
    all.push(fieldOf(field));
  }
  const read = { most, fields: indexed(all), cut: all.length < message.fields.length };
  original.set(message, read);
  return read;
}

/** The header as this run sees it; before there is one, the run is left with a question for it. */
export function fieldsOf(context: Context, at: number): Fields {
  const { message } = context.input;
  if (message === null) {
    context.ask(
      { key: 'message', group: 'authorisation', question: { kind: 'property', name: 'message' } },
      at,
    );
    return EMPTY;
  }
  const edited = stateOf(context).edited.get(message);
  if (edited !== undefined) return edited;
  const { headerOctets } = context.budget;
  const { fields, cut } = readMessage(message, headerOctets);
  if (cut) reportCut(context, 'header', headerOctets);
  return fields;
}

/** Replaces the header for the rest of this run. */
export function replaceFields(context: Context, all: readonly Field[]): void {
  const { message } = context.input;
  if (message === null) return;
  const fields = indexed(all);
  stateOf(context).edited.set(message, fields);
  latest.set(message, fields);
}

/** Whether this run has edited the header. */
export function isEdited(context: Context): boolean {
  const { message } = context.input;
  return message !== null && stateOf(context).edited.has(message);
}

/** The header as the last run that edited it left it. */
export function currentFields(message: MessageView): readonly HeaderField[] {
  return latest.get(message)?.all.map(({ field }) => field) ?? message.fields;
}

/** Fields of a name as they stand in the header; names are compared without case. */
export function named(fields: Fields, name: string): readonly Field[] {
  return fields.byName.get(lowerAscii(name)) ?? NONE;
}

/** RFC 5260 §6: the one at an index, counted from the end with :last; all of them without. */
export function atIndex(fields: readonly Field[], index: number | null, last: boolean): readonly Field[] {
  if (index === null) return fields;
  const found = index < 1 ? undefined : fields.at(last ? -index : index - 1);
  return found === undefined ? NONE : [found];
}

export function unfold(body: string): string {
  return body.includes('\n') || body.includes('\r') ? body.replace(/\r?\n|\r(?!\n)/g, '') : body;
}

/** Space and tab only: String.trim takes more away. */
export function trimBlanks(text: string): string {
  let from = 0;
  let to = text.length;
  while (from < to && isBlank(text.charCodeAt(from))) from += 1;
  while (to > from && isBlank(text.charCodeAt(to - 1))) to -= 1;
  return text.slice(from, to);
}

const isBlank = (code: number): boolean => code === 0x20 || code === 0x09;

/** The value for comparison, decoded and trimmed. */
export function subjectOf(field: Field): Subject {
  field.subject ??= { text: decodeWords(trimBlanks(unfold(field.field.body))) };
  return field.subject;
}

/** The addresses of a structured field. */
export function addressesOf(field: Field): readonly Mailbox[] {
  field.addresses ??= parseAddressList(toUnicode(unfold(field.field.body)));
  return field.addresses;
}
