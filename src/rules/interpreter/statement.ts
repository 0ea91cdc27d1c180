// Statements as code. A block becomes a list of deeds; `if` and the `elsif` and `else` behind it become one. Loops and
// `return` go by signals, verdicts and `stop` by leaving the run. What is no control structure goes to the verdicts and
// actions of MFL (command.ts), and what those do not know to the commands of Sieve.

import type {
  AssignNode,
  CommandNode,
  ExprNode,
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
import { declare, type Scope, slotOf } from './scope.ts';
import { type Run, step } from './state.ts';
import { readGlobal, readLoose, writeGlobal, writeLoose } from './variables.ts';

type Block = readonly StatementNode[];

/** Statements with the names in sight before them; what they declare ends with them. Each gets its code when it is reached. */
export function compileBlock(ready: Ready, outer: Scope, block: Block): Deed {
  const deeds: Deed[] = [];
  const rest: Rest = { ready, block, scope: outer, next: 0 };
  return (run) => {
    for (let i = 0; i < deeds.length || rest.next < block.length; i++) {
      let deed = deeds[i];
      if (deed === undefined) {
        deed = compileNext(rest);
        deeds.push(deed);
      }
      const signal = deed(run);
      if (signal !== NEXT) return signal;
    }
    return NEXT;
  };
}

/** What of a block has no code yet. */
interface Rest {
  readonly ready: Ready;
  readonly block: Block;
  scope: Scope;
  next: number;
}

function compileNext(rest: Rest): Deed {
  const { ready, block, scope, next } = rest;
  const node = block[next] as StatementNode;
  rest.next++;
  if (node.node === 'local') {
    // The value is looked at before the name is there.
    rest.scope = declare(scope, node.name);
    return compileLocal(ready, scope, node, rest.scope.slot);
  }
  if (node.node !== 'command' || node.name !== 'if') return compileStatement(ready, scope, node);
  if (!isBranch(block[next + 1])) return compileOneIf(ready, scope, node);
  const branches = branchesAt(block, next);
  rest.next = next + branches.length;
  return compileIf(ready, scope, branches);
}

function isBranch(node: StatementNode | undefined): node is CommandNode {
  return node?.node === 'command' && (node.name === 'elsif' || node.name === 'else');
}

// The `if` at this place with every `elsif` and `else` behind it.
function branchesAt(block: Block, from: number): readonly CommandNode[] {
  const branches = [block[from] as CommandNode];
  for (let i = from + 1; i < block.length; i++) {
    const statement = block[i];
    if (!isBranch(statement)) break;
    branches.push(statement);
  }
  return branches;
}

/** What policies mostly consist of. */
function compileOneIf(ready: Ready, scope: Scope, node: CommandNode): Deed {
  const { at, block } = node;
  const test = testOf(ready, scope, node);
  let deed: Deed | null = null;
  return (run) => {
    run.at = at;
    step(run);
    if (!test(run)) return NEXT;
    deed ??= compileBlock(ready, scope, block ?? []);
    return deed(run);
  };
}

interface Case {
  readonly at: number;
  /** null for `else`. */
  readonly test: Code | null;
  readonly deed: Deed;
}

function compileIf(ready: Ready, scope: Scope, branches: readonly CommandNode[]): Deed {
  const cases: Case[] = [];
  return (run) => {
    for (let i = 0; i < branches.length; i++) {
      let branch = cases[i];
      if (branch === undefined) {
        branch = compileBranch(ready, scope, branches[i] as CommandNode);
        cases.push(branch);
      }
      run.at = branch.at;
      step(run);
      if (branch.test === null || branch.test(run)) return branch.deed(run);
    }
    return NEXT;
  };
}

function compileBranch(ready: Ready, scope: Scope, node: CommandNode): Case {
  return {
    at: node.at,
    test: node.name === 'else' ? null : testOf(ready, scope, node),
    deed: compileBlock(ready, scope, node.block ?? []),
  };
}

function testOf(ready: Ready, scope: Scope, { tests }: CommandNode): Code {
  return compileExpression(ready, scope, tests[0] as ExprNode);
}

type Other = Exclude<StatementNode, LocalNode>;

function compileStatement(ready: Ready, scope: Scope, node: Other): Deed {
  switch (node.node) {
    case 'while':
      return compileWhile(ready, scope, node);
    case 'foreach':
      return compileForeach(ready, scope, node);
    case 'return':
      return compileReturn(node.value === null ? null : compileExpression(ready, scope, node.value), node.at);
    case 'assign':
      return compileAssign(ready, scope, node);
    case 'call-statement':
      return evaluating(compileExpression(ready, scope, node.call), node.at);
    case 'command':
      return compileCommand(ready, scope, node);
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
  const inner = declare(scope, node.variable);
  const { slot } = inner;
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

function compileLocal(ready: Ready, scope: Scope, node: LocalNode, slot: number): Deed {
  const value = compileExpression(ready, scope, node.value);
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
