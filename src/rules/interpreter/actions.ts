// The actions of MFL that go on afterwards (docs/mfl.md, section 9): each adds an effect to the run, which the session performs when
// the hook has come to its end. Edits of the header are Sieve's own (RFC 5293) and stand there.

import type { Effect } from '../runtime.ts';
import { type Arguments, type Perform, positionalText, tagNumber, tagText } from './arguments.ts';
import { LONGEST_DELAY } from './budget.ts';
import { emit, emitLog } from './emit.ts';
import { expectAddress, readProperty, setRcpt, setSender } from './properties.ts';
import { fault, type Run } from './state.ts';
import { valueText } from './text-value.ts';

const envelope =
  (how: 'add' | 'remove'): Perform =>
  (run, given) => {
    const address = required(run, given, 0);
    expectAddress(run, address);
    emit(run, { effect: 'rcpt', how, address });
  };

export const ACTIONS: ReadonlyMap<string, Perform> = new Map<string, Perform>([
  ['delay', delay],
  ['log', log],
  ['tag', tag],
  ['report', report],
  ['set_sender', (run, given) => setSender(run, required(run, given, 0))],
  ['set_rcpt', (run, given) => setRcpt(run, required(run, given, 0))],
  ['add_rcpt', envelope('add')],
  ['remove_rcpt', envelope('remove')],
]);

function required(run: Run, given: Arguments, index: number): string {
  return positionalText(run, given, index) ?? '';
}

/** Waits add up, to the longest that one hook may ask for. */
function delay(run: Run, given: Arguments): void {
  const asked = given.positional[0]?.code(run) as number;
  if (!(asked >= 0)) fault(run, given.at, 'MFL-RUN-VALUE', `delay of ${asked} seconds`);
  const seconds = Math.min(asked, LONGEST_DELAY - run.delay);
  if (seconds <= 0) return;
  run.delay += seconds;
  emit(run, { effect: 'delay', seconds });
}

function log(run: Run, given: Arguments): void {
  emitLog(run, given.at, tagText(run, given, 'level') ?? 'info', required(run, given, 0));
}

function tag(run: Run, given: Arguments): void {
  const name = required(run, given, 0);
  const value = positionalText(run, given, 1) ?? '';
  run.tags.set(name, value);
  emit(run, { effect: 'tag', name, value });
}

function report(run: Run, given: Arguments): void {
  const effect: Effect = {
    effect: 'report',
    kind: required(run, given, 0),
    key: tagText(run, given, 'key') ?? valueText(readProperty(run, 'client.ip', given.at)),
    weight: tagNumber(run, given, 'weight') ?? 1,
    note: positionalText(run, given, 1) ?? '',
  };
  emit(run, effect);
}
