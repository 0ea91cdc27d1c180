// Expressions as code (docs/mfl.md, sections 4 and 5). One closure a node, one step a node; arguments from left to right;
// `&&`, `||`, anyof and allof stop as soon as they know. Types were checked when the program was compiled.

import type { BinaryNode, CallNode, ExprNode, IndexNode, ListNode, TestNode } from '../language/ast.ts';
import type { Value } from '../runtime.ts';
import { SIEVE_TESTS } from '../sieve/index.ts';
import { LOOKUP_FAULT } from './ask.ts';
import { callFunction } from './call.ts';
import type { Code, Ready } from './code.ts';
import { FUNCTIONS } from './functions/index.ts';
import { compileName, compileString } from './interpolation.ts';
import { exact, OPERATIONS } from './operators.ts';
import type { Scope } from './scope.ts';
import { chargeReading, fault, isLeave, type Run, step } from './state.ts';

export function compileExpression(ready: Ready, scope: Scope, node: ExprNode): Code {
  const code = make(ready, scope, node);
  ready.expressions.set(node, code);
  const literal = literalOf(node);
  if (literal !== null) ready.literals.set(node, literal);
  return code;
}

/** The value of a string or a list of strings that mean what is written in any file. */
function literalOf(node: ExprNode): Value | null {
  if (node.node === 'string') return node.value.includes('${') ? null : node.value;
  if (node.node !== 'list') return null;
  const items = node.items.map((item) => (item.node === 'string' ? literalOf(item) : null));
  return items.every((item) => item !== null) ? (items as readonly string[]) : null;
}

function make(ready: Ready, scope: Scope, node: ExprNode): Code {
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

function constant(value: Value): Code {
  return (run) => {
    step(run);
    return value;
  };
}

/** A list of literals is one value, always the same, so that whoever uses it may remember what it made of it. */
function compileList(ready: Ready, scope: Scope, node: ListNode): Code {
  const codes = node.items.map((item) => compileExpression(ready, scope, item));
  const items = literalOf(node);
  if (items !== null) {
    const cost = 1 + codes.length;
    return (run) => {
      run.charge(cost);
      return items;
    };
  }
  return (run) => {
    step(run);
    return codes.map((code) => code(run) as string);
  };
}

function compileBinary(ready: Ready, scope: Scope, node: BinaryNode): Code {
  const left = compileExpression(ready, scope, node.left);
  const right = compileExpression(ready, scope, node.right);
  const { operator, at } = node;
  if (operator === '&&' || operator === '||') {
    const known = operator === '||';
    return (run) => {
      step(run);
      return left(run) === known ? known : right(run);
    };
  }
  const operation = OPERATIONS[operator];
  const result = node.negated === true;
  if (result) {
    return (run) => {
      step(run);
      return !operation(run, left(run), right(run), at);
    };
  }
  return (run) => {
    step(run);
    return operation(run, left(run), right(run), at);
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
  const builtin = FUNCTIONS.get(node.name);
  if (builtin === undefined) return (run) => unknown(run, node.at, `function ${node.name}`);
  return (run) => {
    step(run);
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
  const tests = node.tests.map((test) => compileExpression(ready, scope, test));
  for (const argument of node.arguments) {
    if (argument.node !== 'tag') compileExpression(ready, scope, argument);
  }
  switch (node.name) {
    case 'true':
    case 'false':
      return constant(node.name === 'true');
    case 'not':
      return compileUnary(tests[0] ?? constant(false), '!', node.at);
    case 'anyof':
    case 'allof':
      return compileSeveral(tests, node.name === 'anyof');
    default:
      return compileSieveTest(scope, node);
  }
}

/** Stops at the first test that comes out as `wanted`. */
function compileSeveral(tests: readonly Code[], wanted: boolean): Code {
  return (run) => {
    step(run);
    for (const test of tests) if (test(run) === wanted) return wanted;
    return !wanted;
  };
}

function compileSieveTest(scope: Scope, node: TestNode): Code {
  return (run) => {
    step(run);
    const test = run.extra?.tests.get(node.name) ?? SIEVE_TESTS.get(node.name);
    if (test === undefined) return unknown(run, node.at, `test ${node.name}`);
    run.scope = scope;
    return test(node, run);
  };
}

/** Only a program of another version can come here. */
export function unknown(run: Run, at: number, what: string): never {
  return fault(run, at, 'MFL-RUN-UNKNOWN', `${what} is not known to this version`);
}
