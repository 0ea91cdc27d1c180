// Programs that start the runtime and do nothing: what a process for a connection cannot cost less than, and the yardstick of a
// machine, which may be faster tomorrow.

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { compile, findBun } from '../../src/build/bun.mjs';

/** @returns commands `{ node, native }`; native is null where there is no Bun to compile with */
export function makeNoOps(directory) {
  const empty = join(directory, 'empty.cjs');
  writeFileSync(empty, '');
  return { node: [process.execPath, empty], native: makeNative(join(directory, 'noop')) };
}

function makeNative(outfile) {
  const bun = findBun();
  if (bun === null) return null;
  // Without a require Bun would leave out the bytecode, and the comparison would flatter us.
  writeFileSync(`${outfile}.cjs`, "require('node:fs');\n");
  compile({ bun, files: [`${outfile}.cjs`], outfile });
  return [outfile];
}
