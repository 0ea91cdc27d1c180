// What one run of a test file knows: the message and envelope under test, the script that was compiled
// last, settings, the mail store, errors since the last compilation or run, and how the tests came out.
// Made anew for every run of the file. A run that has to look something up is abandoned and repeated from
// the start, so nothing here may outlive it.

import type { SieveAction, SieveResult } from '../interpreter/result.ts';
import type { Problem } from '../language/index.ts';
import type { Program } from '../program.ts';
import type { Answer, Lookup, RuntimeFault } from '../runtime.ts';
import { envelopeOf, type TestEnvelope } from './envelope.ts';
import { DEFAULT_MESSAGE, type TestMessage, testMessage } from './message.ts';
import { NEW_WORLD, NOTHING_YET, type SmtpOutcome, type SmtpWorld } from './smtp.ts';
import { emptyStore, type MailStore } from './store.ts';

export interface Compiled {
  readonly program: Program | null;
  readonly problems: readonly Problem[];
}

/** What a run is given. */
export interface Surroundings {
  /** Directory of the test file, without a slash at its end. */
  readonly directory: string;
  readonly compat: boolean;
  /** Milliseconds since 1970; time stands still during a run. */
  readonly now: number;
  /** A script by its path; null when there is no such file. */
  readonly compile: (path: string) => Compiled | null;
  /** Answers found so far, by world.ts's keys. */
  readonly known: ReadonlyMap<string, Answer>;
}

export type RunUnderTest = (suite: Suite, program: Program, result: SieveResult) => ScriptRun;

export type ScriptRun =
  | { readonly end: 'needs'; readonly lookup: Lookup }
  | { readonly end: 'failed'; readonly fault: RuntimeFault }
  | { readonly end: 'done' };

export interface TestOutcome {
  readonly name: string;
  /** null: it has passed. */
  readonly failure: string | null;
}

export interface SmtpState {
  world: SmtpWorld;
  /** Steps taken so far. */
  steps: number;
  last: SmtpOutcome;
}

export interface Suite {
  readonly surroundings: Surroundings;
  readonly settings: Map<string, string>;
  readonly store: MailStore;
  message: TestMessage;
  /** Flags the message under test has in its mailbox. */
  flags: readonly string[];
  readonly envelope: TestEnvelope;
  script: Program | null;
  readonly binaries: Map<string, string>;
  /** Errors since the last compilation, run or execution: their messages alone. */
  errors: string[];
  /** Actions of the current result that have been carried out. */
  executed: WeakSet<SieveAction>;
  /** The implicit keep of the current result has been carried out. */
  kept: boolean;
  /** The simulated session. */
  readonly smtp: SmtpState;
  readonly outcomes: TestOutcome[];
  /** Name of the test being run; null between tests. */
  current: string | null;
  readonly printed: string[];
}

export function newSuite(surroundings: Surroundings): Suite {
  const suite: Suite = {
    surroundings,
    settings: new Map(),
    store: emptyStore(),
    message: testMessage(DEFAULT_MESSAGE),
    flags: [],
    envelope: { from: '', to: '', originalTo: '', auth: '' },
    script: null,
    binaries: new Map(),
    errors: [],
    executed: new WeakSet(),
    kept: false,
    smtp: { world: { ...NEW_WORLD, now: surroundings.now }, steps: 0, last: NOTHING_YET },
    outcomes: [],
    current: null,
    printed: [],
  };
  setMessage(suite, suite.message);
  return suite;
}

/** A new message under test; its header also says what the envelope is. */
export function setMessage(suite: Suite, message: TestMessage, flags: readonly string[] = []): void {
  suite.message = message;
  suite.flags = flags;
  Object.assign(suite.envelope, envelopeOf(message));
}

export interface Failure {
  readonly failed: string;
}

/** Ends the test being run, or the file when there is none. */
export function fail(reason: string): never {
  throw { failed: reason } satisfies Failure;
}

export function isFailure(thrown: unknown): thrown is Failure {
  return typeof thrown === 'object' && thrown !== null && 'failed' in thrown;
}
