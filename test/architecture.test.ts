// Holds the sources and the Node build to the house rules: who may import what, and how little a session loads.
// The rules themselves are in support/import-rules.ts; each is also shown here to catch what it is there for.
// Needs the Node build (`npm run build`), as `npm test` makes it.

import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { DOORS, EAGER_BUDGET, EAGER_FILE, importsOf, ROOT } from '../src/build/bundle.mjs';
import {
  eagerFileIsLean,
  machineAtTheEdge,
  nothingCostlyIsLoaded,
  packagesInOnePlace,
  roomsInOrder,
  type SourceFile,
} from './support/import-rules.ts';

const lean = { budget: EAGER_BUDGET, doors: Object.keys(DOORS) };

describe('the sources', () => {
  let files: readonly SourceFile[];

  beforeAll(async () => {
    const all = readdirSync(join(ROOT, 'src'), { recursive: true, encoding: 'utf8' });
    const sources = all.filter((path) => path.endsWith('.ts') && !path.endsWith('.test.ts'));
    files = await importsOf(sources.map((path) => `src/${path}`));
    expect(files.length).toBeGreaterThanOrEqual(sources.length);
  });

  it('import from lower rooms, through their index', () => expect(roomsInOrder(files)).toEqual([]));
  it('touch the machine in the outer rooms only', () => expect(machineAtTheEdge(files)).toEqual([]));
  it('import each package in one file', () => expect(packagesInOnePlace(files)).toEqual([]));
});

describe('the eager file of the Node build', () => {
  it('is small and has nothing in it that belongs behind a door', () => {
    const { outputs } = JSON.parse(readFileSync(join(ROOT, 'dist/node/meta.json'), 'utf8'));
    const { bytes, inputs } = outputs[`dist/node/${EAGER_FILE}`];
    expect(eagerFileIsLean({ bytes, inputs: Object.keys(inputs) }, lean)).toEqual([]);
  });

  it('loads nothing costly while it is loaded', () => {
    const loaded = modulesLoadedBy(join(ROOT, 'dist/node', EAGER_FILE));
    expect(loaded).toContain('node:fs');
    expect(nothingCostlyIsLoaded(loaded)).toEqual([]);
  });
});

/** Every module that is asked for, by require or from process, while a file is being loaded. */
function modulesLoadedBy(file: string): readonly string[] {
  const program = `
    const Module = require('node:module');
    const asked = [];
    const noting = (ask) => function (name, ...rest) { asked.push(name); return ask.call(this, name, ...rest); };
    Module._load = noting(Module._load);
    if (process.getBuiltinModule) process.getBuiltinModule = noting(process.getBuiltinModule);
    require(${JSON.stringify(file)});
    require('node:fs').writeSync(1, JSON.stringify(asked));
    process.exit(0);`;
  return JSON.parse(execFileSync(process.execPath, ['-e', program], { encoding: 'utf8' }));
}

const importing = (path: string, ...paths: readonly string[]): SourceFile => ({
  path,
  imports: paths.map((to) => ({ path: to, kind: 'import-statement', external: !to.startsWith('src/') })),
});

describe('the rules', () => {
  it.each([
    ['upwards', importing('src/smtp/path.ts', 'src/session/index.ts'), 'session is not below smtp'],
    ['sideways', importing('src/smtp/path.ts', 'src/mail/index.ts'), 'mail is not below smtp'],
    [
      'sideways, the wrong way',
      importing('src/control/a.ts', 'src/recipients/index.ts'),
      'is not below control',
    ],
    ['past the index', importing('src/smtp/path.ts', 'src/text/ascii.ts'), 'not through src/text/index.ts'],
    [
      'past a neighbour’s index',
      importing('src/recipients/a.ts', 'src/control/cdb.ts'),
      'not through src/control',
    ],
    ['from outside all rooms', importing('src/text/a.ts', 'src/a.ts'), ' is not below text'],
    ['in an unknown room', importing('src/attic/a.ts'), 'src/attic/a.ts is in no room'],
  ])('find an import %s', (_, file, breach) => {
    expect(roomsInOrder([file])).toEqual([expect.stringContaining(breach)]);
  });

  it('let rooms import downwards, and src/cli everything', () => {
    const allowed = [
      importing('src/session/session.ts', 'src/smtp/index.ts', 'src/session/verbs/mail.ts'),
      importing('src/recipients/rcpthosts.ts', 'src/control/index.ts'),
      importing('src/cli/session.ts', 'src/serve/index.ts', 'src/control/cdb-write.ts'),
    ];
    expect(roomsInOrder(allowed)).toEqual([]);
  });

  it.each([
    ['Node in a pure room', importing('src/smtp/path.ts', 'node:fs'), 'room smtp may not'],
    ['Node without its prefix', importing('src/queue/a.ts', 'fs'), 'write node:fs'],
    ['Bun outside its file', importing('src/queue/a.ts', 'bun:ffi'), 'only src/sys/*bun.ts may'],
  ])('find %s', (_, file, breach) => {
    expect(machineAtTheEdge([file])).toEqual([expect.stringContaining(breach)]);
  });

  it('let the outer rooms use Node, and one file Bun', () => {
    const allowed = [importing('src/queue/a.ts', 'node:fs'), importing('src/sys/bun.ts', 'bun:ffi', 'bun')];
    expect(machineAtTheEdge(allowed)).toEqual([]);
  });

  it.each([
    [
      'in two files',
      [importing('src/sys/a.ts', '@x/y/z'), importing('src/log/b.ts', '@x/y')],
      '@x/y is imported in',
    ],
    [
      'commander elsewhere',
      [importing('src/cli/session.ts', 'commander')],
      'commander is imported in src/cli/session',
    ],
  ])('find a package imported %s', (_, files, breach) => {
    expect(packagesInOnePlace(files)).toEqual([expect.stringContaining(breach)]);
  });

  it('let a package be imported in its one file', () => {
    const allowed = [
      importing('src/cli/program.ts', 'commander', 'node:fs'),
      importing('src/sys/a.ts', 'node:fs'),
    ];
    expect(packagesInOnePlace(allowed)).toEqual([]);
  });

  it.each([
    ['one octet too many', { bytes: EAGER_BUDGET + 1, inputs: [] }, 'is the limit'],
    [
      'a door’s own file',
      { bytes: 1, inputs: ['src/cli/program.ts'] },
      'src/cli/program.ts is in the eager file',
    ],
    ['commander', { bytes: 1, inputs: ['node_modules/commander/lib/command.js'] }, 'is in the eager file'],
  ])('find in the eager file %s', (_, file, breach) => {
    expect(eagerFileIsLean(file, lean)).toEqual([expect.stringContaining(breach)]);
  });

  it('let the eager file have exactly the budget', () => {
    expect(eagerFileIsLean({ bytes: EAGER_BUDGET, inputs: ['src/cli/main.ts'] }, lean)).toEqual([]);
  });

  it('find a costly module, however it is written', () => {
    const loaded = ['fs', 'node:net', 'dns/promises', '/somewhere/session.cjs'];
    expect(nothingCostlyIsLoaded(loaded)).toEqual([
      'loading the eager file loads node:net',
      'loading the eager file loads node:dns/promises',
    ]);
  });
});
