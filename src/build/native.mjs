// npm run build:native: dist/native/mvmtr, one executable that needs no Node, and the same file as qmail-smtpd.
// The bundles are those of the Node build with src/sys/bun.ts inside; Bun compiles them, each with bytecode, and the
// doors stay modules of their own, so that what is behind them costs a session nothing.
// Invariants: both names appear whole, by rename. With --if-available a missing Bun is said and is no failure.

import { copyFileSync, linkSync, mkdirSync, mkdtempSync, renameSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { compile, findBun } from './bun.mjs';
import { bundle, DOORS, doorFile, EAGER_FILE, ROOT } from './bundle.mjs';

const target = join(ROOT, 'dist/native');

async function main() {
  const bun = findBun();
  if (bun === null) {
    console.error(
      'build:native: there is no Bun here (npm package "bun", or bun in PATH), so no dist/native.',
    );
    console.error(
      'Everything works without it: bin/qmail-smtpd and bin/mvmtr run on Node; each start takes longer.',
    );
    process.exitCode = process.argv.includes('--if-available') ? 0 : 1;
    return;
  }
  mkdirSync(target, { recursive: true });
  const directory = mkdtempSync(join(target, '.build-'));
  try {
    await bundle({ runtime: 'bun', directory });
    const files = [EAGER_FILE, ...Object.values(DOORS).map(doorFile)].map((file) => join(directory, file));
    compile({ bun, files, outfile: join(directory, 'mvmtr') });
    linkOrCopy(join(directory, 'mvmtr'), join(directory, 'qmail-smtpd'));
    for (const name of ['mvmtr', 'qmail-smtpd']) renameSync(join(directory, name), join(target, name));
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
  const { size } = statSync(join(target, 'mvmtr'));
  console.log(`dist/native/mvmtr  ${(size / 1024 / 1024).toFixed(1)} MB, also as qmail-smtpd`);
}

// Some file systems have no hard links.
function linkOrCopy(from, to) {
  try {
    linkSync(from, to);
  } catch {
    copyFileSync(from, to);
  }
}

main().catch((error) => {
  console.error(error.errors === undefined ? `build:native: ${error.message}` : 'build:native: failed');
  process.exitCode = 1;
});
