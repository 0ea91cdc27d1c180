// `mvmtr compile`: checks a rule file with all it imports and writes the checked program beside it, so that sessions do without the
// compiler. Sessions see the old compiled file or the new one, whole. With errors nothing is written, and a compiled file of
// before stays, which no session uses any longer because its sources have changed. Exit code 0: written, 1: there are
// errors (with --strict: or warnings), 2: a file cannot be read or written.

import { statSync } from 'node:fs';
import { writeProgram } from '../../rules/check/index.ts';
import { fileReason } from '../../serve/file-reason.ts';
import { compiledPath } from '../../serve/rules/sources.ts';
import { plural } from './findings.ts';
import { type Output, writeLine } from './output.ts';
import { replaceFile } from './replace-file.ts';
import { compileRules, errorsIn, shown } from './rule-files.ts';

export interface CompileRequest {
  readonly file: string;
  readonly strict: boolean;
}

/** Prints what is wrong with the rules and returns the exit code. */
export function runCompile({ file, strict }: CompileRequest, output: Output): number {
  const compiled = compileRules(file);
  if ('problem' in compiled) {
    writeLine(output.err, `mvmtr compile: cannot read ${file}: ${compiled.problem}`);
    return 2;
  }
  const { program, problems } = compiled;
  for (const problem of problems) writeLine(output.err, shown(file, compiled, problem));
  const errors = errorsIn(compiled);
  const warnings = problems.length - errors;
  if (problems.length > 0)
    writeLine(output.err, `${plural(errors, 'error')}, ${plural(warnings, 'warning')}`);
  if (program === null || (strict && warnings > 0)) return 1;
  const target = compiledPath(file);
  try {
    replaceFile({ path: target, octets: writeProgram(program), mode: statSync(file).mode & 0o777 });
    return 0;
  } catch (cause) {
    writeLine(output.err, `mvmtr compile: cannot write ${target}: ${fileReason(cause)}`);
    return 2;
  }
}
