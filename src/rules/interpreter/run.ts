// Runs one hook, or one main script, from its start to its verdict, its end, its first unanswered question or its fault. Synchronous,
// and the same for the same input: answers, variables and time all come in with it. Nothing is done to the world; what is
// to be done is in the result. Only the tagged values of context.ts end a run early; anything else thrown is a mistake of
// ours and goes through.

import type { HookName, MainScript, Program } from '../program.ts';
import type { Effect, HookInput, HookRun, Lookup, RuntimeFault, Variables, Verdict } from '../runtime.ts';
import { toOctetString } from '../sieve/text.ts';
import { verdictOutward } from './boundary.ts';
import { ADMIN_BUDGET, USER_BUDGET } from './budget.ts';
import type { Body, Ready } from './code.ts';
import { hookBodies, mainBody, readyFor } from './prepare.ts';
import type { SieveResult } from './result.ts';
import { enter, follow, newRun, type RunOptions } from './start.ts';
import { isLeave, placeOf, type Run } from './state.ts';

/** How one run of a main script came out. */
export type MainRun =
  | { readonly end: 'needs'; readonly lookup: Lookup }
  | {
      readonly end: 'failed';
      readonly fault: RuntimeFault;
      readonly effects: readonly Effect[];
      /** As far as it had come. */
      readonly result: SieveResult;
    }
  | {
      readonly end: 'done';
      readonly result: SieveResult;
      readonly effects: readonly Effect[];
      readonly variables: Variables;
      readonly steps: number;
    };

/** One thing to run at a hook: a hook of a file, or its main script. */
interface Part {
  readonly body: Body;
  readonly main: MainScript | null;
}

/** Runs the hooks of that name in load order until one decides; a main script is the `message` hook of its file. */
export function runHook(program: Program, input: HookInput, options: RunOptions = {}): HookRun {
  const run = newRun(readyFor(program), input, options.budget ?? ADMIN_BUDGET, options);
  try {
    for (const part of partsFor(run.ready, input.hook)) {
      runPart(run, part);
      const verdict = part.main === null ? null : sieveVerdict(run.result);
      if (verdict !== null) return done(run, verdictOutward(verdict), null);
    }
    return done(run, { verdict: 'undecided' }, null);
  } catch (thrown) {
    return hookEnd(run, thrown);
  }
}

/** Runs a main script by itself, as for a user: what it asked for is the result. */
export function runMain(program: Program, input: HookInput, options: RunOptions = {}): MainRun {
  const run = newRun(readyFor(program), input, options.budget ?? USER_BUDGET, options);
  const { main } = program;
  try {
    if (main !== null) runPart(run, { body: mainBody(run.ready, main), main });
  } catch (thrown) {
    if (!isLeave(thrown)) throw thrown;
    if (thrown.leave === 'needs') return { end: 'needs', lookup: thrown.lookup };
    if (thrown.leave === 'fault') {
      return { end: 'failed', fault: thrown.fault, effects: run.effects, result: run.result };
    }
  }
  const { result, effects, steps } = run;
  return { end: 'done', result, effects, variables: variablesOf(run), steps };
}

function partsFor(ready: Ready, hook: HookName): readonly Part[] {
  const parts: Part[] = hookBodies(ready, hook).map((body) => ({ body, main: null }));
  const { main } = ready.program;
  if (hook !== 'message' || main === null) return parts;
  const place = parts.findIndex(({ body }) => body.file > main.file);
  parts.splice(place < 0 ? parts.length : place, 0, { body: mainBody(ready, main), main });
  return parts;
}

/** To its end, `return` or `stop`: undecided, or with a result. */
function runPart(run: Run, { body, main }: Part): void {
  run.main = main !== null;
  // Variables of RFC 5229 belong to their file.
  run.sieve = { own: new Map(), shared: new Set() };
  run.captures = [];
  // `stop` leaves calls without coming back through them.
  run.depth = 0;
  enter(run, body, main === null ? run.input.arguments : []);
  try {
    follow(run, body);
  } catch (thrown) {
    if (!isLeave(thrown) || thrown.leave !== 'stop') throw thrown;
  }
}

/** A refusal decides, and so does discard when nothing is kept; everything else is left to who delivers. */
function sieveVerdict({ actions, implicitKeep }: SieveResult): Verdict | null {
  for (const action of actions) {
    if (action.action === 'reject') return { verdict: 'reject', text: action.reason };
  }
  const thrownAway = actions.length > 0 && actions.every(({ action }) => action === 'discard');
  return thrownAway && !implicitKeep ? { verdict: 'discard' } : null;
}

function hookEnd(run: Run, thrown: unknown): HookRun {
  if (!isLeave(thrown)) throw thrown;
  switch (thrown.leave) {
    case 'needs':
      return { end: 'needs', lookup: thrown.lookup };
    case 'fault':
      return { end: 'failed', fault: thrown.fault, effects: run.effects };
    case 'verdict': {
      const where = placeOf(run.program, run.file, thrown.at);
      const result = done(run, verdictOutward(thrown.verdict), where);
      return thrown.log === undefined ? result : { ...result, log: toOctetString(thrown.log) };
    }
    default:
      return done(run, { verdict: 'undecided' }, null);
  }
}

type Done = Extract<HookRun, { readonly end: 'done' }>;

function done(run: Run, verdict: Verdict, where: string | null): Done {
  const { effects, steps, result } = run;
  const asked = result.actions.length > 0 || !result.implicitKeep;
  return {
    end: 'done',
    verdict,
    where,
    effects,
    variables: variablesOf(run),
    steps,
    ...(asked && { result }),
  };
}

function variablesOf({ session, transaction }: Run): Variables {
  return { session: Object.fromEntries(session), transaction: Object.fromEntries(transaction) };
}
