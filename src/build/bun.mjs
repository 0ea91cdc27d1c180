// Bun as a compiler: where it is, and one call that turns CommonJS files into an executable with bytecode.
// Invariants: the executable reads no .env and no bunfig.toml from the directory it is started in, and it holds
// bytecode. Bun leaves the bytecode out without a word when the first file requires nothing, which would double the
// start-up time; so the size is compared with a build that has none.
// Fails by throwing with a sentence for the person who called; findBun() returns null when there is no Bun.

import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { ROOT } from './bundle.mjs';

/** Bun's bytecode for its own modules alone is larger than this. */
const BYTECODE_OCTETS = 1_000_000;

const ARCHITECTURES = { arm64: 'aarch64', x64: 'x64' };

/** Path of a Bun that runs on this machine, or null. */
export function findBun() {
  return bunCandidates().find(runs) ?? null;
}

// The platform package first: npm's postinstall, which would put it into .bin, may not have been allowed to run.
function bunCandidates() {
  const name = `bun-${process.platform}-${ARCHITECTURES[process.arch] ?? process.arch}`;
  const packages = ['', '-baseline', '-musl', '-musl-baseline'].map((variant) =>
    join(ROOT, 'node_modules/@oven', name + variant, 'bin/bun'),
  );
  return [...packages, join(ROOT, 'node_modules/.bin/bun'), 'bun'];
}

function runs(bun) {
  const { status, stdout } = spawnSync(bun, ['--version'], { encoding: 'utf8', env: cleanEnvironment() });
  return status === 0 && /^\d+\.\d+\.\d+/.test(stdout);
}

/** Compiles `files` (the first is where execution starts, the others are reached by require) into `outfile`. */
export function compile({ bun, files, outfile }) {
  const scratch = mkdtempSync(join(dirname(outfile), '.compile-'));
  try {
    const plain = join(scratch, basename(outfile));
    runBun(bun, files, outfile, ['--bytecode']);
    runBun(bun, files, plain, []);
    if (statSync(outfile).size - statSync(plain).size < BYTECODE_OCTETS) {
      throw new Error(
        `${basename(files[0])}: Bun left the bytecode out; does the first file import anything?`,
      );
    }
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

function runBun(bun, files, outfile, options) {
  const [, ...doors] = files;
  const externals = doors.flatMap((file) => ['--external', `./${basename(file)}`]);
  const fixed = [
    '--compile',
    '--minify',
    '--format=cjs',
    '--no-compile-autoload-dotenv',
    '--no-compile-autoload-bunfig',
  ];
  const args = ['build', ...files, ...fixed, ...options, ...externals, '--outfile', outfile];
  const { status, stderr, error } = spawnSync(bun, args, {
    encoding: 'utf8',
    cwd: ROOT,
    env: cleanEnvironment(),
  });
  if (status !== 0) throw new Error(`bun build failed: ${error?.message ?? stderr.trim()}`);
}

// BUN_* variables change what Bun does, in the build as well.
function cleanEnvironment() {
  const kept = ['PATH', 'HOME', 'TMPDIR'].filter((name) => process.env[name] !== undefined);
  return Object.fromEntries(kept.map((name) => [name, process.env[name]]));
}
