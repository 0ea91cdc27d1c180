// foreverypart, break and extracttext (RFC 5703 §3 and §7): a loop over the parts of the message, depth first, or over those inside the
// part an outer loop is at; the text of a part as a variable. A `break :name` leaves loops until the one of that name.

import type { Context, Leave } from '../interpreter/context.ts';
import type { CommandNode } from '../language/ast.ts';
import { argumentsOf } from './arguments.ts';
import { bodyOf } from './body.ts';
import { isInside } from './mime-tests.ts';
import { modified } from './modifiers.ts';
import { stateOf } from './state.ts';
import { toUnicode } from './text.ts';

function isBreak(thrown: unknown): boolean {
  return typeof thrown === 'object' && thrown !== null && 'leave' in thrown && thrown.leave === 'break';
}

/** Runs the block once; false when it was left by a `break` that ends this loop. */
function round(node: CommandNode, context: Context, name: string | null): boolean {
  const state = stateOf(context);
  try {
    context.execute(node.block ?? []);
    return true;
  } catch (thrown) {
    if (!isBreak(thrown)) throw thrown;
    if (state.breaking !== null && state.breaking !== name) throw thrown;
    state.breaking = null;
    return false;
  }
}

export function foreverypart(node: CommandNode, context: Context): void {
  const state = stateOf(context);
  const { parts } = bodyOf(context, node.at);
  const outer = state.part;
  const name = argumentsOf(node, context).tag('name');
  try {
    for (let index = 0; index < parts.length; index += 1) {
      if (outer !== null && !isInside(parts, index, outer)) continue;
      context.charge(1);
      state.part = index;
      if (!round(node, context, name)) break;
    }
  } finally {
    state.part = outer;
  }
}

/** `break :name`; without a name the interpreter ends the nearest loop by itself. */
export function breakLoop(node: CommandNode, context: Context): void {
  stateOf(context).breaking = argumentsOf(node, context).tag('name');
  throw { leave: 'break' } satisfies Leave;
}

/** The part's text, as far as :first says; a part that is no text gives none. */
export function extracttext(node: CommandNode, context: Context): void {
  const given = argumentsOf(node, context);
  const part = bodyOf(context, node.at).parts[stateOf(context).part ?? 0];
  const octets = part?.type.startsWith('text/') ? (part.text ?? part.octets) : '';
  const characters = toUnicode(octets.slice(0, context.budget.bodyOctets));
  const most = given.tagNumber('first');
  const text = most === null ? characters : [...characters.slice(0, most * 2)].slice(0, most).join('');
  context.setVariable(
    given.string(0).toLowerCase(),
    modified(text, (name) => given.has(name)),
  );
}
