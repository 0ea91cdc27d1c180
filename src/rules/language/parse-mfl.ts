// MFL's declarations and statements (the grammar of docs/mfl.md). A statement that cannot be read is complained about once and left
// at its ';' or behind its block, whose statements are still looked at. Whether any construct was met that Sieve does not have is
// kept in the cursor. Depth is bounded; nothing is thrown out of parseMfl.

import { commandSignature, TEST_NAMES } from '../commands/index.ts';
import type { HookNode, ParameterNode, StatementNode, TopNode, TypeName } from './ast.ts';
import type { Cursor } from './cursor.ts';
import { BLOCK_LEVELS } from './limits.ts';
import { BROKEN, expect, fail, takeArguments, takeIdentifier, takePath } from './mfl-support.ts';
import { callRest, expression } from './parse-expression.ts';
import { lineColumn } from './problems.ts';
import { nameOf } from './token.ts';

const TYPES: ReadonlySet<string> = new Set(['string', 'number', 'boolean', 'list', 'void']);
const SCOPES: ReadonlySet<string> = new Set(['const', 'session', 'transaction']);

const isType = (text: string): text is TypeName => TYPES.has(text);

/** The ';' of a statement. Forgotten at a line's end or before '}', it is missed but nothing is skipped. */
function semicolon(p: Cursor, hint = ''): void {
  if (p.at(';')) {
    p.take();
    return;
  }
  const forgotten = p.at('}') || p.at('end') || (p.token.newLine && p.at('identifier'));
  if (!forgotten) fail(p, 'MFL-SYN-001', `expected ';', but found ${nameOf(p.token)}${hint}`);
  p.complain('MFL-SYN-001', "missing ';' at the end of the statement", p.previousEnd);
}

/** Reads one construct; on a mistake skips to its end and answers null. */
function guarded<Node>(p: Cursor, level: number, read: () => Node): Node | null {
  p.tests = 1;
  p.groups = 0;
  p.operators = 0;
  try {
    return read();
  } catch (thrown) {
    if (thrown !== BROKEN) throw thrown;
    while (!p.at(';') && !p.at('{') && !p.at('}') && !p.at('end') && !atDeclaration(p)) p.take();
    if (p.at(';')) p.take();
    else if (p.at('{')) block(p, level + 1);
    return null;
  }
}

/** Over a block that is not read, from its '{' to behind its '}'. */
function skipBlock(p: Cursor): void {
  let open = 0;
  do {
    if (p.at('{')) open++;
    else if (p.at('}')) open--;
    p.take();
  } while (open > 0 && !p.at('end'));
}

/** Whether a declaration of a file's top level begins a line here. */
function atDeclaration(p: Cursor): boolean {
  if (!p.at('identifier') || !p.token.newLine) return false;
  const { text } = p.token;
  if (text !== 'hook' && !SCOPES.has(text)) return false;
  const next = p.peek(1);
  return next.kind === 'identifier' && (text === 'hook' || isType(next.text));
}

function block(p: Cursor, level: number): readonly StatementNode[] {
  const opened = p.token.at;
  if (!p.at('{')) fail(p, 'MFL-SYN-017', `expected '{', but found ${nameOf(p.token)}`);
  if (level > BLOCK_LEVELS) {
    p.complain('MFL-SYN-008', `blocks nested deeper than ${BLOCK_LEVELS} levels`);
    skipBlock(p);
    return [];
  }
  p.take();
  const found: StatementNode[] = [];
  while (!p.at('}')) {
    if (p.at('end') || atDeclaration(p)) {
      const { line, column } = lineColumn(p.source.text, opened);
      const message = `missing '}' for the '{' at line ${line}, column ${column}, before ${nameOf(p.token)}`;
      if (p.unclosedAt !== p.token.at) p.complain('MFL-SYN-005', message);
      p.unclosedAt = p.token.at;
      return found;
    }
    const read = p.problems.full() ? null : guarded(p, level, () => statement(p, level));
    if (read !== null) found.push(read);
    else if (p.problems.full()) p.take();
  }
  p.take();
  return found;
}

