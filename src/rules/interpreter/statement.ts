// Statements as code. A block becomes a list of deeds; `if` and the `elsif` and `else` behind it become one. Loops and
// `return` go by signals, verdicts and `stop` by leaving the run. What is no control structure goes to the verdicts and
// actions of MFL (command.ts), and what those do not know to the commands of Sieve.

import type {
  AssignNode,
  CommandNode,
  ForeachNode,
  LocalNode,
  StatementNode,
  WhileNode,
} from '../language/ast.ts';
import type { Value } from '../runtime.ts';
import { BREAK, type Code, type Deed, NEXT, RETURN, type Ready } from './code.ts';
import { compileCommand } from './command.ts';
import { compileExpression } from './expression.ts';
import { OPERATIONS } from './operators.ts';
import { declare, innerScope, type Scope, slotOf } from './scope.ts';
import { type Run, step } from './state.ts';
import { readGlobal, readLoose, writeGlobal, writeLoose } from './variables.ts';

type Block = readonly StatementNode[];

/** A block in a scope of its own. */
export function compileBlock(ready: Ready, outer: Scope, block: Block): Deed {
  const deed = compileIn(ready, innerScope(outer), block);
  ready.blocks.set(block, deed);
  return deed;
}

/** Statements in a scope that is there already. */
export function compileIn(ready: Ready, scope: Scope, block: Block): Deed {
  const deeds: Deed[] = [];
  for (let i = 0; i < block.length; ) {
    const statement = block[i] as StatementNode;
    const branches = statement.node === 'command' && statement.name === 'if' ? branchesAt(block, i) : null;
    deeds.push(branches ? compileIf(ready, scope, branches) : compileStatement(ready, scope, statement));
    i += branches?.length ?? 1;
  }
  const [only] = deeds;
  if (deeds.length === 1 && only !== undefined) return only;
  return (run) => {
    for (const deed of deeds) {
      const signal = deed(run);
      if (signal !== NEXT) return signal;
    }
    return NEXT;
  };
}

// The `if` at this place with every `elsif` and `else` behind it.
function branchesAt(block: Block, from: number): readonly CommandNode[] {
  const branches: CommandNode[] = [];
  for (let i = from; i < block.length; i++) {
    const statement = block[i] as StatementNode;
    if (statement.node !== 'command') break;
    if (i > from && statement.name !== 'elsif' && statement.name !== 'else') break;
    branches.push(statement);
  }
  return branches;
}

function compileIf(ready: Ready, scope: Scope, branches: readonly CommandNode[]): Deed {
  const cases = branches.map((branch) => {
    const [test] = branch.tests;
    return {
      at: branch.at,
      test: branch.name === 'else' || test === undefined ? null : compileExpression(ready, scope, test),
      deed: compileBlock(ready, scope, branch.block ?? []),
    };
  });
  return (run) => {
    for (const { at, test, deed } of cases) {
      run.at = at;
      step(run);
      if (test === null || test(run)) return deed(run);
    }
    return NEXT;
  };
}

function compileStatement(ready: Ready, scope: Scope, node: StatementNode): Deed {
  switch (node.node) {
    case 'while':
      return compileWhile(ready, scope, node);
    case 'foreach':
      return compileForeach(ready, scope, node);
    case 'return':
      return compileReturn(node.value === null ? null : compileExpression(ready, scope, node.value), node.at);
    case 'local':
      return compileLocal(ready, scope, node);
    case 'assign':
      return compileAssign(ready, scope, node);
    case 'call-statement':
      return evaluating(compileExpression(ready, scope, node.call), node.at);
    case 'command':
      return compileCommand(ready, scope, node, (block) => compileBlock(ready, scope, block));
  }
}

function compileWhile(ready: Ready, scope: Scope, node: WhileNode): Deed {
  const condition = compileExpression(ready, scope, node.condition);
  const deed = compileBlock(ready, scope, node.block);
  return (run) => {
    for (;;) {
      run.at = node.at;
      step(run);
      if (!condition(run)) return NEXT;
      const signal = deed(run);
      if (signal === BREAK) return NEXT;
      if (signal === RETURN) return RETURN;
    }
  };
}

function compileForeach(ready: Ready, scope: Scope, node: ForeachNode): Deed {
  const list = compileExpression(ready, scope, node.list);
  const inner = innerScope(scope);
  const slot = declare(inner, node.variable);
  const deed = compileBlock(ready, inner, node.block);
  return (run) => {
    run.at = node.at;
    step(run);
    for (const item of list(run) as readonly string[]) {
      run.at = node.at;
      step(run);
      run.frame[slot] = item;
      const signal = deed(run);
      if (signal === BREAK) break;
      if (signal === RETURN) return RETURN;
    }
    return NEXT;
  };
}

function compileReturn(value: Code | null, at: number): Deed {
  return (run) => {
    run.at = at;
    step(run);
    run.returned = value === null ? null : value(run);
    return RETURN;
  };
}

function compileLocal(ready: Ready, scope: Scope, node: LocalNode): Deed {
  // The value is looked at before the name is there.
  const value = compileExpression(ready, scope, node.value);
  const slot = declare(scope, node.name);
  return (run) => {
    run.at = node.at;
    step(run);
    run.frame[slot] = value(run);
    return NEXT;
  };
}

function compileAssign(ready: Ready, scope: Scope, node: AssignNode): Deed {
  const value = compileExpression(ready, scope, node.value);
  const { read, write } = placeFor(ready, scope, node);
  const operation = node.operator === '=' ? null : OPERATIONS[node.operator === '+=' ? '+' : '-'];
  return (run) => {
    run.at = node.at;
    step(run);
    write(run, operation === null ? value(run) : operation(run, read(run), value(run), node.at));
    return NEXT;
  };
}

interface Place {
  readonly read: Code;
  readonly write: (run: Run, value: Value) => void;
}

function placeFor(ready: Ready, scope: Scope, { target }: AssignNode): Place {
  const { name, at } = target;
  const slot = slotOf(scope, name);
  if (slot !== undefined) {
    return {
      read: (run) => run.frame[slot] ?? '',
      write: (run, value) => {
        run.frame[slot] = value;
      },
    };
  }
  const global = ready.globals.get(name);
  if (global !== undefined) {
    return {
      read: (run) => readGlobal(run, name, global),
      write: (run, value) => writeGlobal(run, name, global, value),
    };
  }
  return {
    read: (run) => readLoose(run, name, at),
    write: (run, value) => writeLoose(run, name, value, at),
  };
}

function evaluating(code: Code, at: number): Deed {
  return (run) => {
    run.at = at;
    step(run);
    code(run);
    return NEXT;
  };
}
