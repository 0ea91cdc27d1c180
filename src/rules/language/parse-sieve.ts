// The strict dialect: RFC 5228's generic grammar (§8.2) and nothing else. Which commands and tests exist, and what they take, is for
// the checker. After an error the parser looks for the end of the smallest construct around it, the way other Sieve implementations
// do, so that one mistake is counted as they count it; a function that could not find one answers false and its caller looks on.

import type { ArgumentNode, CommandNode, StatementNode, StringNode, TestNode } from './ast.ts';
import type { Cursor } from './cursor.ts';
import { ARGUMENTS, BLOCK_LEVELS, TEST_LEVELS } from './limits.ts';
import { nameOf, type TokenKind } from './token.ts';

/** A command or test under construction. */
interface Parts {
  readonly name: string;
  readonly at: number;
  readonly arguments: ArgumentNode[];
  readonly tests: TestNode[];
  list: boolean;
}

type Close = ']' | ')' | ';' | '}';

/** How far a construct reaches: looking for the end of one stops at anything of a wider one. */
const WIDTH: { readonly [Kind in TokenKind]?: number } = {
  '[': 0,
  ']': 0,
  '(': 1,
  ')': 1,
  ';': 2,
  '{': 3,
  '}': 3,
};
const OPENS: Readonly<Record<Close, TokenKind | null>> = { ']': '[', ')': '(', ';': null, '}': '{' };

/** Skips to the end of a broken construct; true when the token at hand is `close` (or the block behind a broken command). */
function recover(p: Cursor, close: Close): boolean {
  const width = WIDTH[close] as number;
  for (let open = 1; !p.at('end') && (WIDTH[p.token.kind] ?? -1) <= width; p.take()) {
    if (p.token.kind === OPENS[close]) open++;
    else if (p.at(close) && --open === 0) return true;
  }
  return close === ';' && p.at('{');
}

function begin(p: Cursor): Parts {
  const { text: name, at } = p.take();
  return { name, at, arguments: [], tests: [], list: false };
}

/** Everything but the kind of node. */
function finish({ list, ...parts }: Parts): Omit<TestNode, 'node'> {
  return list ? { ...parts, list } : parts;
}

function takeString(p: Cursor): StringNode {
  const { at, text: value } = p.take();
  return { node: 'string', at, value };
}

/** The rest of a list in brackets, of strings or of tests: items, commas and the closing bracket. */
function listRest(
  p: Cursor,
  close: ']' | ')',
  what: { readonly code: string; readonly list: string; readonly item: string; readonly kind: TokenKind },
  item: () => boolean,
): boolean {
  let ok = true;
  for (let before = close === ']' ? '[' : '('; ; before = ',') {
    if (p.problems.full()) ok = recover(p, close);
    else if (!p.at(what.kind)) {
      p.complain(
        what.code,
        `expected ${what.item} after '${before}' in a ${what.list}, but found ${nameOf(p.token)}`,
      );
      ok = recover(p, close);
    } else {
      ok = item();
      if (ok && p.at(',')) {
        p.take();
        continue;
      }
      if (!ok) ok = recover(p, close);
    }
    break;
  }
  if (!p.at(close)) {
    p.complain(
      what.code,
      `expected ',' or the '${close}' that ends the ${what.list}, but found ${nameOf(p.token)}`,
    );
    ok = recover(p, close);
    if (!ok) return false;
  }
  p.take();
  return ok;
}

function stringList(p: Cursor, into: ArgumentNode[]): boolean {
  const { at } = p.take();
  const items: StringNode[] = [];
  into.push({ node: 'list', at, items });
  const what = { code: 'MFL-SYN-002', list: 'string list', item: 'a string', kind: 'string' } as const;
  return listRest(p, ']', what, () => {
    items.push(takeString(p));
    return true;
  });
}

/** One test with everything it takes. */
function test(p: Cursor, into: Parts, level: number): boolean {
  const parts = begin(p);
  const ok = argumentsAndTests(p, parts, level);
  into.tests.push({ node: 'test', ...finish(parts) });
  return ok;
}

