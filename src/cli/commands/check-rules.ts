// Findings about the rule files in the control directory: every one is compiled as a session would, with what it imports, and the
// compiled file beside it is held against its sources. A file that another one imports is judged with that one, since it
// may lean on it. Reads files, changes none.

import type { Problem } from '../../rules/index.ts';
import { compiledPath, readCompiled, type SourceProblem, sourcePath } from '../../serve/rules/sources.ts';
import { error, type Finding, type Place, warning } from './findings.ts';
import { type CompiledRules, compileRules } from './rule-files.ts';
import { pathOf, type Subject } from './subject.ts';

/** The rules every session of this home runs. */
export const START_FILE = 'mvmtr.mfl';

export const isRuleFile = (name: string): boolean => /\.(?:mflc?|svtest)$/.test(name);

/** What became of each rule file, by its name; the start file comes first. */
export type Compilations = ReadonlyMap<string, CompiledRules | SourceProblem>;

/** @param names of all files in the control directory */
export function compileAll(subject: Subject, names: readonly string[]): Compilations {
  const sources = names.filter((name) => name.endsWith('.mfl')).toSorted(startFileFirst);
  return new Map(sources.map((name) => [name, compileRules(pathOf(subject, name))]));
}

/** @param names of all files in the control directory */
export function checkRules(
  subject: Subject,
  names: readonly string[],
  compiled: Compilations,
): readonly Finding[] {
  const imported = new Set(
    [...compiled].flatMap(([name, rules]) =>
      'problem' in rules ? [] : [...rules.sources.keys()].filter((other) => other !== name),
    ),
  );
  const covered = new Set<string>();
  const findings: Finding[] = [];
  // Files that import each other in a circle are all imported: the first one of them speaks for them.
  const heads = [...compiled.keys()].toSorted((a, b) => Number(imported.has(a)) - Number(imported.has(b)));
  for (const name of heads) {
    const rules = compiled.get(name);
    if (rules === undefined || covered.has(name)) continue;
    if ('problem' in rules) findings.push(unusable(subject, name, rules.problem));
    else {
      for (const part of rules.sources.keys()) covered.add(part);
      findings.push(...problemsOf(subject, name, rules), ...checkCompiled(subject, name, rules));
    }
  }
  return [...findings, ...orphans(subject, names)];
}

const startFileFirst = (a: string, b: string): number => {
  if (a === START_FILE || b === START_FILE) return a === b ? 0 : a === START_FILE ? -1 : 1;
  return a < b ? -1 : 1;
};

function effectOf(name: string): string {
  return name === START_FILE ? 'every session is answered 421' : 'a session with these rules is answered 421';
}

function unusable(subject: Subject, name: string, reason: string): Finding {
  const what = `cannot be used (${reason}), so ${effectOf(name)}`;
  return error({ file: pathOf(subject, name) }, what, 'make it a readable text file, or remove it');
}

function problemsOf(subject: Subject, name: string, rules: CompiledRules): readonly Finding[] {
  return rules.problems.map((problem) => {
    const place = placeOf(pathOf(subject, name), problem, rules);
    const paper = `${problem.code} in docs/mfl.md`;
    return problem.severity === 'warning'
      ? warning(place, problem.message, `see ${paper}`)
      : error(place, problem.message, `correct it, since ${effectOf(name)} (${paper})`);
  });
}

/** "path:line:column", as the compiler has it. */
function placeOf(path: string, { file, at }: Problem, { sources }: CompiledRules): Place {
  const before = sources.get(file)?.text.slice(0, at) ?? '';
  const line = before.split('\n').length;
  return { file: `${sourcePath(path, file)}:${line}:${at - before.lastIndexOf('\n')}` };
}

function checkCompiled(subject: Subject, name: string, { program }: CompiledRules): readonly Finding[] {
  if (program === null) return [];
  const path = pathOf(subject, name);
  const compiled = readCompiled(path);
  const place = { file: compiledPath(path) };
  const todo = `run mvmtr compile ${path}`;
  switch (compiled.state) {
    case 'current':
      return [];
    case 'missing':
      if (name !== START_FILE) return [];
      return [warning(place, 'is missing, so every session compiles the rules anew', todo)];
    case 'stale':
      return [warning(place, 'is not made from these rules, so every session compiles them anew', todo)];
    case 'unreadable':
      return [
        warning(place, `cannot be read (${compiled.reason}), so every session compiles the rules anew`, todo),
      ];
  }
}

function orphans(subject: Subject, names: readonly string[]): readonly Finding[] {
  return names
    .filter((name) => name.endsWith('.mflc') && !names.includes(name.slice(0, -1)))
    .map((name) =>
      warning({ file: pathOf(subject, name) }, 'is compiled from a file that is not there', 'remove it'),
    );
}
