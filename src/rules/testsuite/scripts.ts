// Scripts a test file compiles and runs, and the result they leave. A script found wrong says why in
// `suite.errors`, and so does one that fails while it runs. Edits a script has made to the header are seen
// by whatever comes after it, until the result is reset. Scripts are looked for beside the test file.

import { readProgram, writeProgram } from '../check/index.ts';
import type { Context, Leave } from '../interpreter/context.ts';
import type { SieveResult } from '../interpreter/result.ts';
import type { Program } from '../program.ts';
import { currentFields } from '../sieve/index.ts';
import { executeResult } from './execute.ts';
import { withHeader } from './message.ts';
import { fail, isFailure, type RunUnderTest, type Suite } from './suite.ts';

export function compileScript(suite: Suite, name: string): boolean {
  const program = compiled(suite, name);
  if (program === null) return false;
  suite.script = program;
  return true;
}

/** Runs the script compiled last; its actions go behind those of the result at hand. */
export function runScript(suite: Suite, context: Context, run: RunUnderTest): boolean {
  if (suite.script === null) fail('test_script_run: no script has been compiled');
  suite.errors = [];
  return runProgram(suite, run, suite.script, context.result);
}

/** One after the other for as long as the message is kept; what is left of the keep is carried out last. */
export function runScripts(
  suite: Suite,
  run: RunUnderTest,
  names: readonly string[],
  context: Context,
): boolean {
  resetResult(suite, context.result);
  let keeps = true;
  let { flags } = context.result;
  let good = true;
  for (const name of names) {
    const program = compiled(suite, name);
    if (program === null) return false;
    const result: SieveResult = { actions: [], implicitKeep: true, flags };
    good = runProgram(suite, run, program, result) && good;
    const keep = result.actions.findLast(({ action }) => action === 'keep');
    keeps = keep !== undefined || result.implicitKeep;
    flags = keep?.action === 'keep' ? (keep.flags ?? result.flags) : result.flags;
    const others = result.actions.filter(({ action }) => action !== 'keep');
    suite.kept = false;
    good = executeResult(suite, { actions: others, implicitKeep: false, flags }) && good;
    if (!keeps) break;
  }
  return executeResult(suite, { actions: [], implicitKeep: keeps, flags }) && good;
}

export function resetResult(suite: Suite, result: SieveResult): void {
  result.actions.length = 0;
  result.implicitKeep = true;
  result.flags = suite.flags;
  suite.executed = new WeakSet();
  suite.kept = false;
  suite.message = withHeader(suite.message);
}

export function saveBinary(suite: Suite, name: string): void {
  if (suite.script === null) fail('test_binary_save: no script has been compiled');
  suite.binaries.set(name, writeProgram(suite.script));
}

export function loadBinary(suite: Suite, name: string): void {
  const text = suite.binaries.get(name);
  const program = text === undefined ? null : readProgram(text);
  if (program === null) fail(`test_binary_load: there is no '${name}'`);
  suite.script = program;
}

function compiled(suite: Suite, name: string): Program | null {
  const { directory, compile } = suite.surroundings;
  const found = compile(`${directory}/${name}`);
  suite.errors =
    found === null
      ? [`there is no script '${name}'`]
      : found.problems.filter(({ severity }) => severity === 'error').map(({ message }) => message);
  return found?.program ?? null;
}

function runProgram(
  suite: Suite,
  runUnderTest: RunUnderTest,
  program: Program,
  result: SieveResult,
): boolean {
  suite.message = withHeader(suite.message, currentFields(suite.message.view));
  try {
    const run = runUnderTest(suite, program, result);
    if (run.end === 'needs') throw { leave: 'needs', lookup: run.lookup } satisfies Leave;
    if (run.end === 'failed') suite.errors.push(run.fault.message);
    return run.end === 'done';
  } catch (thrown) {
    if (!isFailure(thrown)) throw thrown;
    suite.errors.push(thrown.failed);
    return false;
  } finally {
    suite.message = withHeader(suite.message, currentFields(suite.message.view));
  }
}
