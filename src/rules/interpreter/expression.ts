// Expressions as code (docs/mfl.md, sections 4 and 5). One closure a node, one step a node; arguments from left to right;
// `&&`, `||`, anyof and allof stop as soon as they know. Types were checked when the program was compiled.

import type { BinaryNode, CallNode, ExprNode, IndexNode, ListNode, TestNode } from '../language/ast.ts';
import type { Value } from '../runtime.ts';
import { LOOKUP_FAULT } from './ask.ts';
import { callFunction } from './call.ts';
import type { Code, Ready } from './code.ts';
import { functionNamed } from './functions/index.ts';
import { compileName, compileString, constant } from './interpolation.ts';
import { exact, OPERATIONS, type Operation } from './operators.ts';
import type { Scope } from './scope.ts';
import { sievePart } from './sieve-part.ts';
import { charge, chargeReading, fault, isLeave, type Run, step } from './state.ts';

/** The value of a string or a list of strings that mean what is written in any file. */
export function literalOf(node: ExprNode): Value | null {
  if (node.node === 'string') return node.value.includes('${') ? null : node.value;
  if (node.node !== 'list') return null;
  const items = node.items.map((item) => (item.node === 'string' ? literalOf(item) : null));
  return items.every((item) => item !== null) ? (items as readonly string[]) : null;
}

export function compileExpression(ready: Ready, scope: Scope, node: ExprNode): Code {
  switch (node.node) {
    case 'string':
      return compileString(ready, scope, node);
    case 'number':
      return constant(node.value);
    case 'list':
      return compileList(ready, scope, node);
    case 'path':
      return compileName(ready, scope, node.name, node.at);
    case 'binary':
      return compileBinary(ready, scope, node);
    case 'unary':
      return compileUnary(compileExpression(ready, scope, node.operand), node.operator, node.at);
    case 'index':
      return compileIndex(ready, scope, node);
    case 'call':
      return compileCall(ready, scope, node);
    case 'test':
      return compileTest(ready, scope, node);
  }
}

/** A list of literals is one value, always the same, so that whoever uses it may remember what it made of it. */
function compileList(ready: Ready, scope: Scope, node: ListNode): Code {
  const items = literalOf(node);
  if (items !== null) {
    const cost = 1 + node.items.length;
    return (run) => {
      charge(run, cost);
      return items;
    };
  }
  const codes = node.items.map((item) => compileExpression(ready, scope, item));
  return (run) => {
    step(run);
    return codes.map((code) => code(run) as string);
  };
}

function compileBinary(ready: Ready, scope: Scope, node: BinaryNode): Code {
  const { operator } = node;
  if (operator === '&&' || operator === '||') return compileLogical(ready, scope, node, operator === '||');
  const positive = compileOperation(ready, scope, node, OPERATIONS[operator]);
  return node.negated ? (run) => !positive(run) : positive;
}

/** @param known the left side's value that settles it */
function compileLogical(ready: Ready, scope: Scope, node: BinaryNode, known: boolean): Code {
  const left = compileExpression(ready, scope, node.left);
  let right: Code | null = null;
  return (run) => {
    step(run);
    if (left(run) === known) return known;
    right ??= compileExpression(ready, scope, node.right);
    return right(run);
  };
}

function compileOperation(ready: Ready, scope: Scope, { left, right, at }: BinaryNode, operation: Operation) {
  const first = compileExpression(ready, scope, left);
  const fixed = right.node === 'number' ? right.value : literalOf(right);
  if (fixed !== null) {
    // What rules do most: one step for the operator, the others for the literal, which needs no code.
    const cost = right.node === 'list' ? right.items.length + 2 : 2;
    return (run: Run) => {
      charge(run, cost);
      return operation(run, first(run), fixed, at);
    };
  }
  const second = compileExpression(ready, scope, right);
  return (run: Run) => {
    step(run);
    return operation(run, first(run), second(run), at);
  };
}

function compileUnary(operand: Code, operator: '!' | '-', at: number): Code {
  if (operator === '!') {
    return (run) => {
      step(run);
      return !operand(run);
    };
  }
  return (run) => {
    step(run);
    return exact(run, -(operand(run) as number), at);
  };
}

function compileIndex(ready: Ready, scope: Scope, node: IndexNode): Code {
  const list = compileExpression(ready, scope, node.list);
  const index = compileExpression(ready, scope, node.index);
  return (run) => {
    step(run);
    const items = list(run) as readonly string[];
    const which = index(run) as number;
    const item = Number.isInteger(which) ? items[which] : undefined;
    return item ?? fault(run, node.at, 'MFL-RUN-INDEX', `no item ${which} in a list of ${items.length}`);
  };
}

function compileCall(ready: Ready, scope: Scope, node: CallNode): Code {
  const codes = node.arguments.map((argument) => compileExpression(ready, scope, argument));
  const [first, second] = codes;
  if (node.name === 'try' && first !== undefined && second !== undefined) return compileTry(first, second);
  const user = ready.functions.get(node.name);
  if (user !== undefined) return (run) => callFunction(run, user, codes, node.at) ?? '';
  let builtin = functionNamed(node.name);
  return (run) => {
    step(run);
    builtin ??= sievePart().functions.get(node.name) ?? unknown(run, node.at, `function ${node.name}`);
    const values = codes.map((code) => code(run));
    for (const value of values) chargeReading(run, value);
    return builtin(run, values, node.at);
  };
}

/** Only a failed lookup is caught; the run goes on as it stood before. */
function compileTry(attempt: Code, fallback: Code): Code {
  return (run) => {
    step(run);
    const { file, at, frame, depth, scope } = run;
    try {
      return attempt(run);
    } catch (thrown) {
      if (!isLeave(thrown) || thrown.leave !== 'fault' || thrown.fault.code !== LOOKUP_FAULT) throw thrown;
      Object.assign(run, { file, at, frame, depth, scope, lookupFailed: true });
      return fallback(run);
    }
  };
}

function compileTest(ready: Ready, scope: Scope, node: TestNode): Code {
  const [first] = node.tests;
  switch (node.name) {
    case 'true':
    case 'false':
      return constant(node.name === 'true');
    case 'not':
      return compileUnary(
        first === undefined ? constant(false) : compileExpression(ready, scope, first),
        '!',
        node.at,
      );
    case 'anyof':
    case 'allof':
      return compileSeveral(ready, scope, node.tests, node.name === 'anyof');
    default:
      return compileSieveTest(scope, node);
  }
}

/** Stops at the first test that comes out as `wanted`. */
function compileSeveral(ready: Ready, scope: Scope, nodes: readonly ExprNode[], wanted: boolean): Code {
  const tests: Code[] = [];
  return (run) => {
    step(run);
    for (let i = 0; i < nodes.length; i++) {
      let test = tests[i];
      if (test === undefined) {
        test = compileExpression(ready, scope, nodes[i] as ExprNode);
        tests.push(test);
      }
      if (test(run) === wanted) return wanted;
    }
    return !wanted;
  };
}

function compileSieveTest(scope: Scope, node: TestNode): Code {
  return (run) => {
    step(run);
    const test = run.extra?.tests.get(node.name) ?? sievePart().tests.get(node.name);
    if (test === undefined) return unknown(run, node.at, `test ${node.name}`);
    run.scope = scope;
    return test(node, run);
  };
}

/** Only a program of another version can come here. */
export function unknown(run: Run, at: number, what: string): never {
  return fault(run, at, 'MFL-RUN-UNKNOWN', `${what} is not known to this version`);
}
