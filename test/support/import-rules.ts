// The house rules about who may import what, as functions over plain data: each takes what the files import (values
// only; `import type` is free) and returns one sentence per breach. Architecture tests feed them the real sources.
// A room is a folder below src. It has a rank; it uses lower rooms through their index.ts and knows nothing above it.

import { isBuiltin } from 'node:module';

export interface Import {
  /** File within the project, or the specifier when it is outside. */
  readonly path: string;
  readonly kind: string;
  readonly external: boolean;
}

export interface SourceFile {
  /** Relative to the project: src/smtp/path.ts */
  readonly path: string;
  readonly imports: readonly Import[];
}

type Rule = (files: readonly SourceFile[]) => readonly string[];

const RANKS: ReadonlyMap<string, number> = new Map([
  ['text', 0],
  ['smtp', 1],
  ['mail', 1],
  ['sasl', 1],
  ['policy', 2],
  ['session', 3],
  ['rules', 3],
  ['sys', 3],
  ['control', 4],
  ['recipients', 4],
  ['queue', 4],
  ['log', 4],
  ['dns', 4],
  ['maps', 4],
  ['reputation', 4],
  ['auth', 4],
  ['tls', 4],
  ['serve', 5],
  ['cli', 6],
]);

/** Rooms of one rank that may nevertheless use one another: from → to. */
const NEIGHBOURS: ReadonlyMap<string, readonly string[]> = new Map([
  ['recipients', ['control']],
  ['maps', ['control']],
]);

const ROOMS_WITH_NODE: readonly string[] = [
  'control',
  'recipients',
  'queue',
  'sys',
  'log',
  'dns',
  'maps',
  'reputation',
  'auth',
  'tls',
  'serve',
  'cli',
];

const BUN_FILE = /^src\/sys\/(?:[a-z-]+-)?bun\.ts$/;

const COMMANDER_FILE = 'src/cli/program.ts';

/** Loading any of these costs a session milliseconds; what needs one asks for it when it is needed. */
export const COSTLY_MODULES: readonly string[] = [
  'child_process',
  'crypto',
  'dns',
  'events',
  'net',
  'stream',
  'tls',
  'util',
];

const roomOf = (path: string): string => /^src\/([^/]+)\//.exec(path)?.[1] ?? '';

const isSource = (path: string): boolean => path.startsWith('src/');

const eachImport = (
  files: readonly SourceFile[],
  judge: (file: string, imported: Import) => string | null,
): readonly string[] =>
  files.flatMap(({ path, imports }) => imports.flatMap((imported) => judge(path, imported) ?? []));

/** Values come from lower rooms only, and through their index.ts. src/cli puts everything together and is free. */
export const roomsInOrder: Rule = (files) => [
  ...files
    .filter(({ path }) => !RANKS.has(roomOf(path)))
    .map(({ path }) => `${path} is in no room with a rank`),
  ...eachImport(files, (from, { path: to }) => {
    const [fromRoom, toRoom] = [roomOf(from), roomOf(to)];
    if (!isSource(to) || fromRoom === toRoom || fromRoom === 'cli') return null;
    const lower = (RANKS.get(toRoom) ?? 0) < (RANKS.get(fromRoom) ?? 0);
    if (!lower && NEIGHBOURS.get(fromRoom)?.includes(toRoom) !== true) {
      return `${from} imports ${to}: ${toRoom} is not below ${fromRoom}`;
    }
    return to === `src/${toRoom}/index.ts`
      ? null
      : `${from} imports ${to}: not through src/${toRoom}/index.ts`;
  }),
];

/** The machine is touched in the outer rooms only, Bun in files named after it, and Node's modules are called node:… */
export const machineAtTheEdge: Rule = (files) =>
  eachImport(files, (from, { path: to }) => {
    if (to === 'bun' || to.startsWith('bun:')) {
      return BUN_FILE.test(from) ? null : `${from} imports ${to}: only src/sys/*bun.ts may`;
    }
    if (!isBuiltin(to)) return null;
    if (!to.startsWith('node:')) return `${from} imports ${to}: write node:${to}`;
    return ROOMS_WITH_NODE.includes(roomOf(from))
      ? null
      : `${from} imports ${to}: room ${roomOf(from)} may not`;
  });

/** Each package is imported in exactly one file, and commander in the one that is behind a door. */
export const packagesInOnePlace: Rule = (files) => {
  const importers = new Map<string, Set<string>>();
  for (const { path, imports } of files) {
    for (const { path: to, external } of imports) {
      if (!external || isBuiltin(to) || to === 'bun' || to.startsWith('bun:')) continue;
      const name = packageName(to);
      importers.set(name, (importers.get(name) ?? new Set()).add(path));
    }
  }
  return [...importers].flatMap(([name, paths]) => {
    const list = [...paths].sort();
    if (list.length > 1) return `${name} is imported in ${list.join(' and ')}: one file is the rule`;
    return name === 'commander' && list[0] !== COMMANDER_FILE ? `commander is imported in ${list[0]}` : [];
  });
};

const packageName = (specifier: string): string =>
  specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/');

export interface EagerFile {
  readonly bytes: number;
  /** Source files, also of packages, that went into it. */
  readonly inputs: readonly string[];
}

/** What every session loads is small, and nothing that belongs behind a door is in it. */
export function eagerFileIsLean(
  { bytes, inputs }: EagerFile,
  { budget, doors }: { readonly budget: number; readonly doors: readonly string[] },
): readonly string[] {
  const tooLarge = bytes > budget ? [`the eager file has ${bytes} octets: ${budget} is the limit`] : [];
  const heavy = inputs.filter((path) => doors.includes(path) || path.includes('node_modules/commander/'));
  return [...tooLarge, ...heavy.map((path) => `${path} is in the eager file`)];
}

/** `loaded`: modules of Node that loading the eager file has loaded, as they were asked for. */
export function nothingCostlyIsLoaded(loaded: readonly string[]): readonly string[] {
  const names = loaded.map((name) => name.replace(/^node:/, ''));
  return names
    .filter((name) => COSTLY_MODULES.includes(name.split('/')[0] ?? name))
    .map((name) => `loading the eager file loads node:${name}`);
}
