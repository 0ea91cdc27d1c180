// What a tree becomes as it runs: closures, made once for each node, since a program may run many times and a walk of the tree
// would decide everything anew at every step. A node's code is made when it is first reached and not before: in a process for
// one session most of a policy never is. Statements tell by a signal how they ended; the value of a `return` waits in the
// run. What a file has declared is known when code is made, so a name is looked up once.

import type { ExprNode, StatementNode } from '../language/ast.ts';
import type { Program } from '../program.ts';
import type { Value } from '../runtime.ts';
import type { Scope } from './scope.ts';
import type { Run } from './state.ts';
import type { Global } from './variables.ts';

export type Code = (run: Run) => Value;
export type Deed = (run: Run) => Signal;

export const NEXT = 0;
export const BREAK = 1;
export const CONTINUE = 2;
export const RETURN = 3;
export type Signal = typeof NEXT | typeof BREAK | typeof CONTINUE | typeof RETURN;

/** Code that can be run, with the slots its frame needs and the names it can see. */
export interface Body {
  readonly file: number;
  readonly deed: Deed;
  readonly scope: Scope;
}

/** A function of the program. Its body is made when it is first called. */
export type UserFunction = () => Body;

/** A program made ready to run. */
export interface Ready {
  readonly program: Program;
  readonly globals: Map<string, Global>;
  readonly functions: Map<string, UserFunction>;
  /** Code of the nodes that Sieve commands evaluate by themselves. A node stands in one scope only. */
  readonly expressions: WeakMap<ExprNode, Code>;
  /** By the node of their hook, function or script. */
  readonly bodies: WeakMap<object, Body>;
  readonly blocks: WeakMap<readonly StatementNode[], Deed>;
}
