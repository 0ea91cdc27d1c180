// What a run reports to the world: its effects, in octets, and warnings about values it had to change.
// They are paid for by their length, so that a loop cannot write a log without end.

import type { Effect } from '../runtime.ts';
import { effectOutward } from './boundary.ts';
import { chargeOctets, placeOf, type Run } from './state.ts';
import { oneLine } from './text-value.ts';

export function emit(run: Run, effect: Effect): void {
  for (const value of Object.values(effect)) if (typeof value === 'string') chargeOctets(run, value.length);
  run.effects.push(effectOutward(effect));
}

export function emitLog(run: Run, at: number, level: string, text: string): void {
  emit(run, { effect: 'log', level, text, where: placeOf(run.program, run.file, at) });
}

/** The text on one line; a line end it had is warned of. */
export function noLineEnd(run: Run, text: string, at: number): string {
  const line = oneLine(text);
  if (line !== text) warnOfLineEnd(run, at);
  return line;
}

/** Told once of each place, however often a loop comes by. */
export function warnOfLineEnd(run: Run, at: number): void {
  const where = placeOf(run.program, run.file, at);
  if (run.warned.has(where)) return;
  run.warned.add(where);
  emitLog(run, at, 'warning', 'a line end in a value was made a space');
}
