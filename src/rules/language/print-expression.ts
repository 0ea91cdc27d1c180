// Expressions and arguments back to source text. Operators are printed with the fewest parentheses that read back as the same tree;
// long texts become `text:` strings, which end on a line of their own. Names are printed in lower case, as the tree has them.

import { TEST_NAMES } from '../commands/index.ts';
import type { ArgumentNode, BinaryNode, BinaryOperator, ExprNode, StringNode, TestNode } from './ast.ts';
import { writeNumber } from './number.ts';

/** How tightly a node holds together, from `||` to a single value. */
const LOOSEST = 1;
const RELATION = 3;
const UNARY = 6;
const POSTFIX = 7;
const PRIMARY = 8;

const LEVELS: Readonly<Record<BinaryOperator, number>> = {
  '||': LOOSEST,
  '&&': 2,
  '==': RELATION,
  '!=': RELATION,
  '<': RELATION,
  '<=': RELATION,
  '>': RELATION,
  '>=': RELATION,
  '=~': RELATION,
  '!~': RELATION,
  is: RELATION,
  contains: RELATION,
  matches: RELATION,
  in: RELATION,
  '+': 4,
  '-': 4,
  '*': 5,
  '/': 5,
  '%': 5,
};

function levelOf(node: ExprNode): number {
  switch (node.node) {
    case 'binary':
      return LEVELS[node.operator];
    case 'unary':
      return UNARY;
    case 'test':
      // Its last argument would swallow an index behind it.
      return UNARY;
    case 'index':
      return POSTFIX;
    default:
      return PRIMARY;
  }
}

export function printExpression(node: ExprNode): string {
  return printAt(node, LOOSEST);
}

function printAt(node: ExprNode, level: number): string {
  const text = printBare(node);
  return levelOf(node) < level ? `(${text})` : text;
}

function printBare(node: ExprNode): string {
  switch (node.node) {
    case 'string':
      return printString(node);
    case 'number':
      return writeNumber(node);
    case 'list':
      return `[${node.items.map(printExpression).join(', ')}]`;
    case 'test':
      return printTest(node);
    case 'binary':
      return printBinary(node);
    case 'unary':
      return node.operator + printAt(node.operand, UNARY);
    case 'index':
      return `${printAt(node.list, POSTFIX)}[${printExpression(node.index)}]`;
    case 'call':
      return `${node.name}(${node.arguments.map(printExpression).join(', ')})`;
    case 'path':
      return TEST_NAMES.has(node.name) ? `$${node.name}` : node.name;
  }
}

/** Chains lean to the left; a comparison takes no other beside it. */
function printBinary(node: BinaryNode): string {
  const level = LEVELS[node.operator];
  const operator = node.negated ? `not ${node.operator}` : node.operator;
  const left = printAt(node.left, level === RELATION ? level + 1 : level);
  return `${left} ${operator} ${printAt(node.right, level + 1)}`;
}

function printTest(node: TestNode): string {
  const head = node.name + printArguments(node.arguments);
  if (node.list) return `${head} (${node.tests.map(printExpression).join(', ')})`;
  return node.tests.length === 0
    ? head
    : `${head} ${node.tests.map((test) => printAt(test, UNARY)).join(', ')}`;
}

/** Each with a space before it. */
export function printArguments(given: readonly ArgumentNode[]): string {
  return given.map((argument) => ` ${printArgument(argument)}`).join('');
}

function printArgument(node: ArgumentNode): string {
  switch (node.node) {
    case 'tag':
      return `:${node.name}`;
    case 'string':
      return printString(node);
    case 'number':
      return writeNumber(node);
    case 'path':
      return `$${node.name}`;
    case 'list': {
      const plain = node.items.length > 0 && node.items.every((item) => item.node === 'string');
      return plain ? printBare(node) : `$(${printBare(node)})`;
    }
    default:
      return `$(${printBare(node)})`;
  }
}

export function printString(node: StringNode): string {
  const value = node.value.replace(/\r\n/g, '\n');
  if (node.raw) return `r"${value}"`;
  const lines = value.split('\n');
  if (lines.length > 2 && lines.at(-1) === '') {
    return `text:\n${value.replace(/^\./gm, '..')}.\n`;
  }
  return `"${value.replace(/["\\]/g, '\\$&')}"`;
}
