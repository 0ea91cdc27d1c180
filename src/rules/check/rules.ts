// The declarations of MFL files: functions and variables of the program are declared first, so that they can be used before they
// stand and from other files, then every body is walked. What the bodies use is judged by stages.ts. A name is
// declared once in the whole program; a hook once in a file.

import { HOOK_NAMES, HOOKS, isHookName } from '../commands/index.ts';
import type { FunctionNode, GlobalNode, HookNode, StatementNode } from '../language/ast.ts';
import type { HookName } from '../program.ts';
import { expectType } from './expressions.ts';
import { alwaysEnds, warnFlow } from './flow.ts';
import { nameProblem } from './names.ts';
import { checkStatements, declareVariable } from './statements.ts';
import { type Body, error, newBody, type Unit, type Walk, type World, warnUnused } from './walk.ts';

export interface CheckedHook {
  readonly name: HookName;
  readonly unit: Unit;
  readonly node: HookNode;
  readonly body: Body;
}

/** Functions and variables of one file, by name. Files are declared in load order, which is that of values. */
export function declareUnit(world: World, unit: Unit): void {
  for (const item of unit.script.items) {
    if (item.node === 'function') declareFunction(world, unit, item);
    else if (item.node === 'global') declareGlobal(world, unit, item);
  }
  collectSets(world, unit.script.items as readonly unknown[]);
}

function refused(
  world: World,
  unit: Unit,
  { name, at }: FunctionNode | GlobalNode,
  what: 'function' | 'variable',
) {
  const problem = nameProblem(name, what);
  if (problem !== null) return !error(unit, 'MFL-NAME-003', at, problem);
  const taken = world.functions.has(name.toLowerCase()) || world.globals.has(name.toLowerCase());
  return taken && !error(unit, 'MFL-NAME-008', at, `'${name}' is declared already`);
}

function declareFunction(world: World, unit: Unit, node: FunctionNode): void {
  if (refused(world, unit, node, 'function')) return;
  world.functions.set(node.name.toLowerCase(), { node, unit, body: newBody(unit) });
}

function declareGlobal(world: World, unit: Unit, node: GlobalNode): void {
  if (refused(world, unit, node, 'variable')) return;
  if (node.type === 'void') error(unit, 'MFL-TYPE-004', node.at, `'${node.name}' cannot be void`);
  const variable = { type: node.type, at: node.at, constant: node.scope === 'const', used: false };
  const order = world.globals.size;
  world.globals.set(node.name.toLowerCase(), { node, unit, body: newBody(unit), order, variable });
}

interface Named {
  readonly node?: unknown;
  readonly name?: unknown;
  readonly arguments?: readonly { readonly node: string; readonly value?: unknown }[];
  readonly block?: readonly unknown[] | null;
}

/** `set "x"` brings a string variable into being for the whole script (RFC 5229). */
function collectSets(world: World, nodes: readonly unknown[]): void {
  for (const item of nodes as readonly Named[]) {
    if (item.node === 'command' && item.name === 'set') {
      const first = item.arguments?.find(({ node }) => node === 'string');
      if (typeof first?.value === 'string') world.loose.add(first.value.toLowerCase());
    }
    if (item.node === 'command' && item.name === 'extracttext') {
      const last = item.arguments?.at(-1);
      if (typeof last?.value === 'string') world.loose.add(last.value.toLowerCase());
    }
    if (item.block) collectSets(world, item.block);
  }
}

function walkFor(world: World, body: Body, place: Walk['place'], returns: Walk['returns']): Walk {
  return {
    world,
    unit: body.unit,
    body,
    scope: { names: new Map(), parent: null },
    place,
    returns,
    inLoop: false,
    parts: [],
    top: false,
    sets: new Set(),
    globals: new Set(),
  };
}

function checkBody(
  walk: Walk,
  parameters: FunctionNode['parameters'],
  block: readonly StatementNode[],
): void {
  for (const { name, type, at } of parameters) {
    declareVariable(walk, name, type, at, 'parameter');
    const declared = walk.scope.names.get(name.toLowerCase());
    // A parameter may go unread: hooks have the ones they have.
    if (declared) declared.used = true;
  }
  checkStatements(walk, block);
  warnUnused(walk);
  warnFlow(walk.unit, block);
}

/** Every function, initialiser and hook of one file. */
export function checkUnit(world: World, unit: Unit): readonly CheckedHook[] {
  const hooks: CheckedHook[] = [];
  for (const item of unit.script.items) {
    if (item.node === 'hook') {
      const checked = checkHook(world, unit, item, hooks);
      if (checked !== null) hooks.push(checked);
    } else if (item.node === 'function') {
      const declared = world.functions.get(item.name.toLowerCase());
      if (declared?.node === item) checkFunction(world, item, declared.body);
    } else if (item.node === 'global') {
      const declared = world.globals.get(item.name.toLowerCase());
      if (declared?.node !== item) continue;
      const walk = walkFor(world, declared.body, 'initialiser', null);
      const wanted = item.type === 'void' ? 'unknown' : item.type;
      expectType(walk, item.value, wanted, `the value of '${item.name}'`);
    }
  }
  return hooks;
}

function checkFunction(world: World, node: FunctionNode, body: Body): void {
  checkBody(walkFor(world, body, 'function', node.type), node.parameters, node.block);
  if (node.type === 'void' || alwaysEnds(node.block)) return;
  error(
    body.unit,
    'MFL-TYPE-006',
    node.at,
    `${node.name}() can come to its end without returning a ${node.type}`,
  );
}

function checkHook(
  world: World,
  unit: Unit,
  node: HookNode,
  before: readonly CheckedHook[],
): CheckedHook | null {
  const { name, at } = node;
  if (!isHookName(name)) {
    error(unit, 'MFL-NAME-011', at, `no hook is called '${name}': there are ${HOOK_NAMES.join(' ')}`);
    return null;
  }
  if (before.some((other) => other.name === name)) {
    error(unit, 'MFL-NAME-012', at, `hook ${name} is declared twice in this file`);
    return null;
  }
  checkParameters(unit, name, node);
  const body = newBody(unit);
  checkBody(walkFor(world, body, 'hook', null), node.parameters ?? [], node.block);
  return { name, unit, node, body };
}

function checkParameters(unit: Unit, name: HookName, { parameters, at }: HookNode): void {
  if (parameters === null) return;
  const wanted = HOOKS[name].parameters;
  const shown = `${name}(${wanted.map((parameter) => `${parameter.type} ${parameter.name}`).join(', ')})`;
  const fine =
    parameters.length === wanted.length && parameters.every(({ type }, i) => type === wanted[i]?.type);
  if (!fine) error(unit, 'MFL-TYPE-007', at, `the hook is ${shown}; its parameters can also be left out`);
}
