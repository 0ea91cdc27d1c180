// A new run at its start, with the context's methods bound to it. Everything a run may change is made here, so that a run that
// is thrown away leaves nothing behind.

import type { ExprNode, StatementNode } from '../language/ast.ts';
import type { MainScript } from '../program.ts';
import type { HookInput, Value } from '../runtime.ts';
import { ask } from './ask.ts';
import { inward } from './boundary.ts';
import { type Body, BREAK, type Code, NEXT, RETURN, type Ready } from './code.ts';
import type { Budget, Context, Leave } from './context.ts';
import { warnOfLineEnd } from './emit.ts';
import { compileExpression, literalOf } from './expression.ts';
import { interpolateNow } from './interpolation.ts';
import { mainBody } from './prepare.ts';
import { outerScope } from './scope.ts';
import { charge, type Deadline, type Extra, fault, isLeave, nextCheckpoint, type Run } from './state.ts';
import { compileBlock } from './statement.ts';
import { readByName, writeByName } from './variables.ts';

export interface RunOptions {
  readonly budget?: Budget;
  /** Without it no time passes; the bound on steps holds in any case. */
  readonly deadline?: Deadline;
  readonly extra?: Extra;
}

type Methods = Pick<
  Context,
  | 'evaluate'
  | 'execute'
  | 'executeScript'
  | 'shareVariable'
  | 'variable'
  | 'setVariable'
  | 'interpolate'
  | 'ask'
  | 'charge'
  | 'warnOfLineEnd'
  | 'fail'
>;

export function newRun(ready: Ready, input: HookInput, budget: Budget, options: RunOptions): Run {
  const { deadline = null, extra = null } = options;
  const run: Run = {
    ready,
    program: ready.program,
    input,
    budget,
    deadline,
    extra,
    file: 0,
    at: 0,
    main: false,
    captures: [],
    regexSpent: 0,
    result: extra?.result ?? { actions: [], implicitKeep: true, flags: [] },
    effects: [],
    steps: 0,
    checkpoint: 0,
    frame: [],
    depth: 0,
    scope: null,
    returned: null,
    constants: new Map(),
    session: new Map(Object.entries(input.variables.session)),
    transaction: new Map(Object.entries(input.variables.transaction)),
    sieve: { own: new Map(), shared: new Set() },
    shared: new Map(),
    facts: new Map(),
    tags: new Map(),
    asked: new Set(),
    asks: new Map(),
    lookupFailed: false,
    warned: new Set(),
    delay: 0,
    ...methodsOf(() => run),
  };
  run.checkpoint = nextCheckpoint(run);
  return run;
}

function methodsOf(current: () => Run): Methods {
  return {
    evaluate(node) {
      const run = current();
      return codeOf(run, node)(run);
    },
    execute: (block) => execute(current(), block),
    executeScript: (script) => executeScript(current(), script),
    shareVariable: (name) => void current().sieve.shared.add(name),
    variable: (name) => readByName(current(), current().ready.globals, name),
    setVariable: (name, value) => writeByName(current(), current().ready.globals, name, value),
    interpolate: (text) => interpolateNow(current().ready, current(), text),
    ask: (lookup, at) => ask(current(), lookup, at),
    charge: (steps) => charge(current(), steps),
    warnOfLineEnd: (at) => warnOfLineEnd(current(), at),
    fail: (at, code, message) => fault(current(), at, code, message),
  };
}

/** Literals cost Sieve commands nothing, since they may remember them. */
function codeOf(run: Run, node: ExprNode): Code {
  const { ready } = run;
  const known = ready.expressions.get(node);
  if (known !== undefined) return known;
  const literal = literalOf(node);
  const code = literal === null ? compileExpression(ready, scopeNow(run), node) : () => literal;
  ready.expressions.set(node, code);
  return code;
}

/** That of the command that asks; nodes may also stand in no program. */
function scopeNow(run: Run) {
  return run.scope ?? outerScope({ file: run.file, interpolates: true, encoded: true });
}

function execute(run: Run, block: readonly StatementNode[]): void {
  const { scope, ready } = run;
  let deed = ready.blocks.get(block);
  if (deed === undefined) {
    deed = compileBlock(ready, scopeNow(run), block);
    ready.blocks.set(block, deed);
  }
  const signal = deed(run);
  run.scope = scope;
  if (signal === RETURN) throw { leave: 'return', value: run.returned } satisfies Leave;
  if (signal === BREAK) throw { leave: 'break' } satisfies Leave;
}

/** Puts a run to the beginning of a body. */
export function enter(run: Run, body: Body, values: readonly Value[]): void {
  run.file = body.file;
  run.scope = body.scope;
  run.frame = values.map(inward);
}

/** Executes a body to its end or `return`. */
export function follow(run: Run, body: Body): void {
  try {
    if (body.deed(run) !== NEXT) run.returned = null;
  } catch (thrown) {
    if (!isLeave(thrown) || (thrown.leave !== 'return' && thrown.leave !== 'break')) throw thrown;
  }
}

function executeScript(run: Run, script: MainScript): void {
  const { file, at, frame, scope, sieve } = run;
  const body = mainBody(run.ready, script);
  run.sieve = { own: new Map(), shared: new Set() };
  enter(run, body, []);
  follow(run, body);
  Object.assign(run, { file, at, frame, scope, sieve });
}
