// `mvmtr check`: reads every control file the way a session of the profile would, and says what is wrong with
// it, what that leads to and what to do. Changes nothing. Exit code 0: no errors (with --strict: no warnings
// either), 1: some, 2: there is no control directory to check.

import { readdirSync } from 'node:fs';
import { fileReason } from '../../serve/file-reason.ts';
import { checkDirectory } from './check-directory.ts';
import { checkHosts, ourHosts } from './check-hosts.ts';
import { checkNames } from './check-names.ts';
import { checkNumbers } from './check-numbers.ts';
import { checkRules, compileAll, isRuleFile, START_FILE } from './check-rules.ts';
import { checkSecurity } from './check-security.ts';
import { checkSurroundings } from './check-surroundings.ts';
import { checkText } from './check-text.ts';
import { countOf, error, type Finding, findingLine, plural } from './findings.ts';
import { type Output, writeLine } from './output.ts';
import { readSubject, type SubjectRequest } from './subject.ts';

export interface CheckRequest extends SubjectRequest {
  readonly strict: boolean;
}

export interface CheckReport {
  readonly findings: readonly Finding[];
  /** False when there was nothing to look at. */
  readonly complete: boolean;
}

/** All findings, in the order of the files. Never throws. */
export function check(request: SubjectRequest): CheckReport {
  const directory = `${request.home}/control`;
  let names: readonly string[];
  try {
    names = readdirSync(directory);
  } catch (cause) {
    const what = `no control directory (${fileReason(cause)})`;
    const todo = 'name the home directory of qmail with --qmail-home or QMAIL_HOME';
    return { findings: [error({ file: directory }, what, todo)], complete: false };
  }
  const { subject, findings } = readSubject(request);
  const compiled = compileAll(subject, names);
  const start = compiled.get(START_FILE);
  const program = start === undefined || 'problem' in start ? null : start.program;
  return {
    findings: [
      ...findings,
      ...checkText(subject),
      ...checkNames(subject, ourHosts(subject)),
      ...checkNumbers(subject),
      ...checkHosts(subject),
      ...checkRules(subject, names, compiled),
      ...checkDirectory(
        subject,
        names.filter((name) => !isRuleFile(name)),
      ),
      ...checkSecurity(subject, program),
      ...checkSurroundings(subject, program),
    ],
    complete: true,
  };
}

/** Prints the report and returns the exit code. */
export function runCheck(request: CheckRequest, output: Output): number {
  const { findings, complete } = check(request);
  for (const finding of findings) writeLine(output.out, findingLine(finding));
  const errors = countOf(findings, 'error');
  const warnings = countOf(findings, 'warning');
  const summary = `${plural(errors, 'error')}, ${plural(warnings, 'warning')}`;
  writeLine(output.out, `${request.home} (${request.profile} profile): ${summary}`);
  if (!complete) return 2;
  return errors > 0 || (request.strict && warnings > 0) ? 1 : 0;
}
