// Drives runs to their end: finds the answer to what a run needs and runs it again from its start, with variables as they were.
// Answers are kept for this hook only; who answers may remember more. Time is taken from one clock, and an answer that
// comes too late is an error of the rule. What cannot be answered is an answer that failed, never an exception.

import type { Program } from '../program.ts';
import type { Answer, HookInput, HookRun, Lookup } from '../runtime.ts';
import { ENGINE_LOOKUP, installRegex } from '../sieve/engine.ts';
import { ADMIN_BUDGET, USER_BUDGET } from './budget.ts';
import type { Budget } from './context.ts';
import { type MainRun, runHook, runMain } from './run.ts';
import { installedSieve, installSieve, SIEVE_LOOKUP } from './sieve-part.ts';
import type { RunOptions } from './start.ts';
import type { Deadline, Extra } from './state.ts';

/** @param milliseconds how long the rule has left; an answerer that may hang has to give up by then */
export type AnswerLookup = (lookup: Lookup, milliseconds: number) => Promise<Answer>;

export interface DriveOptions {
  readonly budget?: Budget;
  /** Milliseconds from any start. */
  readonly clock?: () => number;
  readonly extra?: Extra;
}

type Input = Omit<HookInput, 'known'>;

export function driveHook(
  program: Program,
  input: Input,
  answer: AnswerLookup,
  options: DriveOptions = {},
): Promise<HookRun> {
  const settings = settingsFrom(options, ADMIN_BUDGET);
  return drive((known) => runHook(program, { ...input, known }, settings), answer, settings.deadline);
}

/** As driveHook, for a main script and its result. */
export function driveMain(
  program: Program,
  input: Input,
  answer: AnswerLookup,
  options: DriveOptions = {},
): Promise<MainRun> {
  const settings = settingsFrom(options, USER_BUDGET);
  return drive((known) => runMain(program, { ...input, known }, settings), answer, settings.deadline);
}

function settingsFrom({ clock = Date.now, budget, extra }: DriveOptions, otherwise: Budget) {
  const chosen = budget ?? otherwise;
  const deadline: Deadline = { clock, until: clock() + chosen.milliseconds };
  return { budget: chosen, deadline, ...(extra && { extra }) } satisfies RunOptions;
}

/** Brings the engine for regular expressions, which is too large to load for rules that never use it. */
export async function loadRegexEngine(): Promise<void> {
  const { compileRegex } = await import('../sieve/regex.ts');
  installRegex(compileRegex);
  installedSieve()?.installRegex(compileRegex);
}

/** Brings Sieve's commands, which most rules about the envelope never use. */
async function loadSieve(): Promise<void> {
  const { SIEVE_PART } = await import('./sieve-commands.ts');
  installSieve(SIEVE_PART);
}

/** Ends because every round answers one more question, and a run's questions are bounded. */
async function drive<R extends HookRun | MainRun>(
  run: (known: ReadonlyMap<string, Answer>) => R,
  answer: AnswerLookup,
  { clock, until }: Deadline,
): Promise<R> {
  const known = new Map<string, Answer>();
  for (;;) {
    const ran = run(known);
    if (ran.end !== 'needs') return ran;
    if (ran.lookup.key === ENGINE_LOOKUP.key) await loadRegexEngine();
    else if (ran.lookup.key === SIEVE_LOOKUP.key) await loadSieve();
    else known.set(ran.lookup.key, await answered(answer, ran.lookup, Math.max(0, until - clock())));
  }
}

async function answered(answer: AnswerLookup, lookup: Lookup, milliseconds: number): Promise<Answer> {
  try {
    return await answer(lookup, milliseconds);
  } catch (thrown) {
    const reason =
      typeof thrown === 'object' && thrown !== null && 'message' in thrown ? thrown.message : thrown;
    return { ok: false, reason: String(reason) };
  }
}
