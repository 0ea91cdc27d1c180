// Runs every .svtest below this directory with the engine in memory: each file proves the section of the
// RFC, or of our own reference, that it names at its top. A file that could not be run, or has no tests in
// it, counts as failed.

import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { openSessions } from '../../src/cli/commands/test-session.ts';
import { runTestFile } from '../../src/rules/testsuite/index.ts';

const here = fileURLToPath(new URL('.', import.meta.url));
const files = {
  read(path: string): string | null {
    try {
      return readFileSync(path, 'latin1');
    } catch {
      return null;
    }
  },
};

const suites = readdirSync(here, { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.svtest'))
  .sort();

describe.each(suites)('%s', (suite) => {
  it('passes', async () => {
    const report = await runTestFile({
      file: `${here}${suite}`,
      files,
      compat: false,
      now: Date.now(),
      openSmtp: openSessions,
    });
    expect(report.aborted).toBeNull();
    expect(report.tests.filter(({ failure }) => failure !== null)).toEqual([]);
    expect(report.tests.length).toBeGreaterThan(0);
  });

  it('says at its top what it proves, and the section', () => {
    expect(readFileSync(`${here}${suite}`, 'utf8')).toMatch(
      /^# (?:RFC \d+|draft-[a-z-]+|docs\/mfl\.md) section \d/,
    );
  });
});
