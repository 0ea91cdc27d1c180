// What one run keeps while it goes: the Context that Sieve commands see, and behind it the frame of locals, variables, steps and
// questions asked so far. A run is made for one hook, used once and thrown away; nothing of it outlives a fault or a question.
// Leaves by throwing tagged data (context.ts) and nothing else.

import type { CommandNode, TestNode } from '../language/ast.ts';
import type { Program } from '../program.ts';
import type { RuntimeFault, Value } from '../runtime.ts';
import { OCTETS_PER_STEP, STEPS_PER_LOOK_AT_CLOCK, UNCUT_OCTETS } from './budget.ts';
import type { Ready } from './code.ts';
import type { Context, Leave } from './context.ts';
import type { SieveResult } from './result.ts';
import type { Scope } from './scope.ts';
import { valueText } from './text-value.ts';

export type TestHandler = (node: TestNode, context: Context) => boolean;
export type ActionHandler = (node: CommandNode, context: Context) => void;

/** Commands and tests that one caller adds, as the test suites do. */
export interface Extra {
  readonly tests: ReadonlyMap<string, TestHandler>;
  readonly actions: ReadonlyMap<string, ActionHandler>;
  /** What the run's own actions are added to; a new result unless given. */
  readonly result?: SieveResult;
}

/** Wall time as the run sees it: `clock` in milliseconds, and when it is too late. */
export interface Deadline {
  readonly clock: () => number;
  readonly until: number;
}

export interface SieveVariables {
  readonly own: Map<string, string>;
  /** Names that mean the shared variable. */
  readonly shared: Set<string>;
}

export interface Run extends Context {
  readonly ready: Ready;
  readonly extra: Extra | null;
  /** A main script: verdicts with a Sieve meaning are collected, not final. */
  main: boolean;
  /** Offset of the statement being executed, for faults that have no place of their own. */
  at: number;
  steps: number;
  /** Steps at which to stop and think: the budget's end, or the next look at the clock. */
  checkpoint: number;
  readonly deadline: Deadline | null;
  frame: Value[];
  depth: number;
  /** Names in sight of the Sieve command being executed. */
  scope: Scope | null;
  /** What `return` gave back. */
  returned: Value | null;
  readonly constants: Map<string, Value>;
  readonly session: Map<string, Value>;
  readonly transaction: Map<string, Value>;
  /** Variables of RFC 5229, by lower-case name: those of the script, and those it shares with others. */
  sieve: SieveVariables;
  readonly shared: Map<string, string>;
  /** Properties as this run has read or assigned them: what a session knows stands still during a hook. */
  readonly facts: Map<string, Value>;
  readonly tags: Map<string, string>;
  /** Keys of the lookups this run has needed. */
  readonly asked: Set<string>;
  /** How often each question that is asked anew every time was asked. */
  readonly asks: Map<string, number>;
  lookupFailed: boolean;
  /** Places whose values had to be changed, which the log knows of. */
  readonly warned: Set<string>;
  /** Seconds of delay asked for. */
  delay: number;
}

/** "policy.mfl:12", and with the column "policy.mfl:12:5". */
export function placeOf(program: Program, file: number, at: number, column = false): string {
  const source = program.files[file];
  if (source === undefined) return 'rules';
  const line = lineOf(source.lines, at);
  const start = source.lines[line] ?? 0;
  return `${source.name}:${line + 1}${column ? `:${at - start + 1}` : ''}`;
}

// Index of the last line that starts at or before the offset.
function lineOf(lines: readonly number[], at: number): number {
  let low = 0;
  let high = lines.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((lines[middle] ?? 0) <= at) low = middle;
    else high = middle - 1;
  }
  return low;
}

/** Leaves the run with a run-time error at this place of the file being executed. */
export function fault(run: Run, at: number, code: string, message: string): never {
  const where = placeOf(run.program, run.file, at, true);
  const found: RuntimeFault = { fault: 'rule', where, code, message };
  throw { leave: 'fault', fault: found } satisfies Leave;
}

export function isLeave(thrown: unknown): thrown is Leave {
  return typeof thrown === 'object' && thrown !== null && 'leave' in thrown;
}

