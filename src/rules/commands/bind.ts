// Which argument belongs to what: tags with their values, and the rest in order. It trusts its node, as the interpreter may with a
// checked program; the checker does its own counting and comparing on top (check/arguments.ts). Of a tag given twice the last
// one counts. A binding is made once per node and remembered, since the interpreter asks on every execution.

import type { ArgumentNode, CommandNode, TestNode } from '../language/ast.ts';
import { commandSignature, testSignature } from './registry.ts';

export interface Bound {
  /** By name; null when the tag stands alone. */
  readonly tags: ReadonlyMap<string, ArgumentNode | null>;
  readonly positional: readonly ArgumentNode[];
}

const remembered = new WeakMap<CommandNode | TestNode, Bound>();

/** The arguments of a command or test by the signature of its name; tags nobody knows stand alone. */
export function bind(node: CommandNode | TestNode): Bound {
  const known = remembered.get(node);
  if (known !== undefined) return known;
  const signature = node.node === 'test' ? testSignature(node.name) : commandSignature(node.name);
  const tags = new Map<string, ArgumentNode | null>();
  const positional: ArgumentNode[] = [];
  const given = node.arguments;
  for (let i = 0; i < given.length; i++) {
    const argument = given[i] as ArgumentNode;
    if (argument.node !== 'tag') {
      positional.push(argument);
      continue;
    }
    const tag =
      signature && Object.hasOwn(signature.tags, argument.name) ? signature.tags[argument.name] : undefined;
    const next = given[i + 1];
    if (tag && tag.value !== null && next !== undefined && next.node !== 'tag') {
      tags.set(argument.name, next);
      i++;
    } else {
      tags.set(argument.name, null);
    }
  }
  const bound: Bound = { tags, positional };
  remembered.set(node, bound);
  return bound;
}
