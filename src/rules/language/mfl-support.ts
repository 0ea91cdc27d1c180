// What the two halves of the MFL parser share: leaving a broken statement, and arguments. A broken statement is left by throwing
// BROKEN after the complaint; the statement loop catches it and goes on behind the statement. Nothing else is ever thrown.

import type { ArgumentNode, ListNode, StringNode } from './ast.ts';
import type { Cursor } from './cursor.ts';
import { ARGUMENTS, GROUP_LEVELS, PATH_LENGTH } from './limits.ts';
import { nameOf, type TokenKind } from './token.ts';

/** Thrown out of a statement that cannot be read; the complaint has been made. */
export const BROKEN = { leave: 'broken-statement' } as const;

export function fail(p: Cursor, code: string, message: string, at?: number): never {
  p.complain(code, message, at);
  throw BROKEN;
}

export function expect(p: Cursor, kind: TokenKind, where: string): void {
  if (!p.at(kind)) {
    const hint = p.at('=') ? "; equality is written '=='" : '';
    fail(p, 'MFL-SYN-010', `expected '${kind}' ${where}, but found ${nameOf(p.token)}${hint}`);
  }
  p.take();
}

export function takeIdentifier(p: Cursor, what: string): string {
  if (!p.at('identifier')) fail(p, 'MFL-SYN-011', `expected ${what}, but found ${nameOf(p.token)}`);
  return p.take().text;
}

/** One level of parentheses, list or call around what `inside` reads. */
export function nested<Result>(p: Cursor, inside: () => Result): Result {
  if (++p.groups > GROUP_LEVELS) {
    fail(p, 'MFL-SYN-009', `parentheses, lists and calls nested deeper than ${GROUP_LEVELS} levels`);
  }
  const result = inside();
  p.groups--;
  return result;
}

export function takeString(p: Cursor): StringNode {
  const { at, text: value, form } = p.take();
  return form === 'raw' ? { node: 'string', at, value, raw: true } : { node: 'string', at, value };
}

export function takeNumber(p: Cursor): ArgumentNode & { readonly node: 'number' } {
  const { at, value, form } = p.take();
  if (form === 'duration') return { node: 'number', at, value, duration: true };
  return form === 'decimal' ? { node: 'number', at, value, decimal: true } : { node: 'number', at, value };
}

/** `identifier { "." identifier }` */
export function takePath(p: Cursor): string {
  let name = takeIdentifier(p, 'a name');
  while (p.at('.')) {
    p.take();
    name += `.${takeIdentifier(p, "a name after '.'")}`;
    if (name.length > PATH_LENGTH) {
      fail(p, 'MFL-LEX-010', `name longer than ${PATH_LENGTH} characters: '${name.slice(0, 32)}...'`);
    }
  }
  return name;
}

function stringList(p: Cursor): ListNode {
  const { at } = p.take();
  const items: StringNode[] = [];
  do {
    if (items.length > 0) p.take();
    if (!p.at('string')) {
      fail(
        p,
        'MFL-SYN-002',
        `expected a string in the string list, but found ${nameOf(p.token)}; a computed list is written $([...])`,
      );
    }
    items.push(takeString(p));
  } while (p.at(','));
  expect(p, ']', 'or a comma in the string list');
  return { node: 'list', at, items };
}

/** The arguments of a command or test, as many as follow. `computed` reads the expression in `$(…)`. */
export function takeArguments(
  p: Cursor,
  owner: string,
  computed: () => ArgumentNode,
): readonly ArgumentNode[] {
  const found: ArgumentNode[] = [];
  for (;;) {
    const { kind, at } = p.token;
    if (kind === 'string') found.push(takeString(p));
    else if (kind === 'number') found.push(takeNumber(p));
    else if (kind === 'tag') found.push({ node: 'tag', at, name: p.take().text });
    else if (kind === '[') found.push(stringList(p));
    else if (kind === '$') found.push(dollar(p, computed));
    else return found;
    if (found.length > ARGUMENTS)
      fail(p, 'MFL-SYN-006', `more than ${ARGUMENTS} arguments for '${owner}'`, at);
  }
}

function dollar(p: Cursor, computed: () => ArgumentNode): ArgumentNode {
  const { at } = p.take();
  if (!p.at('(')) return { node: 'path', at, name: takePath(p) };
  p.take();
  const value = nested(p, computed);
  expect(p, ')', "after the computed argument '$(...'");
  return value;
}
