// The place of what most rules about an envelope never need, and what is larger than all the rest: Sieve's own tests and actions, and
// the functions on a header (sieve-commands.ts). It stays behind a door until a rule reaches one of them. A run that needs it
// and does not have it is left with a question of its own, SIEVE_LOOKUP; the driver brings the part and runs again. No step is
// charged for that, so that a run costs the same with and without.

import type { Lookup } from '../runtime.ts';
import type { CompileRegex } from '../sieve/engine.ts';
import type { Leave } from './context.ts';
import type { Builtin } from './functions/builtin.ts';
import type { ActionHandler, TestHandler } from './state.ts';

export interface SievePart {
  readonly tests: ReadonlyMap<string, TestHandler>;
  readonly actions: ReadonlyMap<string, ActionHandler>;
  readonly functions: ReadonlyMap<string, Builtin>;
  /** As a file of its own the part has a place of its own for the engine. */
  installRegex(compile: CompileRegex): void;
}

export const SIEVE_LOOKUP: Lookup = {
  key: 'sieve commands',
  group: 'authorisation',
  question: { kind: 'function', name: 'sieve_commands', arguments: [] },
};

let part: SievePart | null = null;

export function installSieve(brought: SievePart): void {
  part = brought;
}

export const installedSieve = (): SievePart | null => part;

/** The part; leaves the run when it is not there yet. */
export function sievePart(): SievePart {
  if (part === null) throw { leave: 'needs', lookup: SIEVE_LOOKUP } satisfies Leave;
  return part;
}
