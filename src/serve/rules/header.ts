// The header of a message as its hooks edit it, one after the other: each sees what those before it have made of it. A hook deletes
// by the place in the header as it stands just then; the session is told places in the header that it showed to the first
// of them, and of added fields only those that were left. Pure.

import type { HeaderEdit, MessageFacts } from '../../policy/index.ts';
import { applyEdits, type Effect } from '../../rules/index.ts';

// A value that folds has line ends as the network has them; here and in the queue they are LF.
const inOurForm = (effect: Effect): Effect =>
  effect.effect === 'addheader' ? { ...effect, value: effect.value.replaceAll('\r\n', '\n') } : effect;

type AddedField = Extract<HeaderEdit, { edit: 'add' }>;

/** The message with the edits among the effects carried out. */
export function editedMessage(message: MessageFacts | null, effects: readonly Effect[]): MessageFacts | null {
  return message && { ...message, fields: applyEdits(message.fields, effects.map(inOurForm)) };
}

/** What all of the effects together come to. */
export function headerEdits(
  message: MessageFacts | null,
  effects: readonly Effect[],
): { readonly header?: readonly HeaderEdit[] } {
  const places = [...(message?.fields.keys() ?? [])];
  let header: readonly (number | AddedField)[] = places;
  const added: AddedField[] = [];
  for (const effect of effects.map(inOurForm)) {
    if (effect.effect === 'addheader') {
      const { name, value, last } = effect;
      const field: AddedField = { edit: 'add', name, value, last };
      added.push(field);
      header = last ? [...header, field] : [field, ...header];
    } else if (effect.effect === 'deleteheader') {
      const gone = new Set(effect.fields);
      header = header.filter((_, place) => !gone.has(place));
    }
  }
  const left = new Set(header);
  const removed = places.filter((place) => !left.has(place));
  const kept = added.filter((field) => left.has(field));
  const edits: readonly HeaderEdit[] =
    removed.length > 0 ? [{ edit: 'delete', fields: removed }, ...kept] : kept;
  return edits.length > 0 ? { header: edits } : {};
}