function statement(p: Cursor, level: number): StatementNode {
  const { text, at } = p.token;
  if (!p.at('identifier')) fail(p, 'MFL-SYN-004', `expected a statement, but found ${nameOf(p.token)}`);
  switch (text) {
    case 'if':
    case 'elsif':
    case 'else':
      return branch(p, level);
    case 'while':
      return whileLoop(p, level);
    case 'foreach':
      return foreach(p, level);
    case 'return':
      return returning(p);
  }
  const next = p.peek(1);
  if (next.kind === 'identifier') {
    if (isType(text)) return local(p, text);
    if (text === 'hook' || SCOPES.has(text)) {
      fail(p, 'MFL-SYN-018', `'${text}' declarations stand outside of blocks`);
    }
  }
  if (next.kind === '(' || next.kind === '.') return pathStatement(p, at);
  if (next.kind === '=' || next.kind === '+=' || next.kind === '-=') return pathStatement(p, at);
  return command(p, level);
}

/** `if`, `elsif`, `else` and `else if`, each a command of its own as in Sieve. */
function branch(p: Cursor, level: number): StatementNode {
  const { text, at } = p.take();
  let name = text;
  if (name === 'else' && p.at('identifier') && p.token.text === 'if') {
    p.take();
    p.mfl = true;
    name = 'elsif';
  }
  const tests = name === 'else' ? [] : [expression(p)];
  return { node: 'command', at, name, arguments: [], tests, block: block(p, level + 1) };
}

function whileLoop(p: Cursor, level: number): StatementNode {
  const { at } = p.take();
  p.mfl = true;
  expect(p, '(', "after 'while'");
  const condition = expression(p);
  expect(p, ')', "after the condition of 'while'");
  return { node: 'while', at, condition, block: block(p, level + 1) };
}

function foreach(p: Cursor, level: number): StatementNode {
  const { at } = p.take();
  p.mfl = true;
  expect(p, '(', "after 'foreach'");
  if (p.at('identifier') && p.token.text === 'string') p.take();
  const variable = takeIdentifier(p, 'the name of the loop variable');
  if (!p.at('identifier') || p.token.text !== 'in') {
    fail(p, 'MFL-SYN-010', `expected 'in' after the loop variable, but found ${nameOf(p.token)}`);
  }
  p.take();
  const list = expression(p);
  expect(p, ')', "after the list of 'foreach'");
  return { node: 'foreach', at, variable, list, block: block(p, level + 1) };
}

/** In a main script a plain `return;` is the command of RFC 6609. */
function returning(p: Cursor): StatementNode {
  const { at } = p.take();
  const plain = p.at(';') || p.at('}');
  const value = plain ? null : expression(p);
  semicolon(p);
  if (!p.inRoutine && value === null) {
    return { node: 'command', at, name: 'return', arguments: [], tests: [], block: null };
  }
  p.mfl = true;
  return { node: 'return', at, value };
}

function local(p: Cursor, type: TypeName): StatementNode {
  const { at } = p.take();
  const name = takeIdentifier(p, 'the name of a variable');
  p.mfl = true;
  if (p.at('(')) fail(p, 'MFL-SYN-018', `functions such as '${name}' are declared outside of blocks`);
  expect(p, '=', `and the value of '${name}'`);
  const value = expression(p);
  semicolon(p);
  return { node: 'local', at, type, name, value };
}

