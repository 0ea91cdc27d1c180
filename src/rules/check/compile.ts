// The compiler: sources in, a checked program or the list of what is wrong out. Nothing is half compiled: one error anywhere and
// there is no program. Never throws, whatever the source says. The order is that of the language reference: load,
// declare, check bodies, judge stages, put together.

import { CAPABILITIES } from '../commands/index.ts';
import type { FunctionNode, GlobalNode, HookNode, StatementNode } from '../language/ast.ts';
import { lineStarts, type Problem } from '../language/problems.ts';
import { type HookBody, type In, type MainScript, PROGRAM_VERSION, type Program } from '../program.ts';
import { digest } from './digest.ts';
import { warnAccept } from './flow.ts';
import { loadRules } from './load.ts';
import { needsOf } from './needs.ts';
import { type CheckedHook, checkUnit, declareUnit } from './rules.ts';
import { checkScript, statementsOf } from './script.ts';
import type { CompileOptions, Sources } from './sources.ts';
import { checkInitialisers, checkStages } from './stages.ts';
import { error, hasErrors, interpolates, type Unit, type World, warning } from './walk.ts';

export interface Compiled {
  /** null when there is an error among the problems. */
  readonly program: Program | null;
  /** File by file in load order, each in the order of its lines. */
  readonly problems: readonly Problem[];
}

export function compile(sources: Sources, options: CompileOptions = {}): Compiled {
  const world: World = {
    sources,
    options,
    units: [],
    functions: new Map(),
    globals: new Map(),
    loose: new Set(),
    including: new Set([sources.main.name]),
  };
  loadRules(world, sources.main);
  const parsed = !world.units.some(hasErrors);
  const checked = parsed ? checkAll(world) : { hooks: [], main: null };
  const good = !world.units.some(hasErrors);
  return {
    program: good ? assemble(world, checked) : null,
    problems: problemsOf(world, parsed),
  };
}

interface Checked {
  readonly hooks: readonly CheckedHook[];
  /** The file with the main script. */
  readonly main: Unit | null;
}

function checkAll(world: World): Checked {
  // Included scripts join the units while these are checked.
  const files = [...world.units];
  const rules = files.filter(({ sieve }) => !sieve);
  for (const unit of rules) declareUnit(world, unit);
  const hooks = rules.flatMap((unit) => checkUnit(world, unit));
  const main = mainOf(files, hooks);
  for (const unit of files) {
    if (statementsOf(unit).length === 0) continue;
    const body = checkScript(world, unit);
    if (!unit.sieve) checkStages(world, 'message', body);
  }
  checkInitialisers(world);
  for (const { name, body } of hooks) checkStages(world, name, body);
  for (const { name, unit, node } of hooks) if (name === 'rcpt') warnAccept(unit, node.block);
  for (const { variable, unit, node } of world.globals.values()) {
    if (!variable.used) warning(unit, 'MFL-WARN-002', node.at, `'${node.name}' is never read`);
  }
  return { hooks, main };
}

/** `require` alone makes no script of an MFL file; an empty .sieve file is one that keeps. */
function hasMain(unit: Unit): boolean {
  if (unit.source.dialect === 'sieve') return true;
  return statementsOf(unit).some((node) => !isRequire(node));
}

const isRequire = (node: StatementNode): boolean => node.node === 'command' && node.name === 'require';

function mainOf(units: readonly Unit[], hooks: readonly CheckedHook[]): Unit | null {
  const [main, another] = units.filter(hasMain);
  if (main === undefined) return null;
  if (another !== undefined) {
    const message = `${main.source.name} has commands outside of hooks already: only one file of a program may`;
    error(another, 'MFL-NAME-014', statementsOf(another)[0]?.at ?? 0, message);
  }
  const hook = hooks.find(({ name, unit }) => name === 'message' && unit === main);
  if (hook !== undefined) {
    const message =
      'commands outside of hooks are the message hook of this file, so it cannot declare another';
    error(main, 'MFL-NAME-014', hook.node.at, message);
  }
  return main;
}

function assemble(world: World, { hooks, main }: Checked): Program {
  const rest: Omit<Program, 'needs'> = {
    version: PROGRAM_VERSION,
    files: world.units.map(({ source }) => ({
      name: source.name,
      lines: lineStarts(source.text),
      digest: digest(source.text),
    })),
    hooks: hooksOf(hooks),
    functions: Object.fromEntries(
      [...world.functions].map(([name, { node, unit }]): [string, In<FunctionNode>] => [
        name,
        { file: unit.index, node },
      ]),
    ),
    globals: [...world.globals.values()].map(
      ({ node, unit }): In<GlobalNode> => ({ file: unit.index, node }),
    ),
    main: main && scriptOf(main),
    ...includedIn(world),
  };
  return { ...rest, needs: needsOf(rest) };
}

function hooksOf(hooks: readonly CheckedHook[]): Program['hooks'] {
  const byName: { [Name in CheckedHook['name']]?: In<HookBody>[] } = {};
  for (const { name, unit, node } of hooks) {
    const bodies = byName[name] ?? [];
    bodies.push({ file: unit.index, node: bodyOf(node) });
    byName[name] = bodies;
  }
  return byName;
}

const bodyOf = ({ parameters, block }: HookNode): HookBody => ({
  parameters: (parameters ?? []).map(({ name }) => ({ name })),
  block,
});

function includedIn(world: World): Pick<Program, 'included'> {
  const scripts = world.units.flatMap((unit): [string, MainScript][] =>
    unit.included ? [[`${unit.included.location}/${unit.included.name}`, scriptOf(unit)]] : [],
  );
  return scripts.length > 0 ? { included: Object.fromEntries(scripts) } : {};
}

function scriptOf(unit: Unit): MainScript {
  return {
    file: unit.index,
    capabilities: unit.sieve ? [...unit.capabilities] : [...CAPABILITIES.keys()],
    interpolates: interpolates(unit),
    block: statementsOf(unit).filter((node) => !isRequire(node)),
  };
}

function problemsOf({ units, options }: World, parsed: boolean): readonly Problem[] {
  const problems = units.flatMap((unit) => unit.problems.toSorted((a, b) => a.at - b.at));
  const [main] = units.filter(({ included }) => included === null).slice(-1);
  if (!options.pigeonhole || main === undefined || !units.some(hasErrors)) return problems;
  const message = parsed ? 'validation failed' : 'parse failed';
  return [...problems, { code: 'SIEVE-SUMMARY', severity: 'error', file: main.source.name, at: 0, message }];
}
