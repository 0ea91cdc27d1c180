// A program made ready: its functions and global variables found by name, and the code of each hook made when it first runs, once
// for all sessions. Files that are MFL have every string feature; a Sieve script has what it required.

import type { FunctionNode } from '../language/ast.ts';
import type { HookBody, HookName, MainScript, Program } from '../program.ts';
import type { Body, Ready } from './code.ts';
import { compileExpression } from './expression.ts';
import { declare, outerScope, type Unit } from './scope.ts';
import { compileBlock } from './statement.ts';
import type { Global } from './variables.ts';

const programs = new WeakMap<Program, Ready>();

export function readyFor(program: Program): Ready {
  const known = programs.get(program);
  if (known !== undefined) return known;
  const ready: Ready = {
    program,
    globals: new Map(),
    functions: new Map(),
    expressions: new WeakMap(),
    bodies: new WeakMap(),
    blocks: new WeakMap(),
  };
  programs.set(program, ready);
  for (const [name, { file, node }] of Object.entries(program.functions)) {
    ready.functions.set(name.toLowerCase(), () => bodyOf(ready, node, mflUnit(file), node.parameters));
  }
  for (const { file, node } of program.globals) {
    ready.globals.set(node.name.toLowerCase(), globalOf(ready, file, node));
  }
  return ready;
}

function globalOf(ready: Ready, file: number, node: Global['node']): Global {
  let code: Global['value'] | null = null;
  return {
    file,
    node,
    value(run) {
      code ??= compileExpression(ready, outerScope(mflUnit(file)), node.value);
      return code(run);
    },
  };
}

export function hookBodies(ready: Ready, name: HookName): readonly Body[] {
  const hooks = ready.program.hooks[name] ?? [];
  return hooks.map(({ file, node }) => bodyOf(ready, node, mflUnit(file), node.parameters));
}

export function mainBody(ready: Ready, main: MainScript): Body {
  const { file, interpolates, capabilities } = main;
  return bodyOf(ready, main, { file, interpolates, encoded: capabilities.includes('encoded-character') }, []);
}

function mflUnit(file: number): Unit {
  return { file, interpolates: true, encoded: true };
}

/** Made once for each program. */
function bodyOf(
  ready: Ready,
  node: HookBody | FunctionNode | MainScript,
  unit: Unit,
  parameters: HookBody['parameters'],
): Body {
  const known = ready.bodies.get(node);
  if (known !== undefined) return known;
  let scope = outerScope(unit);
  for (const { name } of parameters) scope = declare(scope, name);
  const body: Body = { file: unit.file, deed: compileBlock(ready, scope, node.block), scope };
  ready.bodies.set(node, body);
  return body;
}
