// Questions to the world. A run that needs an answer nobody has found yet is left, and starts again once it is known; the count of
// different questions is bounded. A failed question is an error where it decides who may do what, and an empty value where
// it only speaks of somebody's reputation (docs/mfl.md, sections 6.4 and 10.2).

import type { Answer, Lookup, Value } from '../runtime.ts';
import { inward, lookupOutward } from './boundary.ts';
import type { Leave } from './context.ts';
import { checkTime, fault, type Run } from './state.ts';

/** The code of the one fault that `try()` catches. */
export const LOOKUP_FAULT = 'MFL-RUN-LOOKUP';

/** @param empty what a failed question of reputation comes to; also fixes the answer's type */
export function askFor(run: Run, lookup: Lookup, empty: Value, at: number): Value {
  const answer = answerTo(run, lookup, at);
  if (!answer.ok) return failed(run, lookup, answer.reason, empty, at);
  if (kindOf(answer.value) === kindOf(empty)) return inward(answer.value);
  return fault(run, at, 'MFL-RUN-ANSWER', `${subjectOf(lookup)}: answer of another type`);
}

/** As askFor, for a caller that takes an answer of any type and turns octets into text by itself. */
export function ask(run: Run, lookup: Lookup, at: number): Value {
  const answer = answerTo(run, lookup, at);
  return answer.ok ? answer.value : failed(run, lookup, answer.reason, '', at);
}

/** A question that is put anew every time it is asked, because asking changes the answer. */
export function askAnew(run: Run, lookup: Lookup, empty: Value, at: number): Value {
  const times = (run.asks.get(lookup.key) ?? 0) + 1;
  run.asks.set(lookup.key, times);
  return askFor(run, { ...lookup, key: `${lookup.key} #${times}` }, empty, at);
}

function answerTo(run: Run, asked: Lookup, at: number): Answer {
  const lookup = lookupOutward(asked);
  run.charge(1);
  checkTime(run, at);
  run.asked.add(lookup.key);
  if (run.asked.size > run.budget.lookups) {
    fault(run, at, 'MFL-RUN-LOOKUPS', `more than ${run.budget.lookups} lookups`);
  }
  const answer = run.input.known.get(lookup.key);
  if (answer === undefined) throw { leave: 'needs', lookup } satisfies Leave;
  return answer;
}

function failed(run: Run, lookup: Lookup, reason: string, empty: Value, at: number): Value {
  if (lookup.group === 'authorisation' || strict(run, lookup)) {
    fault(run, at, LOOKUP_FAULT, `${subjectOf(lookup)}: ${reason}`);
  }
  run.lookupFailed = true;
  return empty;
}

/** `control.on_lookup_error.dnsbl = "error"` makes a failing list an error. */
function strict(run: Run, { question }: Lookup): boolean {
  const name = `control.on_lookup_error.${kindOfQuestion(question)}`;
  return (run.facts.get(name) ?? run.input.properties(name)) === 'error';
}

const STATES: Readonly<Record<string, string>> = {
  rate: 'rate',
  ratelimit: 'rate',
  reputation: 'reputation',
  alive: 'alive',
};
const OBJECTS: Readonly<Record<string, string>> = { spam: 'spam', virus: 'virus' };
const PROPERTIES: Readonly<Record<string, string>> = { 'client.reputation': 'reputation' };

/** The kinds an administrator tells apart. */
function kindOfQuestion(question: Lookup['question']): string {
  if (question.kind === 'resolves') return 'dns';
  if (question.kind === 'function') return STATES[question.name] ?? 'store';
  if (question.kind !== 'property') return question.kind;
  return PROPERTIES[question.name] ?? OBJECTS[question.name.split('.')[0] ?? ''] ?? 'rdns';
}

function subjectOf({ question }: Lookup): string {
  switch (question.kind) {
    case 'dns':
      return `${question.type} ${question.name}`;
    case 'dnsbl':
      return `dnsbl ${question.zone}`;
    case 'resolves':
      return `resolves ${question.domain}`;
    case 'map':
      return `map ${question.uri}`;
    case 'body':
      return 'body';
    case 'property':
    case 'function':
      return question.name;
  }
}

function kindOf(value: Value): string {
  return Array.isArray(value) ? 'list' : typeof value;
}
