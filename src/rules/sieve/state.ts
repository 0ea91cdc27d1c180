// What Sieve's commands keep during one run, beside what the interpreter keeps: edited headers,
// scripts that were included. Found through the run's list of effects, which is made anew for every run and every replay
// of one, so nothing here survives a run that was abandoned.

import type { Context } from '../interpreter/context.ts';
import type { MessageView } from '../runtime.ts';
import type { Body } from './body.ts';
import type { Fields } from './fields.ts';

export interface SieveState {
  /** What was cut at its bound, each reported once. */
  readonly cut: Set<string>;
  /** Headers this run has edited. */
  readonly edited: WeakMap<MessageView, Fields>;
  /** The body, once asked for, of the message it belongs to. */
  body: { readonly message: MessageView | null; readonly body: Body } | null;
  /** Index of the part that foreverypart is at. */
  part: number | null;
  /** The loop a named `break` is on its way to. */
  breaking: string | null;
  /** Keys of the scripts included so far. */
  readonly included: Set<string>;
  includeDepth: number;
}

const states = new WeakMap<object, SieveState>();

export function stateOf(context: Context): SieveState {
  const known = states.get(context.effects);
  if (known !== undefined) return known;
  const state: SieveState = {
    cut: new Set(),
    edited: new WeakMap(),
    body: null,
    part: null,
    breaking: null,
    included: new Set(),
    includeDepth: 0,
  };
  states.set(context.effects, state);
  return state;
}

/** Tags the message once: the header or the body was seen only as far as its bound. */
export function reportCut(context: Context, what: 'header' | 'body', octets: number): void {
  const { cut } = stateOf(context);
  if (cut.has(what)) return;
  cut.add(what);
  context.effects.push({ effect: 'tag', name: `${what}-cut`, value: String(octets) });
}
