// IMAP flags in scripts (RFC 5232): lists of flags with names compared without case, several of them in one string separated by
// spaces, what is no flag left out (§2); setflag, addflag, removeflag on a variable or on the internal one, and the
// hasflag test. The internal variable belongs to the result.

import type { Context } from '../interpreter/context.ts';
import type { CommandNode, TestNode } from '../language/ast.ts';
import { type Arguments, argumentsOf } from './arguments.ts';
import { matchAny, planOf } from './match.ts';

/** System flags a client may set, and keywords: atoms of RFC 3501 §9. */
const FLAG = /^(?:\\(?:answered|flagged|deleted|seen|draft)|[^\x00-\x20\x7f(){%*"\\\]]+)$/i;

function split(list: readonly string[]): readonly string[] {
  return list.flatMap((text) => text.split(' ')).filter((flag) => flag !== '');
}

/** The flags of a list of strings: valid ones, each once. */
export function flagsIn(list: readonly string[]): readonly string[] {
  const flags = new Map<string, string>();
  for (const flag of split(list)) {
    const name = flag.toLowerCase();
    if (FLAG.test(flag) && !flags.has(name)) flags.set(name, flag);
  }
  return [...flags.values()];
}

function read(context: Context, variable: string | null): readonly string[] {
  return variable === null ? context.result.flags : flagsIn([context.variable(variable.toLowerCase())]);
}

function write(context: Context, variable: string | null, flags: readonly string[]): void {
  if (variable === null) context.result.flags = flags;
  else context.setVariable(variable.toLowerCase(), flags.join(' '));
}

/** [variable] flags */
function operands(given: Arguments): { readonly variable: string | null; readonly flags: readonly string[] } {
  const variable = given.count > 1 ? given.string(0) : null;
  return { variable, flags: given.list(given.count - 1) };
}

type Edit = (flags: readonly string[], named: readonly string[]) => readonly string[];

function editing(edit: Edit) {
  return (node: CommandNode, context: Context): void => {
    const { variable, flags } = operands(argumentsOf(node, context));
    context.charge(flags.length);
    write(context, variable, edit(read(context, variable), flagsIn(flags)));
  };
}

export const setflag = editing((_, named) => named);
export const addflag = editing((flags, named) => flagsIn([...flags, ...named]));
export const removeflag = editing((flags, named) => {
  const gone = new Set(named.map((flag) => flag.toLowerCase()));
  return flags.filter((flag) => !gone.has(flag.toLowerCase()));
});

export function hasflag(node: TestNode, context: Context): boolean {
  const given = argumentsOf(node, context);
  const variables = given.count > 1 ? given.list(0) : [null];
  const flags = variables.flatMap((variable) => read(context, variable));
  const plan = planOf(node, context);
  const keys = given.list(given.count - 1);
  const whole = plan.type === 'count' || plan.type === 'value';
  return matchAny(context, node.at, plan, {
    subjects: flags.map((text) => ({ text })),
    keys: whole ? keys : split(keys),
  });
}
