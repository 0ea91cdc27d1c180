// How arguments are told apart, by whoever knows which tags take a value: tags with their values, and the rest in order. It trusts
// its node, as the interpreter may with a checked program. Of a tag given twice the last one counts. Pure, and apart from
// the tables of signatures, which a session that runs checked rules does not need.

import type { ArgumentNode, CommandNode, TestNode } from '../language/ast.ts';

export interface Bound {
  /** By name; null when the tag stands alone. */
  readonly tags: ReadonlyMap<string, ArgumentNode | null>;
  readonly positional: readonly ArgumentNode[];
}

export function bindWith(node: CommandNode | TestNode, takesValue: (tag: string) => boolean): Bound {
  const tags = new Map<string, ArgumentNode | null>();
  const positional: ArgumentNode[] = [];
  const given = node.arguments;
  for (let i = 0; i < given.length; i++) {
    const argument = given[i] as ArgumentNode;
    if (argument.node !== 'tag') {
      positional.push(argument);
      continue;
    }
    const next = given[i + 1];
    if (next !== undefined && next.node !== 'tag' && takesValue(argument.name)) {
      tags.set(argument.name, next);
      i++;
    } else {
      tags.set(argument.name, null);
    }
  }
  return { tags, positional };
}
