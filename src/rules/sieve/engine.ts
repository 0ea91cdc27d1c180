// The place of the regular-expression engine (regex.ts), which is larger than all the rest and stays behind its own door until a rule
// matches with one. A run that needs it and does not have it is left with a question of its own, ENGINE_LOOKUP; the driver
// brings the engine and runs again. No step is charged for that, so that a run costs the same with and without.

import type { Leave } from '../interpreter/context.ts';
import type { Lookup } from '../runtime.ts';

export interface Regex {
  /** Instructions of the compiled program. */
  readonly size: number;
  /** The whole match and its groups ('' for a group that took no part), or null. */
  run(text: string): readonly string[] | null;
}

export type CompiledRegex =
  | { readonly ok: true; readonly regex: Regex }
  | { readonly ok: false; readonly problem: string };

/** A compiled pattern, or what is wrong with it. */
export type CompileRegex = (pattern: string, insensitive: boolean) => CompiledRegex;

export const ENGINE_LOOKUP: Lookup = {
  key: 'regex engine',
  group: 'authorisation',
  question: { kind: 'function', name: 'regex_engine', arguments: [] },
};

let engine: CompileRegex | null = null;

export function installRegex(compile: CompileRegex): void {
  engine = compile;
}

/** The engine; leaves the run when it is not there yet. */
export function regexEngine(): CompileRegex {
  if (engine === null) throw { leave: 'needs', lookup: ENGINE_LOOKUP } satisfies Leave;
  return engine;
}
