// What the tools have in common about rule files: compiling one with all it imports, and the wording of its problems as an editor
// wants them, file:line:column first, with the path by which the file can be opened from here. Reads files, changes none.

import { compile } from '../../rules/check/index.ts';
import type { Compiled, Problem, SourceFile } from '../../rules/index.ts';
import { describe } from '../../rules/language/index.ts';
import { ruleSources, type SourceProblem, sourcePath } from '../../serve/rules/sources.ts';
import { fromNative } from '../../text/index.ts';

export interface CompiledRules extends Compiled {
  /** Every file that was read, by its name in problems. */
  readonly sources: ReadonlyMap<string, SourceFile>;
}

/** The file and all it imports; a problem when the file itself cannot be read. */
export function compileRules(path: string): CompiledRules | SourceProblem {
  const opened = ruleSources(path);
  if ('problem' in opened) return opened;
  const sources = new Map([[opened.main.name, opened.main]]);
  const compiled = compile({
    ...opened,
    load(imported, from) {
      const loaded = opened.load(imported, from);
      if (!('problem' in loaded)) sources.set(loaded.name, loaded);
      return loaded;
    },
  });
  return { ...compiled, sources };
}

export function errorsIn({ problems }: Compiled): number {
  return problems.filter(({ severity }) => severity === 'error').length;
}

/** A problem as several lines: where and what, the source line, a caret. */
export function shown(path: string, { sources }: CompiledRules, problem: Problem): string {
  const file = fromNative(sourcePath(path, problem.file));
  const { text = '', dialect = 'mfl' } = sources.get(problem.file) ?? {};
  return Buffer.from(describe({ ...problem, file }, { name: file, text, dialect }), 'latin1').toString(
    'utf8',
  );
}
