// What names mean: variables, constants, properties of objects, settings. Reading one notes what it needs of the hook it is read
// at; strings are searched for the names they mention. Follows the sections on scopes and objects of the language reference and,
// in Sieve scripts, RFC 5229 §3 (a namespace nobody knows is an error) and RFC 6609 §3.4 (`global.`).

import {
  FUNCTIONS,
  FUNCTIONS_LATER,
  hooksFrom,
  OBJECTS,
  PROPERTIES,
  setting,
  TEST_NAMES,
} from '../commands/index.ts';
import { piecesOf } from '../interpreter/template.ts';
import type { StringNode } from '../language/ast.ts';
import { unicodeProblem } from '../sieve/encoded-character.ts';
import { CAPTURES } from './constants.ts';
import { error, has, interpolates, lookUp, type Type, type Walk, warning } from './walk.ts';

const RESERVED: ReadonlySet<string> = new Set(
  (
    'hook import const session transaction string number boolean list void while foreach in is contains ' +
    'matches return break continue elsif else if'
  ).split(' '),
);

/**
 * What keeps a name from being declared; null when nothing does. Parameters may be called like a test, since those of hooks are:
 * `$address` reads one.
 */
export function nameProblem(name: string, what: 'function' | 'variable' | 'parameter'): string | null {
  const key = name.toLowerCase();
  if (RESERVED.has(key)) return `'${name}' is a word of the language`;
  if (what !== 'parameter' && TEST_NAMES.has(key)) return `'${name}' is the name of a test`;
  if (OBJECTS.has(key)) return `'${name}' is the name of an object`;
  if (what === 'function' && FUNCTIONS.has(key)) return `'${name}' is the name of a built-in function`;
  return null;
}

export interface Named {
  readonly type: Type;
  readonly constant: boolean;
  /** A property nobody may assign. */
  readonly readOnly: boolean;
}

const NOTHING: Named = { type: 'unknown', constant: false, readOnly: false };

/** A variable, property or setting by its name; null when there is none. Reading one notes what that needs. */
export function find(walk: Walk, written: string, at: number, how: 'read' | 'write' = 'read'): Named | null {
  const name = written.toLowerCase();
  if (name.includes('.')) return findProperty(walk, name, at, how);
  const local = lookUp(walk.scope, name);
  if (local !== null) {
    if (how === 'read') local.used = true;
    return { type: local.type, constant: local.constant, readOnly: false };
  }
  const global = walk.world.globals.get(name);
  if (global !== undefined) {
    if (how === 'read') {
      global.variable.used = true;
      walk.body.reads.push({ name, at });
    }
    return { type: global.node.type, constant: global.node.scope === 'const', readOnly: false };
  }
  return walk.world.loose.has(name) ? { type: 'string', constant: false, readOnly: false } : null;
}

function findProperty(walk: Walk, name: string, at: number, how: 'read' | 'write'): Named | null {
  const cut = name.indexOf('.');
  if (name.slice(0, cut) === 'control') {
    const known = setting(name.slice(cut + 1));
    if (known === undefined) return null;
    if (how === 'read') walk.body.uses.push({ what: name, hooks: hooksFrom('init'), at });
    return { type: known.type, constant: false, readOnly: false };
  }
  const property = PROPERTIES.get(name);
  if (property === undefined) return null;
  if (how === 'read') walk.body.uses.push({ what: name, hooks: property.hooks, at });
  if (property.later) notYet(walk, name, at);
  return { type: property.type, constant: false, readOnly: property.writable === null };
}

/** Objects of which nothing is there yet: one warning is enough for all of it. */
const OBJECTS_LATER: ReadonlySet<string> = new Set(
  [...OBJECTS].filter((object) =>
    [...PROPERTIES].every(([name, { later }]) => later || !name.startsWith(`${object}.`)),
  ),
);

/** Says once a file that something can only answer "not available", or fail where that would decide who may do what. */
export function notYet(walk: Walk, name: string, at: number, effect = effectOf(name)): void {
  const object = name.slice(0, Math.max(0, name.indexOf('.')));
  const key = `later ${OBJECTS_LATER.has(object) ? object : name}`;
  if (walk.unit.told.has(key)) return;
  walk.unit.told.add(key);
  warning(walk.unit, 'MFL-WARN-010', at, `'${name}' is not available yet: ${effect}`);
}

function effectOf(name: string): string {
  const failing = FUNCTIONS.get(name)?.lookup === 'authorisation';
  return failing ? 'asking is an error at run time' : 'it reads as if nothing were known';
}

export const isLater = (name: string): boolean => FUNCTIONS_LATER.has(name);

/** An unknown name in an expression, told of. */
export function unknownName(walk: Walk, name: string, at: number): Named {
  const cut = name.indexOf('.');
  const object = cut < 0 ? name : name.slice(0, cut);
  if (cut < 0) {
    const message = OBJECTS.has(object)
      ? `'${name}' is an object: name one of its properties, as in ${name}.x`
      : `no variable is called '${name}'`;
    error(walk.unit, 'MFL-NAME-005', at, message);
  } else if (object === 'control') {
    error(walk.unit, 'MFL-NAME-007', at, `no setting is called '${name}'`);
  } else if (OBJECTS.has(object)) {
    error(walk.unit, 'MFL-NAME-006', at, `'${object}' has no property '${name.slice(cut + 1)}'`);
  } else {
    error(walk.unit, 'MFL-NAME-006', at, `no object is called '${object}'`);
  }
  return NOTHING;
}

/** Names mentioned in a string, looked up; what cannot be is told of. */
export function checkString(walk: Walk, node: StringNode): boolean {
  const { unit } = walk;
  if (node.raw || !node.value.includes('${')) return true;
  const encoded = has(unit, 'encoded-character') ? unicodeProblem(node.value) : null;
  if (encoded !== null) return error(unit, 'SIEVE-LIT-009', node.at, `${encoded} names no character`);
  if (!interpolates(unit)) return true;
  let good = true;
  for (const piece of piecesOf(node.value)) {
    if (piece.piece === 'capture' && piece.number > CAPTURES) {
      const message = `\${${piece.number}}: matches are numbered to ${CAPTURES}`;
      good = error(unit, 'SIEVE-ARG-011', node.at, message);
    } else if (
      piece.piece === 'name' &&
      !(unit.sieve ? knownNamespace : knownInside)(walk, piece.name, node.at)
    ) {
      good = false;
    }
  }
  return good;
}

function knownNamespace(walk: Walk, name: string, at: number): boolean {
  const cut = name.indexOf('.');
  if (cut < 0) return true;
  const space = name.slice(0, cut);
  if (space === 'global' && walk.unit.capabilities.has('include')) return true;
  if (space === 'env' && walk.unit.capabilities.has('vnd.dovecot.environment')) return true;
  if (space === 'tst' && walk.unit.capabilities.has('vnd.dovecot.testsuite')) return true;
  return error(walk.unit, 'SIEVE-ARG-010', at, `\${${name}}: unknown namespace '${space}'`);
}

function knownInside(walk: Walk, name: string, at: number): boolean {
  const cut = name.indexOf('.');
  if (cut >= 0 && ['global', 'env', 'tst'].includes(name.slice(0, cut))) return true;
  if (find(walk, name, at) !== null) return true;
  if (cut >= 0) {
    unknownName(walk, name, at);
    return false;
  }
  warning(walk.unit, 'MFL-WARN-006', at, `\${${name}}: no variable of that name, so this is empty`);
  return true;
}
