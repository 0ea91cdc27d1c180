// What is wrong with a source file, and how it is shown. A problem has a stable code (MFL-LEX-… from the lexer, MFL-SYN-… from the
// parsers; the checker adds classes of its own) and a message that says what is wrong and what to do. Positions are offsets into
// the text; a column is the distance from the line's start in characters of that text. Messages are printable ASCII.

import type { SourceFile } from './ast.ts';
import { PROBLEMS } from './limits.ts';

export interface Problem {
  readonly code: string;
  readonly severity: 'error' | 'warning';
  /** Name of the source file. */
  readonly file: string;
  readonly at: number;
  readonly message: string;
}

/** Gathers the problems of one file; what comes after the bound is dropped. */
export interface ProblemList {
  readonly found: readonly Problem[];
  error(code: string, at: number, message: string): void;
  /** No more are taken: parsing on is pointless. */
  full(): boolean;
}

export function problemList(file: string): ProblemList {
  const found: Problem[] = [];
  return {
    found,
    error(code, at, message) {
      if (found.length < PROBLEMS) found.push({ code, severity: 'error', file, at, message });
    },
    full: () => found.length >= PROBLEMS,
  };
}

/** Offset of the first character of each line. */
export function lineStarts(text: string): readonly number[] {
  const starts = [0];
  for (let end = text.indexOf('\n'); end >= 0; end = text.indexOf('\n', end + 1)) starts.push(end + 1);
  return starts;
}

/** Both counted from 1. */
export function lineColumn(text: string, at: number): { readonly line: number; readonly column: number } {
  let line = 1;
  let start = 0;
  for (let end = text.indexOf('\n'); end >= 0 && end < at; end = text.indexOf('\n', start)) {
    line++;
    start = end + 1;
  }
  return { line, column: at - start + 1 };
}

const WIDTH = 120;
const CONTINUATION = /[\x80-\xbf]/g;

/** "file:line:column: error: message [code]", the source line, and a caret below the place. */
export function describe(problem: Problem, source: SourceFile): string {
  const { line, column } = lineColumn(source.text, problem.at);
  const start = problem.at - column + 1;
  const end = source.text.indexOf('\n', start);
  const stop = end < 0 ? source.text.length : end;
  const left = column > WIDTH - 20 ? start + column - WIDTH / 2 : start;
  const show = (text: string): string => text.replace(/[\x00-\x1f\x7f]/g, ' ').trimEnd();
  const shown = show(source.text.slice(left, Math.min(stop, left + WIDTH)));
  const before = source.text.slice(left, problem.at).replace(CONTINUATION, '');
  const head = `${problem.file}:${line}:${column}: ${problem.severity}: ${problem.message} [${problem.code}]`;
  return `${head}\n    ${shown}\n    ${' '.repeat(before.length)}^`;
}