/** An assignment, or a call for its effects. */
function pathStatement(p: Cursor, at: number): StatementNode {
  const name = takePath(p);
  p.mfl = true;
  if (p.at('(')) {
    if (TEST_NAMES.has(name)) fail(p, 'MFL-SYN-016', `'${name}' is a test; it stands in a condition`, at);
    const call = callRest(p, at, name);
    semicolon(p);
    return { node: 'call-statement', at, call };
  }
  const operator = p.token.kind;
  if (operator !== '=' && operator !== '+=' && operator !== '-=') {
    fail(p, 'MFL-SYN-010', `expected '=' or '(' after '${name}', but found ${nameOf(p.token)}`);
  }
  p.take();
  const value = expression(p);
  semicolon(p);
  return { node: 'assign', at, target: { node: 'path', at, name }, operator, value };
}

function command(p: Cursor, level: number): StatementNode {
  const { text: name, at } = p.take();
  if (commandSignature(name)?.mfl) p.mfl = true;
  const given = takeArguments(p, name, () => expression(p));
  if (p.at('{')) {
    return { node: 'command', at, name, arguments: given, tests: [], block: block(p, level + 1) };
  }
  const hint = p.at('identifier')
    ? '; a variable as an argument is written $name'
    : '; write $(...) to compute an argument';
  semicolon(p, hint);
  return { node: 'command', at, name, arguments: given, tests: [], block: null };
}

function parameters(p: Cursor): readonly ParameterNode[] {
  expect(p, '(', 'before the parameters');
  const found: ParameterNode[] = [];
  while (!p.at(')') || found.length > 0) {
    const { at, text } = p.token;
    const type = takeIdentifier(p, 'the type of a parameter');
    if (!isType(type))
      fail(p, 'MFL-SYN-019', `'${text}' is not a type; use string, number, boolean or list`, at);
    found.push({ at, type, name: takeIdentifier(p, 'the name of a parameter') });
    if (!p.at(',')) break;
    p.take();
  }
  expect(p, ')', 'after the parameters');
  return found;
}

/** The body of a hook or function. */
function routine(p: Cursor): readonly StatementNode[] {
  p.inRoutine = true;
  const body = block(p, 2);
  p.inRoutine = false;
  return body;
}

function hook(p: Cursor): HookNode {
  const { at } = p.take();
  p.mfl = true;
  const name = takeIdentifier(p, 'the name of a hook');
  const given = p.at('(') ? parameters(p) : null;
  return { node: 'hook', at, name, parameters: given, block: routine(p) };
}

function top(p: Cursor): TopNode {
  const { text, at } = p.token;
  if (!p.at('identifier')) return statement(p, 1);
  if (text === 'hook') return hook(p);
  const next = p.peek(1);
  if (text === 'import' && next.kind === 'string') {
    p.take();
    p.mfl = true;
    const path = p.take().text;
    semicolon(p);
    return { node: 'import', at, path };
  }
  if (next.kind !== 'identifier') return statement(p, 1);
  if (SCOPES.has(text)) {
    p.take();
    p.mfl = true;
    const type = takeIdentifier(p, 'a type');
    if (!isType(type)) {
      fail(p, 'MFL-SYN-019', `'${type}' is not a type; use string, number, boolean or list`, next.at);
    }
    const name = takeIdentifier(p, 'the name of a variable');
    expect(p, '=', `and the value of '${name}'`);
    const value = expression(p);
    semicolon(p);
    return { node: 'global', at, scope: text as 'const' | 'session' | 'transaction', type, name, value };
  }
  if (!isType(text) || p.peek(2).kind !== '(') return statement(p, 1);
  p.take();
  p.mfl = true;
  const name = takeIdentifier(p, 'the name of a function');
  const given = parameters(p);
  return { node: 'function', at, type: text, name, parameters: given, block: routine(p) };
}

/** The whole file. Worth nothing when problems were found. */
export function parseMfl(p: Cursor): readonly TopNode[] {
  const items: TopNode[] = [];
  while (!p.at('end') && !p.problems.full()) {
    p.inRoutine = false;
    if (p.at('}')) {
      p.complain('MFL-SYN-004', "unexpected '}': no block is open here");
      p.take();
      continue;
    }
    const item = guarded(p, 1, () => top(p));
    if (item !== null) items.push(item);
  }
  return items;
}
