// For tests: compiles texts held in memory and shows problems as "code line:column". Files of a program are given by name; the main
// one is "main.mfl" or "main.sieve". Nothing here is part of the program.

import { toUnicode } from '../sieve/text.ts';
import { type Compiled, compile } from './compile.ts';
import type { CompileOptions, IncludeLocation } from './sources.ts';

interface Texts {
  readonly main: string;
  /** By path, for `import`. */
  readonly files?: Readonly<Record<string, string>>;
  /** By "personal/NAME" or "global/NAME". */
  readonly scripts?: Readonly<Record<string, string>>;
}

function compileTexts(texts: Texts, dialect: 'mfl' | 'sieve', options: CompileOptions): Compiled {
  const { main, files = {}, scripts = {} } = texts;
  return compile(
    {
      main: { name: `main.${dialect}`, text: toUnicode(main), dialect },
      load(path) {
        const text = path === 'main.mfl' ? main : files[path];
        return text === undefined ? { problem: 'no such file' } : { name: path, text, dialect: 'mfl' };
      },
      include(location: IncludeLocation, name: string) {
        const text = scripts[`${location}/${name}`];
        return text === undefined ? null : { name: `${location}/${name}`, text, dialect: 'sieve' };
      },
    },
    options,
  );
}

const asTexts = (source: string | Texts): Texts => (typeof source === 'string' ? { main: source } : source);

export const compileSieve = (source: string | Texts, options: CompileOptions = {}): Compiled =>
  compileTexts(asTexts(source), 'sieve', options);

export const compileMfl = (source: string | Texts, options: CompileOptions = {}): Compiled =>
  compileTexts(asTexts(source), 'mfl', options);

/** Codes of one severity, in order. */
export function codes({ problems }: Compiled, severity: 'error' | 'warning' = 'error'): readonly string[] {
  return problems.filter((problem) => problem.severity === severity).map(({ code }) => code);
}

/** Errors as text, for a readable difference when a source should have had none. */
export function messages({ problems }: Compiled): readonly string[] {
  return problems.map(({ code, severity, at, message }) => `${severity} ${code} at ${at}: ${message}`);
}
