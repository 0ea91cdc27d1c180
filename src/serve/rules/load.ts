// The program of a start file: as `mvmtr compile` left it beside the source if that still belongs to its sources, else compiled here,
// which costs the session the compiler. A file that does not compile, or cannot be read, is a problem in words: no session
// goes on under half a policy.

import { basename } from 'node:path';
import { loadChecker, loadLanguage, type Program } from '../../rules/index.ts';
import { readCompiled, ruleSources } from './sources.ts';

export type LoadedRules =
  | { readonly program: Program }
  /** The first thing that is wrong: with its place in the rules, but without the path of the start file. */
  | { readonly problem: string };

export async function loadProgram(path: string): Promise<LoadedRules> {
  const ready = readCompiled(path);
  if (ready.state === 'current') return { program: ready.program };
  const sources = ruleSources(path);
  if ('problem' in sources) return sources;
  const { compile } = await loadChecker();
  const { program, problems } = compile(sources);
  if (program !== null) return { program };
  const first = problems.find(({ severity }) => severity === 'error');
  if (first === undefined) return { problem: 'does not compile' };
  const source = first.file === basename(path) ? sources.main : sources.load(first.file, sources.main.name);
  if ('problem' in source) return { problem: `${first.file}: ${first.message}` };
  const { describe } = await loadLanguage();
  return { problem: describe(first, source).split('\n', 1)[0] ?? first.message };
}
