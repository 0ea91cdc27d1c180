// The outcome of test files as text for people, as TAP version 14, and as JSON, and the exit code that sums
// it up. Test names and reasons are octet-faithful text of the test files; control characters do not get
// through. Pure.

import type { FileReport } from './runner.ts';

export type ReportFormat = 'human' | 'tap' | 'json';

/** 0: all passed, 1: some failed, 2: some file could not be run, or there was none. */
export function exitCode(reports: readonly FileReport[]): number {
  if (reports.length === 0 || reports.some(({ aborted, tests }) => aborted !== null && tests.length === 0))
    return 2;
  return reports.every(passed) ? 0 : 1;
}

/** Ends in a line end. */
export function formatReports(reports: readonly FileReport[], format: ReportFormat): string {
  const lines =
    format === 'human' ? humanLines(reports) : format === 'tap' ? tapLines(reports) : jsonLines(reports);
  return lines.map((line) => `${line}\n`).join('');
}

function passed({ aborted, tests }: FileReport): boolean {
  return aborted === null && tests.every(({ failure }) => failure === null);
}

function humanLines(reports: readonly FileReport[]): readonly string[] {
  const lines = reports.flatMap(fileLines);
  const tests = reports.flatMap((report) => report.tests);
  const failures = tests.filter(({ failure }) => failure !== null).length;
  const bad = reports.filter((report) => !passed(report)).length;
  const files = `${reports.length - bad} of ${reports.length} files`;
  lines.push(`${files} passed; ${tests.length - failures} of ${tests.length} tests passed`);
  return lines;
}

function fileLines(report: FileReport): string[] {
  const { file, tests, aborted, printed } = report;
  const failures = tests.filter(({ failure }) => failure !== null);
  const head = `${passed(report) ? 'ok  ' : 'FAIL'} ${file} (${tests.length - failures.length} of ${tests.length})`;
  return [
    head,
    ...printed.flatMap((text) => text.split(/\r?\n/).map((line) => `     | ${visible(line)}`)),
    ...failures.map(({ name, failure }) => `     ${visible(name)}: ${visible(failure ?? '')}`),
    ...(aborted === null ? [] : aborted.split('\n').map((line) => `     ${visible(line)}`)),
  ];
}

function tapLines(reports: readonly FileReport[]): readonly string[] {
  const lines: string[] = [];
  let count = 0;
  const point = (name: string, failure: string | null): void => {
    count++;
    lines.push(`${failure === null ? 'ok' : 'not ok'} ${count} - ${escaped(name)}`);
    if (failure !== null) lines.push(...failure.split(/(?<!\r)\n/).map((line) => `# ${visible(line)}`));
  };
  for (const { file, tests, aborted } of reports) {
    for (const { name, failure } of tests) point(`${file}: ${name}`, failure);
    if (aborted !== null) point(file, aborted);
  }
  return ['TAP version 14', ...lines, `1..${count}`];
}

function jsonLines(reports: readonly FileReport[]): readonly string[] {
  const files = reports.map((report) => ({ ...report, passed: passed(report) }));
  const tests = reports.flatMap((report) => report.tests);
  const failed = tests.filter(({ failure }) => failure !== null).length;
  return [JSON.stringify({ passed: tests.length - failed, failed, files }, null, 2)];
}

function visible(text: string): string {
  return text.replace(/[\x00-\x1f\x7f-\x9f\ud800-\udfff]/g, ' ');
}

/** "#" would start a directive, and a backslash an escape. */
function escaped(name: string): string {
  return visible(name).replace(/[\\#]/g, '\\$&');
}
