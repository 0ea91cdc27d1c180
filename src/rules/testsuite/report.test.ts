// Reports in the three formats, and the
// exit code: passed, failed, not run.

import { describe, expect, it } from 'vitest';
import { exitCode, formatReports } from './report.ts';
import type { FileReport } from './runner.ts';

const report = (part: Partial<FileReport>): FileReport => ({
  file: 'a.svtest',
  tests: [],
  aborted: null,
  printed: [],
  ...part,
});
const good = report({ tests: [{ name: 'works', failure: null }] });
const bad = report({
  file: 'b.svtest',
  tests: [
    { name: 'works', failure: null },
    { name: 'does # not', failure: 'wrong\r\nvalue' },
  ],
});
const stopped = report({ tests: [{ name: 'works', failure: null }], aborted: 'too many steps' });
const broken = report({ file: 'c.svtest', aborted: 'does not compile\nline two' });

describe('exitCode', () => {
  it.each([
    ['all passed', [good], 0],
    ['a test failed', [good, bad], 1],
    ['a file stopped half way', [stopped], 1],
    ['a file could not be run', [bad, broken], 2],
    ['no file', [], 2],
  ])('%s', (_, reports, code) => expect(exitCode(reports)).toBe(code));
});

it('for people: failures with their reasons, and a summary', () => {
  expect(formatReports([good, bad, broken], 'human')).toBe(
    [
      'ok   a.svtest (1 of 1)',
      'FAIL b.svtest (1 of 2)',
      '     does # not: wrong  value',
      'FAIL c.svtest (0 of 0)',
      '     does not compile',
      '     line two',
      '1 of 3 files passed; 2 of 3 tests passed',
      '',
    ].join('\n'),
  );
});

it('TAP: one point for each test, one more for a file that could not be run', () => {
  expect(formatReports([bad, broken], 'tap')).toBe(
    [
      'TAP version 14',
      'ok 1 - b.svtest: works',
      'not ok 2 - b.svtest: does \\# not',
      '# wrong  value',
      'not ok 3 - c.svtest',
      '# does not compile',
      '# line two',
      '1..3',
      '',
    ].join('\n'),
  );
});

it('JSON: the reports and the counts', () => {
  expect(JSON.parse(formatReports([good, bad], 'json'))).toEqual({
    passed: 2,
    failed: 1,
    files: [
      { ...good, passed: true },
      { ...bad, passed: false },
    ],
  });
});
