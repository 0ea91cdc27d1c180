// Turns the sources into CommonJS files: one eager file that every session loads, and one file per door, loaded the
// first time somebody walks through it. Behind a door is whatever an ordinary session does not need.
// Invariants: a relative dynamic import is always a listed door; a door is never part of the eager file's own text.
// Fails by throwing: esbuild's own errors (already printed), or one sentence about doors.
// Follows the rule "greet first, load later": start-up is paid on every connection.

import { readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

export const ROOT = fileURLToPath(new URL('../..', import.meta.url)).replace(/\/$/, '');

/** Largest eager file, minified, in octets: half of it is about a millisecond of Node's start. */
export const EAGER_BUDGET = 64 * 1024;

export const EAGER_FILE = 'session.cjs';

/** Door file → name of its bundle. A new `import('…')` in the sources needs a line here. */
export const DOORS = {
  'src/cli/program.ts': 'program',
  'src/serve/listener/index.ts': 'listener',
  'src/sys/serving.ts': 'serving',
  'src/sys/tls.ts': 'tls',
  'src/sys/fed-child.ts': 'fed-child',
  'src/auth/authenticator.ts': 'authenticator',
  'src/serve/start-tls.ts': 'start-tls',
  'src/serve/outer-tls.ts': 'outer-tls',
  'src/session/verbs/starttls.ts': 'starttls',
  'src/session/verbs/auth.ts': 'auth',
  'src/queue/maildirs.ts': 'maildir',
  'src/sys/spawn-pool-node.ts': 'spawn-pool',
  'src/serve/rules/index.ts': 'rules',
  'src/serve/rules/dns.ts': 'dns',
  'src/maps/index.ts': 'maps',
  'src/reputation/index.ts': 'state',
  'src/rules/interpreter/sieve-commands.ts': 'sieve',
  'src/rules/check/index.ts': 'checker',
  'src/rules/language/index.ts': 'language',
  'src/rules/sieve/mime.ts': 'mime',
  'src/rules/sieve/regex.ts': 'regex',
  'src/rules/testsuite/index.ts': 'testsuite',
  'src/cli/commands/test-session.ts': 'test-session',
};

export const doorFile = (name) => `${name}.cjs`;

/** Package version, as the sources see it (`MVMTR_VERSION`). */
export const versionDefine = () => {
  const { version } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));
  return { MVMTR_VERSION: JSON.stringify(version) };
};

/**
 * Bundles into `directory` and returns esbuild's metafile (paths relative to the project).
 * `runtime` 'bun' puts src/sys/bun.ts in the place of src/sys/node.ts and starts from the executable's entry.
 */
export async function bundle({ runtime, directory }) {
  const entry = runtime === 'bun' ? 'src/cli/native.ts' : 'src/cli/main.ts';
  const entryPoints = { session: entry };
  for (const [file, name] of Object.entries(DOORS)) entryPoints[name] = file;
  const { metafile } = await build({
    absWorkingDir: ROOT,
    entryPoints,
    outdir: directory,
    outExtension: { '.js': '.cjs' },
    bundle: true,
    minify: true,
    format: 'cjs',
    platform: 'node',
    target: 'node20',
    // As require(): Node's import() of a CommonJS file would start the module loader for nothing.
    supported: { 'dynamic-import': false },
    external: ['bun', 'bun:*'],
    define: versionDefine(),
    legalComments: 'none',
    metafile: true,
    logLevel: 'error',
    plugins: runtime === 'bun' ? [doors, bunSys] : [doors],
  });
  return metafile;
}

/**
 * What each source file imports, as values: `[{ path, imports: [{ path, kind, external }] }]`, read without building
 * anything. `import type` leaves no trace here.
 */
export async function importsOf(files) {
  const { metafile } = await build({
    absWorkingDir: ROOT,
    entryPoints: files,
    outdir: 'dist',
    write: false,
    bundle: true,
    format: 'esm',
    platform: 'node',
    packages: 'external',
    external: ['bun', 'bun:*'],
    metafile: true,
    logLevel: 'error',
  });
  return Object.entries(metafile.inputs).map(([path, { imports }]) => ({
    path,
    imports: imports.map(({ path: to, kind, external }) => ({ path: to, kind, external: external === true })),
  }));
}

const doors = {
  name: 'doors',
  setup({ onResolve }) {
    onResolve({ filter: /^\.\.?\// }, ({ kind, path, resolveDir, importer }) => {
      if (kind !== 'dynamic-import') return undefined;
      const file = relative(ROOT, resolve(resolveDir, path));
      const name = DOORS[file];
      if (name === undefined) {
        return {
          errors: [{ text: `${relative(ROOT, importer)} imports ${file} lazily, and it is no door (DOORS)` }],
        };
      }
      return { path: `./${doorFile(name)}`, external: true };
    });
  },
};

/** Where the native build takes another file: importer → the file it names, and the one it gets. */
const BUN_FILES = {
  'src/sys/index.ts': ['node.ts', 'bun.ts'],
  'src/sys/serving.ts': ['serving-node.ts', 'serving-bun.ts'],
  'src/sys/tls.ts': ['tls-node.ts', 'tls-bun.ts'],
  'src/sys/fed-child.ts': ['fed-child-node.ts', 'fed-child-bun.ts'],
};

const bunSys = {
  name: 'bun-sys',
  setup({ onResolve }) {
    for (const [from, [node, bun]] of Object.entries(BUN_FILES)) {
      onResolve({ filter: new RegExp(`^\\./${node}$`) }, ({ importer, resolveDir }) =>
        relative(ROOT, importer) === from ? { path: join(resolveDir, bun) } : undefined,
      );
    }
  },
};

/** Names and sizes in octets of the bundles a metafile speaks of, the eager one first. */
export function bundleSizes(metafile) {
  return Object.entries(metafile.outputs)
    .map(([path, { bytes }]) => ({ file: path.slice(dirname(path).length + 1), bytes }))
    .sort((a, b) => Number(b.file === EAGER_FILE) - Number(a.file === EAGER_FILE));
}