function testList(p: Cursor, into: Parts, level: number): boolean {
  p.take();
  if (level > TEST_LEVELS) {
    tooManyTests(p);
    const ok = recover(p, ')');
    if (ok) p.take();
    return ok;
  }
  into.list = true;
  const what = { code: 'MFL-SYN-003', list: 'test list', item: 'a test', kind: 'identifier' } as const;
  return listRest(p, ')', what, () => test(p, into, level));
}

function tooManyTests(p: Cursor): void {
  p.complain('MFL-SYN-007', `tests nested deeper than ${TEST_LEVELS} levels; split the condition`);
}

/** `*argument [ test / test-list ]` */
function argumentsAndTests(p: Cursor, into: Parts, level: number): boolean {
  for (;;) {
    if (p.problems.full()) return false;
    const { kind, at, text, value } = p.token;
    if (kind === '[') {
      if (!stringList(p, into.arguments)) return false;
    } else if (kind === 'string') into.arguments.push(takeString(p));
    else if (kind === 'number') {
      p.take();
      into.arguments.push({ node: 'number', at, value });
    } else if (kind === 'tag') {
      p.take();
      into.arguments.push({ node: 'tag', at, name: text });
    } else break;
    if (into.arguments.length > ARGUMENTS) {
      p.complain('MFL-SYN-006', `more than ${ARGUMENTS} arguments for '${into.name}'`);
      return false;
    }
  }
  if (p.at('(')) return testList(p, into, level + 1);
  if (!p.at('identifier')) return true;
  if (level < TEST_LEVELS) return test(p, into, level + 1);
  tooManyTests(p);
  return false;
}

/** The commands in a block, opening brace at hand. */
function block(
  p: Cursor,
  level: number,
): { readonly commands: readonly CommandNode[]; readonly ok: boolean } {
  p.take();
  if (level > BLOCK_LEVELS) {
    p.complain('MFL-SYN-008', `blocks nested deeper than ${BLOCK_LEVELS} levels`);
    const ok = recover(p, '}');
    if (ok) p.take();
    return { commands: [], ok };
  }
  const inner = commands(p, level);
  let { ok } = inner;
  if (ok && !p.at('}')) {
    p.complain('MFL-SYN-005', `expected the '}' that ends the block, but found ${nameOf(p.token)}`);
    // The brace found is left to the block around this one.
    return { commands: inner.commands, ok: recover(p, '}') };
  }
  ok ||= recover(p, '}');
  if (ok) p.take();
  return { commands: inner.commands, ok };
}

function commands(
  p: Cursor,
  level: number,
): { readonly commands: readonly CommandNode[]; readonly ok: boolean } {
  const found: CommandNode[] = [];
  let ok = true;
  while (ok && p.at('identifier')) {
    if (p.problems.full()) return { commands: found, ok: recover(p, ';') };
    const parts = begin(p);
    ok = argumentsAndTests(p, parts, 1);
    if (ok && !p.at(';') && !p.at('{')) {
      p.complain('MFL-SYN-001', `expected ';' or '{' after the command, but found ${nameOf(p.token)}`);
      ok = false;
    }
    ok ||= recover(p, ';');
    if (!ok) break;
    let body: readonly CommandNode[] | null = null;
    if (p.at('{')) ({ commands: body, ok } = block(p, level + 1));
    else p.take();
    found.push({ node: 'command', ...finish(parts), block: body });
  }
  return { commands: found, ok };
}

/** The whole file. Worth nothing when problems were found. */
export function parseSieve(p: Cursor): readonly StatementNode[] {
  const script = commands(p, 1);
  if (script.ok && p.problems.found.length === 0 && !p.at('end')) {
    p.complain('MFL-SYN-004', `expected a command or the end of the file, but found ${nameOf(p.token)}`);
  }
  return script.commands;
}
