// The way in: a source file to its tree, or to the list of what is wrong with it. A tree is given only for a file without errors.
// Never throws, and takes time linear in the file's length whatever the file contains.

import type { ScriptNode, SourceFile } from './ast.ts';
import { createCursor } from './cursor.ts';
import { SCRIPT_LENGTH } from './limits.ts';
import { parseMfl } from './parse-mfl.ts';
import { parseSieve } from './parse-sieve.ts';
import { type Problem, problemList } from './problems.ts';

export interface Parsed {
  /** null when there are problems. */
  readonly script: ScriptNode | null;
  /** In the order of the file, at most 50. */
  readonly problems: readonly Problem[];
}

export function parse(source: SourceFile): Parsed {
  const { name, text, dialect } = source;
  const problems = problemList(name);
  const limit = SCRIPT_LENGTH[dialect];
  if (text.length > limit) {
    problems.error('MFL-LEX-012', 0, `file of ${text.length} octets; at most ${limit} are read`);
    return { script: null, problems: problems.found };
  }
  const cursor = createCursor(source, problems);
  const items = dialect === 'mfl' ? parseMfl(cursor) : parseSieve(cursor);
  if (problems.found.length > 0) {
    return { script: null, problems: problems.found.toSorted((a, b) => a.at - b.at) };
  }
  return { script: { dialect, pure: !cursor.mfl, items }, problems: [] };
}
