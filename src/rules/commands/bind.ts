// Which argument belongs to what, by the signatures of commands and tests; the checker does its own counting and comparing on top
// (check/arguments.ts). A binding is made once per node and remembered, since Sieve's commands ask on every execution.

import type { CommandNode, TestNode } from '../language/ast.ts';
import { type Bound, bindWith } from './binding.ts';
import { commandSignature, testSignature } from './registry.ts';

export type { Bound } from './binding.ts';

const remembered = new WeakMap<CommandNode | TestNode, Bound>();

/** The arguments of a command or test by the signature of its name; tags nobody knows stand alone. */
export function bind(node: CommandNode | TestNode): Bound {
  const known = remembered.get(node);
  if (known !== undefined) return known;
  const signature = node.node === 'test' ? testSignature(node.name) : commandSignature(node.name);
  const bound = bindWith(node, (tag) => {
    const known = signature && Object.hasOwn(signature.tags, tag) ? signature.tags[tag] : undefined;
    return known !== undefined && known.value !== null;
  });
  remembered.set(node, bound);
  return bound;
}
