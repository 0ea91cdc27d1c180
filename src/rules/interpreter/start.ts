// A new run at its start, with the context's methods. Everything a run may change is made here, so that a run that
// is thrown away leaves nothing behind.

import type { ExprNode, StatementNode } from '../language/ast.ts';
import type { MainScript } from '../program.ts';
import type { HookInput, Lookup, Value } from '../runtime.ts';
import { ask } from './ask.ts';
import { inward } from './boundary.ts';
import { type Body, BREAK, type Code, NEXT, RETURN, type Ready } from './code.ts';
import type { Budget, Leave } from './context.ts';
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

export function newRun(ready: Ready, input: HookInput, budget: Budget, options: RunOptions): Run {
  return new FreshRun(ready, input, budget, options);
}

/** A class, because every hook of every session has one: methods made anew each time would cost more than most rules. */
class FreshRun implements Run {
  readonly ready: Ready;
  readonly program: Ready['program'];
  readonly input: HookInput;
  readonly budget: Budget;
  readonly deadline: Deadline | null;
  readonly extra: Extra | null;
  readonly result: Run['result'];
  readonly session: Map<string, Value>;
  readonly transaction: Map<string, Value>;
  file = 0;
  at = 0;
  main = false;
  captures: readonly string[] = [];
  regexSpent = 0;
  readonly effects: Run['effects'] = [];
  steps = 0;
  checkpoint: number;
  frame: Value[] = [];
  depth = 0;
  scope: Run['scope'] = null;
  returned: Value | null = null;
  readonly constants: Run['constants'] = new Map();
  sieve: Run['sieve'] = { own: new Map(), shared: new Set() };
  readonly shared: Run['shared'] = new Map();
  readonly facts: Run['facts'] = new Map();
  readonly tags: Run['tags'] = new Map();
  readonly asked: Run['asked'] = new Set();
  readonly asks: Run['asks'] = new Map();
  lookupFailed = false;
  readonly warned: Run['warned'] = new Set();
  delay = 0;

  constructor(ready: Ready, input: HookInput, budget: Budget, options: RunOptions) {
    const { deadline, extra } = options;
    this.ready = ready;
    this.program = ready.program;
    this.input = input;
    this.budget = budget;
    this.deadline = deadline ?? null;
    this.extra = extra ?? null;
    this.result = extra?.result ?? { actions: [], implicitKeep: true, flags: [] };
    this.session = new Map(Object.entries(input.variables.session));
    this.transaction = new Map(Object.entries(input.variables.transaction));
    this.checkpoint = nextCheckpoint(this);
  }

  evaluate(node: ExprNode): Value {
    return codeOf(this, node)(this);
  }

  execute(block: readonly StatementNode[]): void {
    execute(this, block);
  }

  executeScript(script: MainScript): void {
    executeScript(this, script);
  }

  shareVariable(name: string): void {
    this.sieve.shared.add(name);
  }

  variable(name: string): string {
    return readByName(this, this.ready.globals, name);
  }

  setVariable(name: string, value: string): void {
    writeByName(this, this.ready.globals, name, value);
  }

  interpolate(text: string): string {
    return interpolateNow(this.ready, this, text);
  }

  ask(lookup: Lookup, at: number): Value {
    return ask(this, lookup, at);
  }

  charge(steps: number): void {
    charge(this, steps);
  }

  warnOfLineEnd(at: number): void {
    warnOfLineEnd(this, at);
  }

  fail(at: number, code: string, message: string): never {
    return fault(this, at, code, message);
  }
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
