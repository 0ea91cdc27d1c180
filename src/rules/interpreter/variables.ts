// Names that are no locals: constants and the variables of session and transaction, made from their declared value when first
// touched, and the script's own variables of RFC 5229, which come into being when they are set. A name that is none of
// these and has a dot in it is a property. Unset variables read as "".

import type { GlobalNode } from '../language/ast.ts';
import type { Value } from '../runtime.ts';
import type { Code } from './code.ts';
import { assignProperty, readProperty } from './properties.ts';
import { slotOf } from './scope.ts';
import { bounded, boundedText, fault, type Run } from './state.ts';

const SHARED = 'global.';

/** A declared variable of the whole program. */
export interface Global {
  readonly file: number;
  readonly node: GlobalNode;
  readonly value: Code;
}

export function readGlobal(run: Run, name: string, { file, node, value }: Global): Value {
  const store = globalsOf(run, node.scope);
  const known = store.get(name);
  if (known !== undefined) return known;
  if (run.depth >= run.budget.callDepth) {
    fault(run, run.at, 'MFL-RUN-DEPTH', `values nested deeper than ${run.budget.callDepth}`);
  }
  const back = { file: run.file, at: run.at, frame: run.frame, scope: run.scope, depth: run.depth };
  run.depth++;
  run.file = file;
  run.at = node.at;
  run.frame = [];
  const made = value(run);
  Object.assign(run, back);
  store.set(name, made);
  return made;
}

export function writeGlobal(run: Run, name: string, { node }: Global, value: Value): void {
  globalsOf(run, node.scope).set(name, value);
}

/** Any name as text, looked for from the inside out. `at` is 0 where nothing can fail. */
export function readByName(run: Run, globals: ReadonlyMap<string, Global>, name: string): string {
  const slot = slotOf(run.scope, name);
  if (slot !== undefined) return boundedText(run, run.frame[slot] ?? '', run.at);
  const global = globals.get(name);
  if (global !== undefined) return boundedText(run, readGlobal(run, name, global), run.at);
  return boundedText(run, readLoose(run, name, run.at), run.at);
}

/** `set`: a declared string of that name, or the script's own variable. */
export function writeByName(
  run: Run,
  globals: ReadonlyMap<string, Global>,
  name: string,
  value: string,
): void {
  const text = bounded(run, value, run.at);
  const slot = slotOf(run.scope, name);
  const global = globals.get(name);
  if (slot !== undefined) run.frame[slot] = text;
  else if (global !== undefined) writeGlobal(run, name, global, text);
  else writeSieve(run, name, text);
}

/** Names with a dot are properties, but for those of the name space of shared variables. */
export function isProperty(name: string): boolean {
  return name.includes('.') && !name.startsWith(SHARED);
}

/** A name declared nowhere: a variable of the script, or a property. */
export function readLoose(run: Run, name: string, at: number): Value {
  return isProperty(name) ? readProperty(run, name, at) : (storeOf(run, name).get(bareName(name)) ?? '');
}

export function writeLoose(run: Run, name: string, value: Value, at: number): void {
  if (isProperty(name)) assignProperty(run, name, value);
  else writeSieve(run, name, boundedText(run, value, at));
}

function writeSieve(run: Run, name: string, text: string): void {
  const store = storeOf(run, name);
  const bare = bareName(name);
  if (!store.has(bare) && store.size >= run.budget.variables) {
    fault(run, run.at, 'MFL-RUN-VARIABLES', `more than ${run.budget.variables} variables`);
  }
  store.set(bare, text);
}

// RFC 6609 §3.4: what `global` has named is shared, and so is everything in its name space.
function storeOf(run: Run, name: string): Map<string, string> {
  return name.startsWith(SHARED) || run.sieve.shared.has(name) ? run.shared : run.sieve.own;
}

function bareName(name: string): string {
  return name.startsWith(SHARED) ? name.slice(SHARED.length) : name;
}

function globalsOf(run: Run, scope: GlobalNode['scope']): Map<string, Value> {
  if (scope === 'session') return run.session;
  return scope === 'transaction' ? run.transaction : run.constants;
}
