// What the checker knows while it walks through a tree: the world (all files, functions and variables), the unit (one file) and the
// place at hand. A walk is handed down and narrowed on the way; what is found out about a body (what it uses, whom it
// calls) is gathered in `body`, for the stages to be judged when all files are read.

import type { FunctionNode, GlobalNode, ScriptNode, SourceFile, TypeName } from '../language/ast.ts';
import { PROBLEMS } from '../language/limits.ts';
import type { Problem } from '../language/problems.ts';
import type { HookName } from '../program.ts';
import type { CompileOptions, IncludeLocation, Sources } from './sources.ts';

/** `unknown`: something is wrong with it already, so no more is said. */
export type Type = TypeName | 'unknown';

/** One file. */
export interface Unit {
  readonly index: number;
  readonly source: SourceFile;
  readonly script: ScriptNode;
  /** A Sieve script: strict, with `require`. */
  readonly sieve: boolean;
  /** In force so far. */
  readonly capabilities: Set<string>;
  /** Unknown names already told of. */
  readonly told: Set<string>;
  readonly problems: Problem[];
  /** How it was reached by `include`; null for files of the rules themselves. */
  readonly included: {
    readonly location: IncludeLocation;
    readonly name: string;
    readonly depth: number;
  } | null;
}

/** Something only some hooks have. */
export interface Use {
  readonly what: string;
  /** null: at every hook. */
  readonly hooks: readonly HookName[] | null;
  readonly at: number;
}

export interface Mention {
  readonly name: string;
  readonly at: number;
}

/** What one hook, function, initialiser or main script does. */
export interface Body {
  readonly unit: Unit;
  readonly uses: Use[];
  readonly calls: Mention[];
  /** Variables of the program it reads. */
  readonly reads: Mention[];
}

export interface Variable {
  readonly type: TypeName;
  readonly at: number;
  readonly constant: boolean;
  used: boolean;
}

export interface Scope {
  readonly names: Map<string, Variable>;
  readonly parent: Scope | null;
}

export interface DeclaredFunction {
  readonly node: FunctionNode;
  readonly unit: Unit;
  readonly body: Body;
}

export interface DeclaredGlobal {
  readonly node: GlobalNode;
  readonly unit: Unit;
  readonly body: Body;
  /** Position in the order in which values are made. */
  readonly order: number;
  readonly variable: Variable;
}

export interface World {
  readonly sources: Sources;
  readonly options: CompileOptions;
  readonly units: Unit[];
  readonly functions: Map<string, DeclaredFunction>;
  readonly globals: Map<string, DeclaredGlobal>;
  /** Strings that some `set` of an MFL file brings into being, in lower case. */
  readonly loose: Set<string>;
  /** Names of included files being checked just now, to see cycles. */
  readonly including: Set<string>;
}

export interface Walk {
  readonly world: World;
  readonly unit: Unit;
  readonly body: Body;
  readonly scope: Scope;
  readonly place: 'hook' | 'function' | 'main' | 'initialiser';
  /** What `return` has to give; null where it gives nothing. */
  readonly returns: TypeName | null;
  /** Inside a while or foreach. */
  readonly inLoop: boolean;
  /** Names of the foreverypart loops around, '' for one without. */
  readonly parts: readonly string[];
  /** At the top level of a file. */
  readonly top: boolean;
  /** Strings the script declared by `set` so far, for `global`. */
  readonly sets: Set<string>;
  readonly globals: Set<string>;
}

export function newBody(unit: Unit): Body {
  return { unit, uses: [], calls: [], reads: [] };
}

/** Characters of a message, which may quote the source. */
const LONGEST = 400;

type Reported = Pick<Unit, 'source' | 'problems'>;

function add(unit: Reported, severity: Problem['severity'], code: string, at: number, message: string): void {
  const alike = unit.problems.filter((problem) => problem.severity === severity);
  if (alike.length >= PROBLEMS) return;
  const shown = message.length > LONGEST ? `${message.slice(0, LONGEST)}...` : message;
  const printable = shown.replace(/[^\x20-\x7e]/g, '?');
  unit.problems.push({ code, severity, file: unit.source.name, at, message: printable });
}

export const hasErrors = ({ problems }: Reported): boolean =>
  problems.some(({ severity }) => severity === 'error');

/** Always false, so that a check can end with it. */
export function error(unit: Reported, code: string, at: number, message: string): false {
  add(unit, 'error', code, at, message);
  return false;
}

export function warning(unit: Unit, code: string, at: number, message: string): void {
  add(unit, 'warning', code, at, message);
}

/** Tells of an unknown name the first time only. */
export function errorOnce(unit: Unit, key: string, code: string, at: number, message: string): false {
  if (!unit.told.has(key)) {
    unit.told.add(key);
    add(unit, 'error', code, at, message);
  }
  return false;
}

export function isKnownCapability(world: World, name: string, known: ReadonlyMap<string, unknown>): boolean {
  const { capabilities } = world.options;
  return known.has(name) && (capabilities === undefined || capabilities.has(name));
}

export function innerWalk(walk: Walk, change: Partial<Walk> = {}): Walk {
  return { ...walk, top: false, scope: { names: new Map(), parent: walk.scope }, ...change };
}

/** Declares a local. A second one of the name in the same block is an error, in an inner block a warning. */
export function declare(walk: Walk, name: string, type: TypeName, at: number): void {
  const key = name.toLowerCase();
  if (walk.scope.names.has(key)) {
    error(walk.unit, 'MFL-NAME-008', at, `'${name}' is declared twice in this block`);
    return;
  }
  if (lookUp(walk.scope.parent, key) !== null || walk.world.globals.has(key)) {
    warning(walk.unit, 'MFL-WARN-003', at, `'${name}' hides a variable of the same name`);
  }
  walk.scope.names.set(key, { type, at, constant: false, used: false });
}

export function lookUp(scope: Scope | null, name: string): Variable | null {
  for (let at = scope; at !== null; at = at.parent) {
    const found = at.names.get(name);
    if (found !== undefined) return found;
  }
  return null;
}

export function warnUnused(walk: Walk): void {
  for (const [name, variable] of walk.scope.names) {
    if (!variable.used) warning(walk.unit, 'MFL-WARN-002', variable.at, `'${name}' is never read`);
  }
}

/** The capability is in force here: by `require` in a Sieve script, always in MFL. */
export function has(unit: Unit, capability: string): boolean {
  return !unit.sieve || unit.capabilities.has(capability);
}

/** `${name}` in the unit's strings is filled in. */
export function interpolates(unit: Unit): boolean {
  return has(unit, 'variables');
}
