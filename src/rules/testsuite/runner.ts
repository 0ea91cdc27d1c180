// Runs one test file: compiles it, executes it as a Sieve script with the testsuite's commands added, and tells how its tests came
// out. When the run needs to look something up (the parts of a message's body), the answer is found and the file is run again
// from the start, which goes the same way one step further; the world of a test is all its own, so nobody notices. Never
// throws for anything a test file says.

import { addSignatures } from '../commands/index.ts';
import type { Program } from '../program.ts';
import type { Answer } from '../runtime.ts';
import { type CompileSurroundings, compilePath, complaints, type Files } from './compile.ts';
import { attempt } from './engine.ts';
import { TESTSUITE_COMMANDS, TESTSUITE_TESTS } from './signatures.ts';
import type { SmtpDriver } from './smtp.ts';
import { SMTP_COMMANDS, SMTP_TESTS } from './smtp-signatures.ts';
import { type Compiled, newSuite, type Suite, type TestOutcome } from './suite.ts';
import { answer, keyFor } from './world.ts';

export interface FileReport {
  readonly file: string;
  readonly tests: readonly TestOutcome[];
  /** Why the file could not be run, or not to its end; null when it was. Several lines when it does not compile. */
  readonly aborted: string | null;
  readonly printed: readonly string[];
}

export interface RunRequest {
  readonly file: string;
  readonly files: Files;
  /** As Pigeonhole: its name, its messages, its settings. */
  readonly compat: boolean;
  readonly now: number;
  /** Simulates SMTP sessions for files that ask for them; made when the first one does. */
  readonly openSmtp?: () => Promise<SmtpDriver>;
}

/** Different answers one file may need. */
const MOST_LOOKUPS = 500;

/** Files below such a directory hold tests that are expected to fail, every one of them. */
const EXPECTED_FAILURES = /(?:^|\/)failures\//;

export async function runTestFile(request: RunRequest): Promise<FileReport> {
  addSignatures([...TESTSUITE_COMMANDS, ...TESTSUITE_TESTS, ...SMTP_COMMANDS, ...SMTP_TESTS]);
  const { file, compat } = request;
  const report = await run(request);
  return compat && EXPECTED_FAILURES.test(file) ? inverted(report) : report;
}

async function run({ file, files, compat, now }: RunRequest): Promise<FileReport> {
  const directory = file.includes('/') ? file.slice(0, file.lastIndexOf('/')) : '.';
  const compile = remembering({ directory, files, compat });
  const main = compile(file);
  if (main === null) return { file, tests: [], aborted: 'cannot be read', printed: [] };
  if (main.program === null) {
    return {
      file,
      tests: [],
      aborted: ['does not compile', ...complaints(main, files)].join('\n'),
      printed: [],
    };
  }
  return repeat(file, main.program, (known) => newSuite({ directory, compat, now, compile, known }));
}

async function repeat(
  file: string,
  program: Program,
  newRun: (known: ReadonlyMap<string, Answer>) => Suite,
): Promise<FileReport> {
  const known = new Map<string, Answer>();
  for (;;) {
    const suite = newRun(known);
    const end = attempt(suite, program);
    if (end.end !== 'needs') return reportOf(file, suite, end.end === 'failed' ? end.reason : null);
    if (known.size >= MOST_LOOKUPS) return reportOf(file, suite, `more than ${MOST_LOOKUPS} lookups`);
    known.set(keyFor(suite, end.lookup.key), await answer(suite, end.lookup));
  }
}

function remembering(surroundings: CompileSurroundings): (path: string) => Compiled | null {
  const scripts = new Map<string, Compiled | null>();
  return (path) => {
    const known = scripts.get(path);
    if (known !== undefined) return known;
    const found = compilePath(path, surroundings);
    scripts.set(path, found);
    return found;
  };
}

function reportOf(file: string, suite: Suite, aborted: string | null): FileReport {
  const { outcomes, current, printed } = suite;
  const tests =
    current === null ? outcomes : [...outcomes, { name: current, failure: aborted ?? 'not finished' }];
  return { file, tests, aborted, printed };
}

function inverted({ file, tests, aborted, printed }: FileReport): FileReport {
  const outcomes = tests.map(({ name, failure }) => ({
    name,
    failure: failure === null ? 'passed, and was expected to fail' : null,
  }));
  const none = tests.length === 0;
  return {
    file,
    tests: none ? [{ name: 'file', failure: aborted === null ? 'no test' : null }] : outcomes,
    aborted: null,
    printed,
  };
}
