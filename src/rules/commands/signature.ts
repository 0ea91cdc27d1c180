// The shape of a command or test: what may stand behind its name, which capability it belongs to, and at which hooks it may be
// used. One definition serves the checker, which enforces it, and the interpreter, which reads arguments by it (bind.ts).
// Follows RFC 5228 §2.6 (positional, tagged and optional arguments) and, for MFL, the tables of stages and verdicts.

import type { HookName } from '../program.ts';

/** `list` also takes a single string (RFC 5228 §2.4.2.1). */
export type ArgumentType = 'string' | 'number' | 'list';

/** What a literal in this place has to be; checked as far as it is written out. */
export type LiteralKind =
  | 'header-name'
  | 'address'
  | 'mailbox'
  | 'comparator'
  | 'relation'
  | 'variable-name'
  | 'variable-names'
  | 'date-part'
  | 'zone'
  | 'flags'
  | 'status-code'
  | 'reply-code'
  | 'log-level'
  | 'seconds'
  | 'delay'
  | 'envelope-part'
  | 'script-name'
  | 'importance'
  | 'tag-name';

export interface TagSignature {
  /** null: the tag stands alone. */
  readonly value: ArgumentType | null;
  /** Capability that brings the tag to a command of another; always there in MFL. */
  readonly needs?: string;
  /** At most one tag of a group. */
  readonly group?: string;
  /** Another tag that has to be present. */
  readonly with?: string;
  readonly literal?: LiteralKind;
  /** Unknown in a Sieve script. */
  readonly mfl?: true;
}

export interface PositionalSignature {
  readonly name: string;
  readonly type: ArgumentType;
  /** May be left out; those after it then move up. */
  readonly optional?: true;
  readonly literal?: LiteralKind;
  /** Capability that brings it to a command of another; always there in MFL. */
  readonly needs?: string;
  /** A tag that gives it another meaning, so that it is not judged as that literal. */
  readonly unless?: string;
}

export interface Signature {
  readonly name: string;
  readonly kind: 'action' | 'test' | 'control' | 'verdict';
  /** Capability a Sieve script has to require; null for the base language. */
  readonly capability: string | null;
  readonly tags: Readonly<Record<string, TagSignature>>;
  readonly positional: readonly PositionalSignature[];
  /** Groups of tags of which one has to be present. */
  readonly requiredGroups?: readonly string[];
  readonly tests: 'none' | 'one' | 'list';
  readonly block: boolean;
  /** Hooks at which MFL allows it; null for all of them. */
  readonly hooks: readonly HookName[] | null;
  /** Unknown in a Sieve script. */
  readonly mfl?: true;
  /** Tags may also follow positional arguments. */
  readonly looseTags?: true;
  /** Only at the top level of a script, as `test` of the test suites. */
  readonly topLevel?: true;
}

export type SignatureParts = Partial<Omit<Signature, 'kind' | 'name' | 'capability'>>;

/** What takes no argument, test or block and is allowed at every hook, but for what `parts` says. */
export function signature(
  kind: Signature['kind'],
  name: string,
  capability: string | null,
  parts: SignatureParts,
): Signature {
  return {
    name,
    kind,
    capability,
    tags: {},
    positional: [],
    tests: 'none',
    block: false,
    hooks: null,
    ...parts,
  };
}
