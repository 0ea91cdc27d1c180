// Arguments of the verdicts and actions of MFL, ready to be evaluated: each once, when it is asked for. Text that goes into a reply,
// a header or an address comes out without line ends, unless a literal was laid out in lines.

import type { Code } from './code.ts';
import { noLineEnd } from './emit.ts';
import type { Run } from './state.ts';

export interface Argument {
  /** Written out as a string, whose filled-in parts are clean already. */
  readonly literal: boolean;
  readonly code: Code;
}

export interface Arguments {
  readonly at: number;
  /** null: the tag stands alone. */
  readonly tags: ReadonlyMap<string, Argument | null>;
  readonly positional: readonly Argument[];
}

export type Perform = (run: Run, given: Arguments) => void;

export function tagText(run: Run, given: Arguments, name: string): string | undefined {
  return textOf(run, given, given.tags.get(name));
}

export function tagNumber(run: Run, given: Arguments, name: string): number | undefined {
  const argument = given.tags.get(name);
  return argument ? (argument.code(run) as number) : undefined;
}

export function positionalText(run: Run, given: Arguments, index: number): string | undefined {
  return textOf(run, given, given.positional[index]);
}

function textOf(run: Run, { at }: Arguments, argument: Argument | null | undefined): string | undefined {
  if (!argument) return undefined;
  const text = argument.code(run) as string;
  return argument.literal ? text : noLineEnd(run, text, at);
}
