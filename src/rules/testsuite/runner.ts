// Runs one test file: compiles it, executes it as a Sieve script with the testsuite's commands added, and
// tells how its tests came out. When the run needs to look something up (the parts of a message's body),
// the answer is found and the file is run again from the start, which goes the same way one step further;
// the world of a test is all its own, so nobody notices. Never throws for anything a test file says.

import { addSignatures } from '../commands/index.ts';
import { installSieve, loadRegexEngine } from '../interpreter/index.ts';
import { SIEVE_PART } from '../interpreter/sieve-commands.ts';
import type { Program } from '../program.ts';
import type { Answer } from '../runtime.ts';
import { type CompileSurroundings, compilePath, complaints, type Files } from './compile.ts';
import { attempt } from './engine.ts';
import { TESTSUITE_COMMANDS, TESTSUITE_TESTS } from './signatures.ts';
import { type SmtpDriver, type SmtpStep, type SmtpWorld, smtpStepIn } from './smtp.ts';
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
const MOST_LOOKUPS = 1000;

/** Files below such a directory hold tests that are expected to fail, every one of them. */
const EXPECTED_FAILURES = /(?:^|\/)failures\//;

export async function runTestFile(request: RunRequest): Promise<FileReport> {
  await loadRegexEngine();
  installSieve(SIEVE_PART);
  addSignatures([...TESTSUITE_COMMANDS, ...TESTSUITE_TESTS, ...SMTP_COMMANDS, ...SMTP_TESTS]);
  const { file, compat } = request;
  const report = await run(request);
  return compat && EXPECTED_FAILURES.test(file) ? inverted(report) : report;
}

async function run(request: RunRequest): Promise<FileReport> {
  const { file, files, compat, now } = request;
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
  const driver = lazyDriver(request);
  try {
    return await repeat(file, main.program, {
      newRun: (known) => newSuite({ directory, compat, now, compile, known }),
      driver: driver.get,
    });
  } finally {
    await driver.close();
  }
}

interface Repetition {
  newRun(known: ReadonlyMap<string, Answer>): Suite;
  driver(): Promise<SmtpDriver> | null;
}

async function repeat(file: string, program: Program, { newRun, driver }: Repetition): Promise<FileReport> {
  const known = new Map<string, Answer>();
  for (;;) {
    const suite = newRun(known);
    const end = attempt(suite, program);
    if (end.end !== 'needs') return reportOf(file, suite, end.end === 'failed' ? end.reason : null);
    if (known.size >= MOST_LOOKUPS) return reportOf(file, suite, `more than ${MOST_LOOKUPS} lookups`);
    const { lookup } = end;
    const step = smtpStepIn(lookup);
    if (step === null) known.set(keyFor(suite, lookup.key), await answer(suite, lookup));
    else known.set(lookup.key, await stepTaken(step, driver()));
  }
}

async function stepTaken(
  { step, world }: { readonly step: SmtpStep; readonly world: SmtpWorld },
  driver: Promise<SmtpDriver> | null,
): Promise<Answer> {
  if (driver === null) return { ok: false, reason: 'SMTP sessions are not simulated here' };
  const outcome = await (await driver).perform(step, world);
  return { ok: true, value: JSON.stringify(outcome) };
}

function lazyDriver({ openSmtp }: RunRequest) {
  let opened: Promise<SmtpDriver> | null = null;
  return {
    get(): Promise<SmtpDriver> | null {
      opened ??= openSmtp?.() ?? null;
      return opened;
    },
    async close(): Promise<void> {
      await (await opened)?.close();
    },
  };
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
