// A client that says nothing: how long we wait for it, and what it hears when the time is up, or ours is.

import { type SessionState, type Spoken, wording } from './state.ts';
import type { Silence } from './wire.ts';

/** `seconds`, or what is left of the session's time if that is less. */
export function patience(session: SessionState, seconds: number): number {
  return Math.max(0, Math.min(seconds, secondsLeft(session)));
}

export function silenceAnswer(session: SessionState, { silence }: Silence): Spoken {
  if (silence === 'client-left') return { reply: null, end: 'client-left' };
  if (silence === 'closing') return { reply: wording(session, 'closing'), rule: 'closing', end: 'closing' };
  const name = secondsLeft(session) <= 0 ? 'sessionTooLong' : 'timeout';
  return { reply: wording(session, name), rule: name, end: 'timeout' };
}

function secondsLeft({ config, started, services }: SessionState): number {
  return config.limits.session - (services.clock() - started) / 1000;
}
