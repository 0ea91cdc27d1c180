// The files of a program: the main file and all it imports, each parsed once, imported ones before those that import them. Imports
// are relative and go in no circle. A file with syntax errors is not looked at any further, so that one slip does not
// show up as twenty.

import type { ImportNode, SourceFile } from '../language/ast.ts';
import { parse } from '../language/parse.ts';
import { error, type Unit, type World } from './walk.ts';

/** Files one program is made of. */
const FILES = 256;

/** Parses a file and what it imports; units come to stand in load order. */
export function loadRules(world: World, source: SourceFile, chain: readonly string[] = []): Unit {
  const { script, problems } = parse(source);
  const pending: Omit<Unit, 'index'> = {
    source,
    script: script ?? { dialect: source.dialect, pure: false, items: [] },
    sieve: source.dialect === 'sieve' || (script?.pure ?? false),
    capabilities: new Set(),
    told: new Set(),
    problems: [...problems],
    included: null,
  };
  const inner = [...chain, source.name];
  for (const item of pending.script.items) {
    if (item.node === 'import') loadImport(world, pending, item, inner);
  }
  const unit: Unit = { ...pending, index: world.units.length };
  world.units.push(unit);
  return unit;
}

function loadImport(
  world: World,
  unit: Pick<Unit, 'source' | 'problems'>,
  node: ImportNode,
  chain: readonly string[],
): void {
  const { path, at } = node;
  if (path === '' || path.startsWith('/') || /^[a-z]+:/i.test(path) || path.includes('\0')) {
    error(unit, 'MFL-IMPORT-001', at, `import "${path}": a path relative to this file is expected`);
    return;
  }
  const loaded = world.sources.load(path, unit.source.name);
  if ('problem' in loaded) {
    error(unit, 'MFL-IMPORT-002', at, `import "${path}": ${loaded.problem}`);
  } else if (chain.includes(loaded.name)) {
    error(unit, 'MFL-IMPORT-003', at, `import "${path}": ${[...chain, loaded.name].join(' imports ')}`);
  } else if (world.units.length + chain.length >= FILES) {
    error(unit, 'MFL-IMPORT-004', at, `more than ${FILES} files`);
  } else if (!world.units.some(({ source }) => source.name === loaded.name)) {
    loadRules(world, loaded, chain);
  }
}
