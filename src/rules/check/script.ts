// A Sieve script, or the main script of an MFL file: commands at the top level, run as the `message` hook with the semantics of
// Sieve. For MFL the body is judged as a hook like any other; a Sieve script is bound by what it requires instead.

import { isDeclaration, type StatementNode } from '../language/ast.ts';
import { checkStatements } from './statements.ts';
import { type Body, newBody, type Unit, type Walk, type World, warnUnused } from './walk.ts';

/** The statements at the top level of a file, in order. */
export function statementsOf(unit: Unit): readonly StatementNode[] {
  return unit.script.items.filter((item) => !isDeclaration(item));
}

/** Checks them, `require` and all, and answers what they use. */
export function checkScript(world: World, unit: Unit): Body {
  const body = newBody(unit);
  const walk: Walk = {
    world,
    unit,
    body,
    scope: { names: new Map(), parent: null },
    place: 'main',
    returns: null,
    inLoop: false,
    parts: [],
    top: true,
    sets: new Set(),
    globals: new Set(),
  };
  checkStatements(walk, statementsOf(unit));
  warnUnused(walk);
  return body;
}
