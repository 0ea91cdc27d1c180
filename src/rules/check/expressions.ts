// Types of expressions. There is no conversion and no null: what does not fit is an error that says what to write instead, and
// the expression counts as `unknown` from there on, so that one mistake is told once. Literals that somebody will take for a
// pattern, a network or a table are looked at on the way. Follows the section on static semantics of the language reference.

import { FUNCTIONS, type FunctionSignature, PROPERTIES } from '../commands/index.ts';
import type {
  BinaryNode,
  BinaryOperator,
  CallNode,
  ExprNode,
  IndexNode,
  ListNode,
  PathNode,
  UnaryNode,
} from '../language/ast.ts';
import { checkTest } from './commands.ts';
import { checkFunctionLiteral, checkPattern } from './constants.ts';
import { checkString, find, isLater, notYet, unknownName } from './names.ts';
import { error, type Type, type Walk, warning } from './walk.ts';

const show = (type: Type): string => (type === 'unknown' ? 'something' : type);

export function typeOf(walk: Walk, node: ExprNode): Type {
  switch (node.node) {
    case 'string':
      checkString(walk, node);
      return 'string';
    case 'number':
      return 'number';
    case 'list':
      return typeOfList(walk, node);
    case 'test':
      checkTest(walk, node);
      return 'boolean';
    case 'binary':
      return typeOfBinary(walk, node);
    case 'unary':
      return typeOfUnary(walk, node);
    case 'index':
      return typeOfIndex(walk, node);
    case 'call':
      return typeOfCall(walk, node, true);
    case 'path':
      return typeOfPath(walk, node);
  }
}

/** Anything whose type has to be this one. */
export function expectType(walk: Walk, node: ExprNode, wanted: Type, what: string): boolean {
  const type = typeOf(walk, node);
  if (type === wanted || type === 'unknown' || wanted === 'unknown') return true;
  const code = type === 'void' ? 'MFL-TYPE-010' : 'MFL-TYPE-001';
  return error(
    walk.unit,
    code,
    node.at,
    `${what} is ${show(type)}, but has to be ${show(wanted)}${hint(type, wanted)}`,
  );
}

function hint(type: Type, wanted: Type): string {
  if (wanted === 'boolean' && type === 'string') return ': write x != ""';
  if (wanted === 'boolean' && type === 'number') return ': write x != 0';
  if (wanted === 'boolean' && type === 'list') return ': write count(x) > 0';
  if (wanted === 'string' && type === 'number') return ': write str(n)';
  if (wanted === 'number' && type === 'string') return ': write num(s)';
  if (wanted === 'string' && type === 'list') return ': write join(l, ", ") or first(l)';
  return wanted === 'list' && type === 'string' ? ': write [s]' : '';
}

export function expectCondition(walk: Walk, node: ExprNode): boolean {
  return expectType(walk, node, 'boolean', 'condition');
}

function typeOfList(walk: Walk, node: ListNode): Type {
  for (const item of node.items) expectType(walk, item, 'string', 'an item of a list');
  return 'list';
}

function typeOfPath(walk: Walk, node: PathNode): Type {
  return (find(walk, node.name, node.at) ?? unknownName(walk, node.name, node.at)).type;
}

function typeOfUnary(walk: Walk, node: UnaryNode): Type {
  if (node.operator === '!') {
    expectType(walk, node.operand, 'boolean', 'what is negated');
    return 'boolean';
  }
  expectType(walk, node.operand, 'number', 'what follows "-"');
  return 'number';
}

function typeOfIndex(walk: Walk, node: IndexNode): Type {
  expectType(walk, node.list, 'list', 'what stands before "["');
  expectType(walk, node.index, 'number', 'the index');
  return 'string';
}

function typeOfBinary(walk: Walk, node: BinaryNode): Type {
  const { operator } = node;
  if (operator === '&&' || operator === '||') {
    expectType(walk, node.left, 'boolean', `left of ${operator}`);
    expectType(walk, node.right, 'boolean', `right of ${operator}`);
    return 'boolean';
  }
  const left = typeOf(walk, node.left);
  const right = typeOf(walk, node.right);
  if (operator === '=~' || operator === '!~') checkPattern(walk, node.right);
  if (operator === '==' || operator === '!=') warnLetters(walk, node);
  const result = RESULTS[operator](left, right);
  if (result !== null) return result;
  error(walk.unit, 'MFL-TYPE-002', node.at, mismatch(operator, left, right));
  return ARITHMETIC.has(operator) ? 'unknown' : 'boolean';
}

const ARITHMETIC: ReadonlySet<BinaryOperator> = new Set(['+', '-', '*', '/', '%']);

type Rule = (left: Type, right: Type) => Type | null;

const fits = (type: Type, ...wanted: readonly Type[]): boolean => type === 'unknown' || wanted.includes(type);

const both =
  (result: Type, ...wanted: readonly Type[]): Rule =>
  (left, right) => {
    if (left === 'unknown' || right === 'unknown') return result === 'unknown' ? pick(left, right) : result;
    if (left !== right || !wanted.includes(left)) return null;
    return result === 'unknown' ? left : result;
  };

const pick = (left: Type, right: Type): Type => (left === 'unknown' ? right : left);

