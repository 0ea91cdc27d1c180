// Stages: whether everything a hook uses is there when it is called, also through the functions it calls, and whether the values of
// variables can be made when they are. Functions have no stage of their own: each call is judged by the hook it is made from.
// Each violation is told of once, at the call if it is made inside a function.

import { lineColumn } from '../language/problems.ts';
import type { HookName } from '../program.ts';
import { type Body, type DeclaredGlobal, error, type Use, type World } from './walk.ts';

/** All functions that a call of this one can lead to, itself included. */
function reachable(world: World, name: string): readonly Body[] {
  const seen = new Set<string>([name]);
  const bodies: Body[] = [];
  for (const next of seen) {
    const body = world.functions.get(next)?.body;
    if (body === undefined) continue;
    bodies.push(body);
    for (const call of body.calls) seen.add(call.name);
  }
  return bodies;
}

function place({ unit }: Body, at: number): string {
  return `${unit.source.name}:${lineColumn(unit.source.text, at).line}`;
}

function missing(use: Use, hook: HookName): boolean {
  return use.hooks !== null && !use.hooks.includes(hook);
}

function where({ hooks }: Use): string {
  if (hooks === null || hooks.length === 0) return 'nowhere';
  return hooks.length > 3 ? `from hook ${hooks[0]} on` : `at hook ${hooks.join(', ')}`;
}

export function checkStages(world: World, name: HookName, body: Body): void {
  const { unit } = body;
  for (const use of body.uses) {
    if (!missing(use, name)) continue;
    const message = `${use.what} is not to be had at hook ${name}, only ${where(use)}`;
    error(unit, 'MFL-STAGE-001', use.at, message);
  }
  const told = new Set<string>();
  const called = new Set<string>();
  for (const call of body.calls) {
    if (called.has(call.name)) continue;
    called.add(call.name);
    for (const inner of reachable(world, call.name)) {
      for (const use of inner.uses) {
        if (!missing(use, name) || told.has(`${call.name} ${use.what}`)) continue;
        told.add(`${call.name} ${use.what}`);
        const message =
          `${call.name}() cannot be called at hook ${name}: it comes to ${use.what} (${place(inner, use.at)}), ` +
          `only to be had ${where(use)}`;
        error(unit, 'MFL-STAGE-002', call.at, message);
      }
    }
  }
}

/** Values of variables are made from constants, functions without a view of the world and variables before them. */
export function checkInitialisers(world: World): void {
  for (const global of world.globals.values()) {
    const { body, unit } = global;
    for (const use of body.uses) {
      const message = `the value of '${global.node.name}' cannot depend on ${use.what}: no hook is being called`;
      error(unit, 'MFL-STAGE-003', use.at, message);
    }
    for (const read of body.reads) checkOrder(world, global, read.name, read.at);
    for (const call of body.calls) {
      const bodies = reachable(world, call.name);
      const use = bodies.flatMap((inner) => inner.uses)[0];
      if (use !== undefined) {
        const message = `the value of '${global.node.name}' cannot depend on ${use.what}, which ${call.name}() comes to`;
        error(unit, 'MFL-STAGE-003', call.at, message);
      }
      for (const { name } of bodies.flatMap((inner) => inner.reads)) checkOrder(world, global, name, call.at);
    }
  }
}

function checkOrder(world: World, global: DeclaredGlobal, name: string, at: number): void {
  const read = world.globals.get(name);
  if (read === undefined || read.order < global.order) return;
  const message = `'${name}' has no value yet: it is declared after '${global.node.name}'`;
  error(global.unit, 'MFL-NAME-013', at, message);
}
