// Compiling the scripts of tests: where their texts come from, what `include` finds, and how problems are
// shown. Scripts to include lie beside the test file, in included/ (personal) and included-global/
// (global), under their name and ".sieve".

import { compile } from '../check/index.ts';
import { describe } from '../language/index.ts';
import type { SourceFile } from '../program.ts';
import { toUnicode } from '../sieve/text.ts';
import type { Compiled } from './suite.ts';

/** The files tests may read. Paths as the shell has them. */
export interface Files {
  /** Contents as octet string; null when it cannot be read. */
  read(path: string): string | null;
}

export interface CompileSurroundings {
  /** Of the test file, without a slash at its end. */
  readonly directory: string;
  readonly files: Files;
  readonly compat: boolean;
}

const FOLDERS = { personal: 'included', global: 'included-global' } as const;

/** A test file that requires this one may use the whole language. */
const IN_MFL = /^[^#]*\brequire\b[^;]*"vnd\.mvmtr\.testsuite"/m;

/** null when there is no such file. */
export function compilePath(
  path: string,
  { directory, files, compat }: CompileSurroundings,
): Compiled | null {
  const load = (name: string): SourceFile | null => {
    const text = files.read(name);
    if (text === null) return null;
    return { name, text: toUnicode(text), dialect: IN_MFL.test(text) ? 'mfl' : 'sieve' };
  };
  const main = load(path);
  if (main === null) return null;
  return compile(
    {
      main,
      load: (name) => load(name) ?? { problem: `${name} cannot be read` },
      include: (location, name) => load(`${directory}/${FOLDERS[location]}/${name}.sieve`),
    },
    { pigeonhole: compat },
  );
}

/** Each problem with its line, over several lines. */
export function complaints({ problems }: Compiled, files: Files): readonly string[] {
  return problems.flatMap((problem) => {
    const text = toUnicode(files.read(problem.file) ?? '');
    return describe(problem, { name: problem.file, text, dialect: 'sieve' }).split('\n');
  });
}
