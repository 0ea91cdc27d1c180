// Commands as code: the controls that only steer, the verdicts and actions of MFL, and for everything else the commands of Sieve,
// which get the node itself and read its arguments through the context. In a main script `reject`, `ereject` and `discard` are
// actions of Sieve; in a hook they end it.

import { bindWith } from '../commands/binding.ts';
import type { ArgumentNode, CommandNode } from '../language/ast.ts';
import { ACTIONS } from './actions.ts';
import type { Arguments, Perform } from './arguments.ts';
import { BREAK, CONTINUE, type Deed, NEXT, RETURN, type Ready } from './code.ts';
import type { Leave } from './context.ts';
import { compileExpression, unknown } from './expression.ts';
import { compileString } from './interpolation.ts';
import type { Scope } from './scope.ts';
import { sievePart } from './sieve-part.ts';
import { fault, isLeave, type Run, step } from './state.ts';
import { VERDICTS } from './verdicts.ts';

/** Verdicts that are actions of Sieve in a main script. */
const SIEVE_TOO: readonly string[] = ['reject', 'ereject', 'discard'];

/** The tags of verdicts and of MFL's actions that stand alone; all the others have a value. */
const ALONE: readonly string[] = ['dryrun', 'local', 'relay'];

export const takesValue = (tag: string): boolean => !ALONE.includes(tag);

export function compileCommand(ready: Ready, scope: Scope, node: CommandNode): Deed {
  switch (node.name) {
    case 'require':
      return () => NEXT;
    case 'stop':
      return stop(node.at);
    case 'continue':
      return signalling(CONTINUE, node.at);
    case 'return':
      return signalling(RETURN, node.at);
    case 'break':
      if (node.arguments.length === 0) return signalling(BREAK, node.at);
      break;
    case 'error':
      return compileError(ready, scope, node);
  }
  const perform = VERDICTS.get(node.name) ?? ACTIONS.get(node.name);
  if (perform === undefined) return compileSieve(scope, node);
  const deed = compileOwn(ready, scope, node, perform);
  if (!SIEVE_TOO.includes(node.name)) return deed;
  const collected = compileSieve(scope, node);
  return (run) => (run.main ? collected(run) : deed(run));
}

function signalling(signal: typeof BREAK | typeof CONTINUE | typeof RETURN, at: number): Deed {
  return (run) => {
    run.at = at;
    step(run);
    run.returned = null;
    return signal;
  };
}

function stop(at: number): Deed {
  return (run) => {
    run.at = at;
    step(run);
    throw { leave: 'stop' } satisfies Leave;
  };
}

/** `error`, the script's own complaint (RFC 5463 §5). */
function compileError(ready: Ready, scope: Scope, node: CommandNode): Deed {
  const [message] = node.arguments;
  const code =
    message === undefined || message.node === 'tag' ? null : compileExpression(ready, scope, message);
  return (run) => {
    run.at = node.at;
    step(run);
    return fault(run, node.at, 'MFL-RUN-ERROR', String(code?.(run) ?? ''));
  };
}

function compileOwn(ready: Ready, scope: Scope, node: CommandNode, perform: Perform): Deed {
  const { tags, positional } = bindWith(node, takesValue);
  const given: Arguments = {
    at: node.at,
    tags: new Map([...tags].map(([name, value]) => [name, value && compileArgument(ready, scope, value)])),
    positional: positional.map((argument) => compileArgument(ready, scope, argument)),
  };
  return (run) => {
    run.at = node.at;
    step(run);
    perform(run, given);
    return NEXT;
  };
}

// Literals keep the lines they are written in; what is filled in cannot add any.
function compileArgument(ready: Ready, scope: Scope, node: ArgumentNode) {
  if (node.node === 'tag') return { literal: true, code: () => '' };
  const literal = node.node === 'string';
  return {
    literal,
    code: literal ? compileString(ready, scope, node, true) : compileExpression(ready, scope, node),
  };
}

// It evaluates its arguments, and executes its block, by the nodes themselves (start.ts).
function compileSieve(scope: Scope, node: CommandNode): Deed {
  const perform: Deed = (run) => {
    const action = run.extra?.actions.get(node.name) ?? sievePart().actions.get(node.name);
    if (action === undefined) return unknown(run, node.at, node.name);
    run.at = node.at;
    step(run);
    run.scope = scope;
    action(node, run);
    return NEXT;
  };
  if (node.block === null) return perform;
  return (run) => leavingBlock(run, perform);
}

// A block left by `return` or `break` through the command that executed it.
function leavingBlock(run: Run, perform: Deed) {
  try {
    return perform(run);
  } catch (thrown) {
    if (!isLeave(thrown)) throw thrown;
    if (thrown.leave === 'break') return BREAK;
    if (thrown.leave !== 'return') throw thrown;
    run.returned = thrown.value;
    return RETURN;
  }
}