const sides =
  (left: readonly Type[], right: readonly Type[]): Rule =>
  (l, r) =>
    fits(l, ...left) && fits(r, ...right) ? 'boolean' : null;

const NUMBERS = both('number', 'number');
const SAME = both('boolean', 'string', 'number', 'boolean', 'list');
const ORDER = both('boolean', 'string', 'number');
const WORDS = sides(['string'], ['string', 'list']);

/** `unknown` as a result of `both` stands for the type of its sides. */
const RESULTS: Readonly<Record<BinaryOperator, Rule>> = {
  '||': both('boolean', 'boolean'),
  '&&': both('boolean', 'boolean'),
  '==': SAME,
  '!=': SAME,
  '<': ORDER,
  '<=': ORDER,
  '>': ORDER,
  '>=': ORDER,
  '=~': sides(['string'], ['string']),
  '!~': sides(['string'], ['string']),
  is: WORDS,
  contains: WORDS,
  matches: WORDS,
  in: sides(['string'], ['list']),
  '+': both('unknown', 'number', 'string', 'list'),
  '-': NUMBERS,
  '*': NUMBERS,
  '/': NUMBERS,
  '%': NUMBERS,
};

function mismatch(operator: BinaryOperator, left: Type, right: Type): string {
  const text = `${show(left)} ${operator} ${show(right)}`;
  if (operator === '+' && (left === 'string' || right === 'string'))
    return `${text}: use "...\${n}" or str(n)`;
  if (operator === 'in') return `${text}: "in" takes a string and a list; for networks use ip_in()`;
  if (ARITHMETIC.has(operator)) return `${text}: "${operator}" takes numbers`;
  if (operator === '==' || operator === '!=') return `${text}: only values of one type can be compared`;
  return `${text} makes no sense`;
}

/** A property that is always in lower case never equals a literal with capitals. */
function warnLetters(walk: Walk, node: BinaryNode): void {
  for (const [name, text] of [
    [node.left, node.right],
    [node.right, node.left],
  ] as const) {
    if (name.node !== 'path' || text.node !== 'string' || text.value.includes('${')) continue;
    if (!PROPERTIES.get(name.name)?.lower || !/[A-Z]/.test(text.value)) continue;
    const message = `${name.name} is always in lower case, so it never equals "${text.value}"; write it in lower case or use "is"`;
    warning(walk.unit, 'MFL-WARN-007', text.at, message);
  }
}

/** @param wanted its value is used */
export function typeOfCall(walk: Walk, node: CallNode, wanted: boolean): Type {
  const builtin = FUNCTIONS.get(node.name);
  if (builtin !== undefined) return typeOfBuiltin(walk, node, builtin);
  const declared = walk.world.functions.get(node.name);
  if (declared === undefined) {
    for (const argument of node.arguments) typeOf(walk, argument);
    error(walk.unit, 'MFL-NAME-004', node.at, `no function is called '${node.name}'`);
    return 'unknown';
  }
  walk.body.calls.push({ name: node.name, at: node.at });
  const { parameters, type } = declared.node;
  if (parameters.length !== node.arguments.length) {
    for (const argument of node.arguments) typeOf(walk, argument);
    wrongCount(walk, node, parameters.length, parameters.length);
    return type;
  }
  for (const [i, parameter] of parameters.entries()) {
    const argument = node.arguments[i];
    if (argument)
      expectType(walk, argument, parameter.type, `argument '${parameter.name}' of ${node.name}()`);
  }
  if (type === 'void' && wanted) {
    error(walk.unit, 'MFL-TYPE-010', node.at, `${node.name}() gives no value`);
    return 'unknown';
  }
  return type;
}

function wrongCount(walk: Walk, node: CallNode, least: number, most: number): void {
  const range =
    least === most
      ? `${least}`
      : most === Number.POSITIVE_INFINITY
        ? `${least} or more`
        : `${least} to ${most}`;
  const message = `${node.name}() takes ${range} argument${range === '1' ? '' : 's'}, not ${node.arguments.length}`;
  error(walk.unit, 'MFL-TYPE-003', node.at, message);
}

function typeOfBuiltin(walk: Walk, node: CallNode, signature: FunctionSignature): Type {
  const { name, parameters, rest } = signature;
  const least = signature.required ?? parameters.length;
  const most = rest ? Number.POSITIVE_INFINITY : parameters.length;
  if (node.arguments.length < least || node.arguments.length > most) wrongCount(walk, node, least, most);
  if (signature.hooks || signature.lookup) {
    walk.body.uses.push({ what: `${name}()`, hooks: signature.hooks, at: node.at });
  }
  if (isLater(name)) notYet(walk, name, node.at);
  let first: Type = 'unknown';
  for (const [i, argument] of node.arguments.entries()) {
    const wanted = parameters[i] ?? rest ?? 'any';
    if (wanted !== 'any') expectType(walk, argument, wanted, `argument ${i + 1} of ${name}()`);
    else if (i === 0) first = typeOf(walk, argument);
    else if (signature.result === 'first')
      expectType(walk, argument, first, `argument ${i + 1} of ${name}()`);
    else typeOf(walk, argument);
    const literal = signature.literals?.[i];
    if (literal) checkFunctionLiteral(walk, argument, literal);
  }
  return signature.result === 'first' ? first : signature.result;
}
