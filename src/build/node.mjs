// npm run build: the Node build, dist/node/session.cjs with its doors beside it and esbuild's metafile.
// Invariants: files appear whole, by rename, doors before the file that asks for them, so that a build during a
// session or during another build does no harm. The eager file is within its budget or nothing is replaced.
// Fails with one line on stderr and exit 1.

import {
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { basename, join } from 'node:path';
import { bundle, bundleSizes, EAGER_BUDGET, EAGER_FILE, ROOT } from './bundle.mjs';
import { makeCaches } from './cache.mjs';

const target = join(ROOT, 'dist/node');

async function main() {
  mkdirSync(join(ROOT, 'dist'), { recursive: true });
  const directory = mkdtempSync(join(ROOT, 'dist/.node-'));
  try {
    const metafile = withFinalPaths(await bundle({ runtime: 'node', directory }));
    const sizes = bundleSizes(metafile);
    for (const { file, bytes } of sizes) console.log(`dist/node/${file}  ${(bytes / 1024).toFixed(1)} KB`);
    const eager = sizes[0].bytes;
    if (eager > EAGER_BUDGET) {
      throw new Error(
        `${EAGER_FILE} has ${eager} octets; every session loads it, and ${EAGER_BUDGET} is the limit`,
      );
    }
    writeFileSync(join(directory, 'meta.json'), JSON.stringify(metafile));
    copyFileSync(join(ROOT, 'src/build/load.cjs'), join(directory, 'load.cjs'));
    await tryToMakeCaches(directory);
    replaceFiles(directory);
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

/** Without caches the build is good too, so a failure is only told. */
async function tryToMakeCaches(directory) {
  try {
    await makeCaches(directory);
  } catch (error) {
    console.error(`build: no code cache, so sessions start slower: ${error.message}`);
  }
}

/** The metafile, speaking of dist/node and not of the temporary directory. */
function withFinalPaths({ inputs, outputs }) {
  const renamed = Object.entries(outputs).map(([path, output]) => [`dist/node/${basename(path)}`, output]);
  return { inputs, outputs: Object.fromEntries(renamed) };
}

function replaceFiles(directory) {
  mkdirSync(target, { recursive: true });
  const files = readdirSync(directory).sort((a, b) => Number(a === EAGER_FILE) - Number(b === EAGER_FILE));
  for (const file of files) renameSync(join(directory, file), join(target, file));
  for (const file of readdirSync(target)) {
    if (!files.includes(file)) rmSync(join(target, file), { recursive: true, force: true });
  }
}

main().catch((error) => {
  console.error(error.errors === undefined ? `build: ${error.message}` : 'build: failed');
  process.exitCode = 1;
});
