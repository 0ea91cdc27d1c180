// Calls of the program's own functions: arguments by value, a new frame for each call, recursion to a limit. The caller's place,
// frame and names are put back when the call returns; when it is left by a fault nobody needs them,
// and after `stop` the next part starts with its own.

import type { Value } from '../runtime.ts';
import { type Code, RETURN, type UserFunction } from './code.ts';
import { fault, type Run, step } from './state.ts';

/** What the function returned; null when it returns nothing. */
export function callFunction(run: Run, user: UserFunction, codes: readonly Code[], at: number): Value | null {
  step(run);
  const body = user();
  const frame = codes.map((code) => code(run));
  if (run.depth >= run.budget.callDepth) {
    fault(run, at, 'MFL-RUN-DEPTH', `calls nested deeper than ${run.budget.callDepth}`);
  }
  const { file, at: statement, frame: outer, scope } = run;
  run.file = body.file;
  run.frame = frame;
  run.depth++;
  const signal = body.deed(run);
  const value = signal === RETURN ? run.returned : null;
  run.file = file;
  run.at = statement;
  run.frame = outer;
  run.scope = scope;
  run.depth--;
  run.returned = null;
  return value;
}
