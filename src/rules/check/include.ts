// `include` (RFC 6609): the scripts it names are found, parsed and checked with the script that names them, each once. Their names are
// written out, since they are settled before anything runs; a chain that comes back to itself is an error (§3.2), as is one
// deeper than the limit. A missing script is an error unless `:optional`.

import { bind } from '../commands/index.ts';
import type { CommandNode } from '../language/ast.ts';
import { parse } from '../language/parse.ts';
import { literalTexts } from './constants.ts';
import { checkScript } from './script.ts';
import type { IncludeLocation, Loaded } from './sources.ts';
import { error, hasErrors, type Unit, type Walk } from './walk.ts';

/** Scripts inside scripts. */
const DEPTH = 10;
/** Scripts one script can pull in altogether. */
const SCRIPTS = 255;

export function checkInclude(walk: Walk, node: CommandNode): boolean {
  const { unit, world } = walk;
  if (walk.place !== 'main') {
    return error(
      unit,
      'SIEVE-INC-001',
      node.at,
      'include is for Sieve scripts; rules are combined by import',
    );
  }
  const { tags, positional } = bind(node);
  const written = positional[0] ? literalTexts(walk, positional[0])[0] : undefined;
  if (written === undefined) {
    return error(
      unit,
      'SIEVE-INC-002',
      node.at,
      'the name of an included script is written out, without variables',
    );
  }
  const location: IncludeLocation = tags.has('global') ? 'global' : 'personal';
  const name = written.value;
  const loaded = world.sources.include?.(location, name) ?? null;
  if (loaded === null) {
    if (tags.has('optional')) return true;
    return error(unit, 'SIEVE-INC-003', written.at, `there is no ${location} script '${name}'`);
  }
  return checkLoaded(walk, { location, name, at: written.at }, loaded);
}

interface Named {
  readonly location: IncludeLocation;
  readonly name: string;
  readonly at: number;
}

function checkLoaded(walk: Walk, { location, name, at }: Named, loaded: Loaded): boolean {
  const { unit, world } = walk;
  if ('problem' in loaded) return error(unit, 'SIEVE-INC-003', at, `script '${name}': ${loaded.problem}`);
  if (world.including.has(loaded.name))
    return error(unit, 'SIEVE-INC-004', at, `script '${name}' includes itself`);
  const depth = (unit.included?.depth ?? 0) + 1;
  if (depth > DEPTH) {
    return error(unit, 'SIEVE-INC-005', at, `script '${name}': scripts are included ${DEPTH} deep at most`);
  }
  const known = world.units.find(({ included }) => included?.location === location && included.name === name);
  if (known !== undefined) return true;
  if (world.units.length > SCRIPTS)
    return error(unit, 'SIEVE-INC-005', at, `more than ${SCRIPTS} included scripts`);
  const { script, problems } = parse({ ...loaded, dialect: 'sieve' });
  const included: Unit = {
    index: world.units.length,
    source: loaded,
    script: script ?? { dialect: 'sieve', pure: true, items: [] },
    sieve: true,
    capabilities: new Set(),
    told: new Set(),
    problems: [...problems],
    included: { location, name, depth },
  };
  world.units.push(included);
  world.including.add(loaded.name);
  if (script !== null) checkScript(world, included);
  world.including.delete(loaded.name);
  if (!hasErrors(included)) return true;
  return error(unit, 'SIEVE-INC-006', at, `script '${name}' has errors`);
}
