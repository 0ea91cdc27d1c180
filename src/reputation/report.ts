// Feedback from rules and the reputation it comes to, both in the store of states. A store that cannot be used is a failed answer.

import type { Answer, Effect } from '../rules/runtime.ts';
import { VALUE_OCTETS } from './cell.ts';
import { reported, score } from './score.ts';
import type { State } from './state.ts';

export type Report = Omit<Extract<Effect, { effect: 'report' }>, 'effect'>;

const TOPIC = 'reputation';

/** The key's reputation after it. */
export function report(state: State, { kind, key, weight, note }: Report): Answer {
  if (!Number.isFinite(weight)) return { ok: false, reason: `report: ${weight} is no weight` };
  return state.ask(TOPIC, key, reported(weight, `${kind}: ${note}`.slice(0, VALUE_OCTETS)));
}

/** 0 for a key nobody has reported, less for a bad one. */
export function reputation(state: State, key: string): Answer {
  return state.ask(TOPIC, key, score);
}
