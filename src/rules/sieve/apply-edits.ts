// Carrying out edits of a header (RFC 5293) on a list of its fields: what the hooks of a message have done so far, for the next of
// them to see. An edit is about the header as the ones before it have left it, so order counts. Octet strings; pure.

import type { Effect, HeaderField } from '../runtime.ts';

/** The header after the edits among the effects, in their order. */
export function applyEdits(
  fields: readonly HeaderField[],
  effects: readonly Effect[],
): readonly HeaderField[] {
  let edited = fields;
  for (const effect of effects) {
    if (effect.effect === 'addheader') {
      const added = { name: effect.name, body: ` ${effect.value}` };
      edited = effect.last ? [...edited, added] : [added, ...edited];
    } else if (effect.effect === 'deleteheader') {
      const gone = new Set(effect.fields);
      edited = edited.filter((_, place) => !gone.has(place));
    }
  }
  return edited;
}
