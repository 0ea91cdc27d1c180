// What every part of the interpreter gets to work with during one run of one hook or script. Made by run.ts; a run that has to
// look something up, fails or comes to its end early is left by throwing one of the tagged values below.

import type { ExprNode, StatementNode } from '../language/ast.ts';
import type { MainScript, Program } from '../program.ts';
import type { Effect, HookInput, Lookup, RuntimeFault, Value, Verdict } from '../runtime.ts';
import type { SieveResult } from './result.ts';

/** Bounds of one run (specification section 13). */
export interface Budget {
  readonly steps: number;
  readonly milliseconds: number;
  readonly lookups: number;
  readonly callDepth: number;
  readonly stringOctets: number;
  readonly stringTooLong: 'error' | 'truncate';
  readonly listItems: number;
  readonly variables: number;
  readonly regexPattern: number;
  /** Program size × input length, of one match and of the whole run. */
  readonly regexPerMatch: number;
  readonly regexTotal: number;
  readonly actions: number;
  readonly redirects: number;
  readonly headerOctets: number;
  readonly bodyOctets: number;
}

/** Thrown to leave a run: tagged plain data. */
export type Leave =
  | { readonly leave: 'needs'; readonly lookup: Lookup }
  | { readonly leave: 'fault'; readonly fault: RuntimeFault }
  | { readonly leave: 'verdict'; readonly verdict: Verdict; readonly at: number; readonly log?: string }
  /** `stop`, the end of a main script. */
  | { readonly leave: 'stop' }
  | { readonly leave: 'return'; readonly value: Value | null }
  | { readonly leave: 'break' };

export interface Context {
  readonly program: Program;
  readonly input: HookInput;
  readonly budget: Budget;
  /** Index of the file being executed, for messages. */
  file: number;
  /** What the last match captured: ${0}, ${1} … */
  captures: readonly string[];
  /** Paid for regular expressions so far, in the units of the budget. */
  regexSpent: number;
  /** Actions of a Sieve main script, collected; conflicts are errors. */
  readonly result: SieveResult;
  readonly effects: Effect[];
  /** An expression's value; strings are interpolated where the file says so. Throws Leave. */
  evaluate(node: ExprNode): Value;
  /** Runs the block of a command: `foreverypart`, `test`. Leaves by `break` and `return` are thrown. */
  execute(block: readonly StatementNode[]): void;
  /** Runs another script within this run (`include`), with variables of its own, to its end or `return`. */
  executeScript(script: MainScript): void;
  /** Makes a variable of the script one that all scripts share (`global`). */
  shareVariable(name: string): void;
  /** A Sieve variable (RFC 5229), by lower-case name, namespaces included; '' when unset. */
  variable(name: string): string;
  setVariable(name: string, value: string): void;
  /** Text with its ${…} filled in, as `evaluate` does for a string node. */
  interpolate(text: string): string;
  /** The answer to a lookup; leaves the run when it is not known yet. */
  ask(lookup: Lookup, at: number): Value;
  /** Takes steps (and the octets of long copies) out of the budget. */
  charge(steps: number): void;
  /** A value at this node had a line end that became a space: a line in the log. */
  warnOfLineEnd(at: number): void;
  /** Leaves the run with a run-time error at this node. */
  fail(at: number, code: string, message: string): never;
}
