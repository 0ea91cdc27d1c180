// Arguments of a bound command or test as the values Sieve wants: strings, string lists, numbers. A single string is a list of one
// (RFC 5228 §2.4.2.1). Lists that hold no "${" never change, so they are evaluated once per node and kept, and what is derived
// from them can be kept under the same key.

import { type Bound, bind } from '../commands/index.ts';
import type { Context } from '../interpreter/context.ts';
import type { ArgumentNode, CommandNode, ExprNode, TestNode } from '../language/ast.ts';
import type { Value } from '../runtime.ts';

const constants = new WeakMap<ExprNode, readonly string[]>();

function isConstant(node: ExprNode): boolean {
  if (node.node === 'string') return !node.value.includes('${');
  return node.node === 'list' && node.items.every(isConstant);
}

function listOf(value: Value): readonly string[] {
  if (typeof value === 'object') return value;
  return [typeof value === 'string' ? value : String(value)];
}

export function stringsOf(context: Context, node: ArgumentNode | null | undefined): readonly string[] {
  if (!node || node.node === 'tag') return [];
  const known = constants.get(node);
  if (known !== undefined) return known;
  const list = listOf(context.evaluate(node));
  if (isConstant(node)) constants.set(node, list);
  return list;
}

export function stringOf(context: Context, node: ArgumentNode | null | undefined): string {
  return stringsOf(context, node)[0] ?? '';
}

export function numberOf(context: Context, node: ArgumentNode | null | undefined): number {
  if (!node || node.node === 'tag') return 0;
  return Number(context.evaluate(node));
}

/** Arguments by name and place, evaluated when asked for. */
export interface Arguments {
  has(tag: string): boolean;
  /** Of the names given, the one that is there. */
  oneOf<Name extends string>(...tags: readonly Name[]): Name | null;
  /** Value of a tag; null when the tag is absent. */
  tag(name: string): string | null;
  tagList(name: string): readonly string[] | null;
  tagNumber(name: string): number | null;
  string(place: number): string;
  list(place: number): readonly string[];
  number(place: number): number;
  readonly count: number;
}

export function argumentsOf(node: CommandNode | TestNode, context: Context): Arguments {
  const { tags, positional }: Bound = bind(node);
  const value = <T>(name: string, read: (node: ArgumentNode | null | undefined) => T): T | null =>
    tags.has(name) ? read(tags.get(name)) : null;
  return {
    has: (tag) => tags.has(tag),
    oneOf: (...names) => names.find((name) => tags.has(name)) ?? null,
    tag: (name) => value(name, (found) => stringOf(context, found)),
    tagList: (name) => value(name, (found) => stringsOf(context, found)),
    tagNumber: (name) => value(name, (found) => numberOf(context, found)),
    string: (place) => stringOf(context, positional[place]),
    list: (place) => stringsOf(context, positional[place]),
    number: (place) => numberOf(context, positional[place]),
    count: positional.length,
  };
}
