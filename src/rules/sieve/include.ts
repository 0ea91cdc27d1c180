// include and global (RFC 6609). Scripts were found and compiled with the program; here one is run, with variables of its own but for
// those declared global. Inclusion in a circle was refused when the program was made; depth is bounded all the same.

import type { Context } from '../interpreter/context.ts';
import type { CommandNode } from '../language/ast.ts';
import { argumentsOf } from './arguments.ts';
import { stateOf } from './state.ts';

/** Scripts inside each other, the bound of the administrator's and users' scripts alike. */
const DEEPEST = 10;

export function include(node: CommandNode, context: Context): void {
  const given = argumentsOf(node, context);
  const name = given.string(0);
  const key = `${given.has('global') ? 'global' : 'personal'}/${name}`;
  const state = stateOf(context);
  if (given.has('once') && state.included.has(key)) return;
  const { included } = context.program;
  const script = included && Object.hasOwn(included, key) ? included[key] : undefined;
  if (script === undefined) {
    if (!given.has('optional')) {
      context.fail(node.at, 'MFL-SIEVE-INCLUDE', `there is no script "${name}" to include`);
    }
    return;
  }
  if (state.includeDepth >= DEEPEST) {
    context.fail(node.at, 'MFL-SIEVE-INCLUDE', `scripts included more than ${DEEPEST} deep`);
  }
  state.included.add(key);
  state.includeDepth += 1;
  context.executeScript(script);
  state.includeDepth -= 1;
}

/** RFC 6609 §3.3 */
export function shareVariables(node: CommandNode, context: Context): void {
  for (const name of argumentsOf(node, context).list(0)) context.shareVariable(name.toLowerCase());
}
