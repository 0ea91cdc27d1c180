// One run of the interpreter for a test: a test file with its own commands, or a script under test with the
// limits of a user's script, which settings may change. Both see the same world and add to a result that is
// handed in. Synchronous; what is not known yet ends the run.

import {
  type Budget,
  type Deadline,
  type Extra,
  runMain,
  type SieveResult,
  USER_BUDGET,
} from '../interpreter/index.ts';
import type { Program } from '../program.ts';
import type { Lookup } from '../runtime.ts';
import { suiteCommands } from './commands.ts';
import { smtpCommands, smtpTests } from './smtp-commands.ts';
import { isFailure, type ScriptRun, type Suite } from './suite.ts';
import { suiteTests } from './tests.ts';
import { inputOf, storeTests } from './world.ts';

export type Attempt =
  | { readonly end: 'needs'; readonly lookup: Lookup }
  | { readonly end: 'failed'; readonly reason: string }
  | { readonly end: 'done' };

/** Runs a test file from its start. */
export function attempt(suite: Suite, program: Program): Attempt {
  const result: SieveResult = { actions: [], implicitKeep: true, flags: [] };
  try {
    const run = runMain(program, inputOf(suite), {
      budget: fileBudget(suite),
      extra: extraFor(suite, result),
    });
    return run.end === 'failed' ? { end: 'failed', reason: `${run.fault.where}: ${run.fault.message}` } : run;
  } catch (thrown) {
    if (!isFailure(thrown)) throw thrown;
    return { end: 'failed', reason: thrown.failed };
  }
}

/** Runs a script on the message under test; its actions go behind those of `result`. */
export function runUnderTest(suite: Suite, program: Program, result: SieveResult): ScriptRun {
  const budget = scriptBudget(suite);
  return runMain(program, inputOf(suite), {
    budget,
    deadline: deadlineFor(budget),
    extra: extraFor(suite, result),
  });
}

function extraFor(suite: Suite, result: SieveResult): Extra {
  return {
    tests: new Map([...suiteTests(suite, runUnderTest), ...smtpTests(suite), ...storeTests(suite)]),
    actions: new Map([...suiteCommands(suite), ...smtpCommands(suite)]),
    result,
  };
}

/** Messages of tests are strings of the test file. */
const FILE_STRING_OCTETS = 1024 * 1024;

/** A test file itself may be as long as it likes. */
function fileBudget(suite: Suite): Budget {
  return {
    ...scriptBudget(suite),
    steps: 100_000_000,
    stringOctets: FILE_STRING_OCTETS,
    lookups: Number.POSITIVE_INFINITY,
    regexTotal: Number.POSITIVE_INFINITY,
    actions: Number.POSITIVE_INFINITY,
    redirects: Number.POSITIVE_INFINITY,
  };
}

function deadlineFor({ milliseconds }: Budget): Deadline {
  return { clock: Date.now, until: Date.now() + milliseconds };
}

/** What a user's script may do, as far as the test has not set it otherwise. */
function scriptBudget({ settings, surroundings }: Suite): Budget {
  const bound = (name: string, usual: number): number => sizeOf(settings.get(name)) ?? usual;
  return {
    ...USER_BUDGET,
    steps: surroundings.compat ? 5_000_000 : USER_BUDGET.steps,
    milliseconds:
      bound('sieve_max_cpu_time', USER_BUDGET.milliseconds / 1000) * 1000 || Number.POSITIVE_INFINITY,
    actions: bound('sieve_max_actions', USER_BUDGET.actions) || Number.POSITIVE_INFINITY,
    redirects: bound('sieve_max_redirects', USER_BUDGET.redirects),
    stringOctets: bound(
      'sieve_variables_max_value_size',
      bound('sieve_variables_max_variable_size', USER_BUDGET.stringOctets),
    ),
  };
}

const UNITS: Readonly<Record<string, number>> = { '': 1, b: 1, k: 1024, m: 1024 * 1024 };

/** "4k", "4096"; null when it is neither. */
function sizeOf(text: string | undefined): number | null {
  const [, digits, unit = ''] = /^\s*([0-9]+)\s*([bkm]?)/i.exec(text ?? '') ?? [];
  return digits === undefined ? null : Number(digits) * (UNITS[unit.toLowerCase()] ?? 1);
}
