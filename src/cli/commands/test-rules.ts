// `mvmtr test`: runs test files in the svtest format, and every one below the directories that are named.
// Reads files and writes its report; nothing else in the world is touched. Exit code 0: all passed, 1: some
// failed, 2: some could not be run.

import { readdirSync, statSync } from 'node:fs';
import { type FileReport, loadTestsuite, type ReportFormat } from '../../rules/index.ts';
import type { SmtpDriver } from '../../rules/testsuite/index.ts';
import { fileReason } from '../../serve/file-reason.ts';
import { type Output, writeLine } from './output.ts';
import { readOctets } from './read-octets.ts';

export interface TestRequest {
  /** Files, and directories to look through. */
  readonly paths: readonly string[];
  readonly format: ReportFormat;
  /** As Pigeonhole's own test suite expects it. */
  readonly compat: boolean;
}

const CANNOT_RUN = 2;
const TEST_FILE = /\.svtest(?:\.in)?$/;

/** Prints the report and returns the exit code. */
export async function runTests({ paths, format, compat }: TestRequest, output: Output): Promise<number> {
  let files: readonly string[];
  try {
    files = paths.flatMap(filesAt);
  } catch (cause) {
    const { path = '' } = cause as NodeJS.ErrnoException;
    writeLine(output.err, `mvmtr test: cannot read ${path}: ${fileReason(cause)}`);
    return CANNOT_RUN;
  }
  if (files.length === 0) {
    writeLine(output.err, 'mvmtr test: there are no test files (*.svtest)');
    return CANNOT_RUN;
  }
  const { exitCode, formatReports, runTestFile } = await loadTestsuite();
  const now = Date.now();
  const reports: FileReport[] = [];
  for (const file of files) {
    try {
      reports.push(await runTestFile({ file, files: { read: readOctets }, compat, now, openSmtp }));
    } catch (fault) {
      // Ours, not the test's; the other files are run all the same.
      reports.push({ file, tests: [], aborted: `fault in mvmtr: ${stackOf(fault)}`, printed: [] });
    }
  }
  output.out(formatReports(reports, format));
  return exitCode(reports);
}

/** Behind a door: few test files talk SMTP, and the program's own session comes with it. */
async function openSmtp(): Promise<SmtpDriver> {
  const { openSessions } = await import('./test-session.ts');
  return openSessions();
}

// A file that is named is taken whatever it is called.
function filesAt(path: string): readonly string[] {
  if (!statSync(path).isDirectory()) return [path];
  return readdirSync(path, { withFileTypes: true })
    .toSorted((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap((entry) => {
      const inside = `${path.replace(/\/+$/, '')}/${entry.name}`;
      if (entry.isDirectory()) return filesAt(inside);
      return TEST_FILE.test(entry.name) ? [inside] : [];
    });
}

function stackOf(fault: unknown): string {
  const { stack } = fault as Partial<Error>;
  return stack ?? String(fault);
}
