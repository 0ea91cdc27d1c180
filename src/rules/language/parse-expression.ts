// MFL expressions, by precedence from `||` down to a single value. A name from the table of tests starts a Sieve test, which takes
// every argument that follows, so that `header :is "a" "b" && x` needs no parentheses; any other name is a variable or a call.
// Nesting and operators are counted by the cursor; the statement parser resets the counts.

import { TEST_NAMES } from '../commands/index.ts';
import type { BinaryOperator, CallNode, ExprNode, TestNode } from './ast.ts';
import type { Cursor } from './cursor.ts';
import { ARGUMENTS, OPERATORS, TEST_LEVELS } from './limits.ts';
import { expect, fail, nested, takeArguments, takeNumber, takePath, takeString } from './mfl-support.ts';
import { nameOf } from './token.ts';

const OR: ReadonlySet<string> = new Set(['||']);
const AND: ReadonlySet<string> = new Set(['&&']);
const SUM: ReadonlySet<string> = new Set(['+', '-']);
const PRODUCT: ReadonlySet<string> = new Set(['*', '/', '%']);
const RELATION: ReadonlySet<string> = new Set(['==', '!=', '<', '<=', '>', '>=', '=~', '!~']);
const WORDS: ReadonlySet<string> = new Set(['is', 'contains', 'matches', 'in']);

export function expression(p: Cursor): ExprNode {
  return chain(p, OR, conjunction);
}

const conjunction = (p: Cursor): ExprNode => chain(p, AND, relation);
const sum = (p: Cursor): ExprNode => chain(p, SUM, product);
const product = (p: Cursor): ExprNode => chain(p, PRODUCT, unary);

function countOperator(p: Cursor): void {
  if (++p.operators > OPERATORS) {
    fail(p, 'MFL-SYN-012', `more than ${OPERATORS} operators in one statement; split it`);
  }
}

/** Operators of one level, from the left. */
function chain(p: Cursor, operators: ReadonlySet<string>, operand: (p: Cursor) => ExprNode): ExprNode {
  let left = operand(p);
  while (operators.has(p.token.kind)) {
    countOperator(p);
    const operator = p.take().kind as BinaryOperator;
    left = { node: 'binary', at: left.at, operator, left, right: operand(p) };
  }
  return left;
}

/** The comparison at hand: an operator, a word, or "not" and a word. */
function relationOperator(
  p: Cursor,
): { readonly operator: BinaryOperator; readonly negated: boolean } | null {
  const { kind, text } = p.token;
  if (RELATION.has(kind)) return { operator: kind as BinaryOperator, negated: false };
  if (kind !== 'identifier') return null;
  if (WORDS.has(text)) return { operator: text as BinaryOperator, negated: false };
  if (text !== 'not') return null;
  const next = p.peek(1);
  if (next.kind !== 'identifier' || !WORDS.has(next.text)) return null;
  return { operator: next.text as BinaryOperator, negated: true };
}

function relation(p: Cursor): ExprNode {
  const left = sum(p);
  const found = relationOperator(p);
  if (found === null) return left;
  countOperator(p);
  p.mfl = true;
  if (found.negated) p.take();
  p.take();
  const { operator } = found;
  const right = sum(p);
  if (relationOperator(p) !== null) {
    fail(p, 'MFL-SYN-013', "comparisons cannot be chained; join two of them with '&&'");
  }
  const node = { node: 'binary', at: left.at, operator, left, right } as const;
  return found.negated ? { ...node, negated: true } : node;
}

/** `tests` are the levels of tests around a test and the test itself, as in strict Sieve. */
function testLevel<Result>(p: Cursor, inside: () => Result): Result {
  if (++p.tests > TEST_LEVELS) {
    fail(p, 'MFL-SYN-007', `tests nested deeper than ${TEST_LEVELS} levels; split the condition`);
  }
  const result = inside();
  p.tests--;
  return result;
}

function unary(p: Cursor): ExprNode {
  const { kind, text, at } = p.token;
  if (kind === '!' || kind === '-') {
    countOperator(p);
    p.take();
    return { node: 'unary', at, operator: kind, operand: unary(p) };
  }
  if (kind !== 'identifier' || text !== 'not') return postfix(p);
  p.take();
  const tests = testLevel(p, () => [unary(p)]);
  return { node: 'test', at, name: 'not', arguments: [], tests };
}

function postfix(p: Cursor): ExprNode {
  let value = primary(p);
  while (p.at('[')) {
    countOperator(p);
    p.take();
    p.mfl = true;
    const index = nested(p, () => expression(p));
    expect(p, ']', 'after the index');
    value = { node: 'index', at: value.at, list: value, index };
  }
  return value;
}

function primary(p: Cursor): ExprNode {
  const { kind, at } = p.token;
  switch (kind) {
    case 'string':
      p.mfl = true;
      return takeString(p);
    case 'number':
      p.mfl = true;
      return takeNumber(p);
    case '[':
      p.take();
      p.mfl = true;
      return { node: 'list', at, items: nested(p, () => sequence(p, ']', Number.POSITIVE_INFINITY)) };
    case '(': {
      p.take();
      p.mfl = true;
      const inner = nested(p, () => expression(p));
      expect(p, ')', "to match '('");
      return inner;
    }
    case '$':
      p.take();
      return { node: 'path', at, name: takePath(p) };
    case 'identifier':
      return named(p);
    default:
      return fail(p, 'MFL-SYN-014', `expected a value or a test, but found ${nameOf(p.token)}`);
  }
}

/** Expressions between commas, up to and with the closing bracket. */
function sequence(p: Cursor, close: ')' | ']', limit: number): readonly ExprNode[] {
  const items: ExprNode[] = [];
  while (!p.at(close) || items.length > 0) {
    items.push(expression(p));
    if (items.length > limit) fail(p, 'MFL-SYN-006', `more than ${limit} arguments in one call`);
    if (!p.at(',')) break;
    p.take();
  }
  expect(p, close, 'or a comma');
  return items;
}

/** A call whose name has been read. */
export function callRest(p: Cursor, at: number, name: string): CallNode {
  expect(p, '(', `after the function's name '${name}'`);
  p.mfl = true;
  return { node: 'call', at, name, arguments: nested(p, () => sequence(p, ')', ARGUMENTS)) };
}

function named(p: Cursor): ExprNode {
  const { at, text } = p.token;
  const next = p.peek(1).kind;
  if (TEST_NAMES.has(text) && next !== '.') return sieveTest(p);
  const name = takePath(p);
  if (p.at('(')) return callRest(p, at, name);
  if (p.at('tag') || p.at('string') || p.at('number')) {
    fail(p, 'MFL-SYN-015', `there is no test '${name}'; if it is a variable, an operator is missing`, at);
  }
  p.mfl = true;
  return { node: 'path', at, name };
}

function sieveTest(p: Cursor): TestNode {
  const { at, text: name } = p.take();
  return testLevel(p, () => {
    if (name === 'anyof' || name === 'allof') {
      expect(p, '(', `after '${name}'`);
      if (p.at(')')) fail(p, 'MFL-SYN-003', `'${name}' needs at least one test`);
      const tests = sequence(p, ')', Number.POSITIVE_INFINITY);
      return { node: 'test', at, name, arguments: [], tests, list: true };
    }
    if (p.at('(')) {
      fail(p, 'MFL-SYN-016', `'${name}' is a test, not a function: write its arguments without parentheses`);
    }
    const given = takeArguments(p, name, () => expression(p));
    return { node: 'test', at, name, arguments: given, tests: [] };
  });
}