/** One node executed. */
export function step(run: Run): void {
  if (++run.steps > run.checkpoint) think(run);
}

/** Several steps at once. */
export function charge(run: Run, steps: number): void {
  run.steps += steps;
  if (run.steps > run.checkpoint) think(run);
}

export function chargeOctets(run: Run, octets: number): void {
  if (octets >= OCTETS_PER_STEP) charge(run, Math.floor(octets / OCTETS_PER_STEP));
}

/** Whoever looks at a value may look at all of it. */
export function chargeReading(run: Run, value: Value): void {
  if (typeof value === 'string') {
    if (value.length >= OCTETS_PER_STEP) chargeOctets(run, value.length);
  } else if (typeof value === 'object') charge(run, value.length);
}

function think(run: Run): void {
  if (run.steps > run.budget.steps) fault(run, run.at, 'MFL-RUN-STEPS', 'the rule takes too many steps');
  checkTime(run, run.at);
  run.checkpoint = nextCheckpoint(run);
}

export function nextCheckpoint(run: Pick<Run, 'steps' | 'budget' | 'deadline'>): number {
  if (run.deadline === null) return run.budget.steps;
  return Math.min(run.budget.steps, run.steps + STEPS_PER_LOOK_AT_CLOCK);
}

export function checkTime(run: Run, at: number): void {
  if (run.deadline !== null && run.deadline.clock() > run.deadline.until) {
    fault(run, at, 'MFL-RUN-TIME', 'the rule takes too long');
  }
}

/** A string made by the run: paid for, and within its bound. */
export function bounded(run: Run, text: string, at: number): string {
  chargeOctets(run, text.length);
  return text.length <= run.budget.stringOctets ? text : tooLong(run, text, at);
}

/** Fails before a string of so many octets is made, where it would have to be an error. */
export function expectOctets(run: Run, octets: number, at: number): void {
  const { stringOctets, stringTooLong } = run.budget;
  if (octets > stringOctets && stringTooLong === 'error') stringFault(run, at, stringOctets);
  chargeOctets(run, octets);
}

function tooLong(run: Run, text: string, at: number): string {
  if (run.budget.stringTooLong === 'error') stringFault(run, at, run.budget.stringOctets);
  const cut = run.budget.stringOctets;
  return text.slice(0, (text.charCodeAt(cut) & 0xfc00) === 0xdc00 && isHigh(text, cut - 1) ? cut - 1 : cut);
}

function isHigh(text: string, at: number): boolean {
  return (text.charCodeAt(at) & 0xfc00) === 0xd800;
}

function stringFault(run: Run, at: number, most: number): never {
  return fault(run, at, 'MFL-RUN-STRING', `string longer than ${most} octets`);
}

/** Fails before a text of so many octets is put together. It is handed on, so nothing of it is cut. */
export function expectUncut(run: Run, octets: number, at: number): void {
  const { stringOctets, stringTooLong } = run.budget;
  const most = stringTooLong === 'error' ? stringOctets : Math.max(stringOctets, UNCUT_OCTETS);
  if (octets > most) stringFault(run, at, most);
}

/** Any value as text, never longer than a string may be. */
export function boundedText(run: Run, value: Value, at: number): string {
  if (typeof value !== 'object') return valueText(value);
  expectOctets(run, octetsOf(value), at);
  return bounded(run, valueText(value), at);
}

/** The same for a part of a text that is handed on. */
export function uncutText(run: Run, value: Value, at: number): string {
  if (typeof value === 'object') {
    const octets = octetsOf(value);
    expectUncut(run, octets, at);
    chargeOctets(run, octets);
  }
  return valueText(value);
}

function octetsOf(list: readonly string[]): number {
  let octets = 2 * Math.max(0, list.length - 1);
  for (const item of list) octets += item.length;
  return octets;
}

/** A list made by the run: paid for by the item, and within its bound. */
export function boundedList(run: Run, list: readonly string[], at: number): readonly string[] {
  charge(run, list.length);
  if (list.length > run.budget.listItems) {
    fault(run, at, 'MFL-RUN-LIST', `list longer than ${run.budget.listItems} items`);
  }
  return list;
}
