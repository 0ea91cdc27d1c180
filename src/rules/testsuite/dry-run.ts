// What a user's script would do with a message, in lines for people: compiled and run as at delivery, and
// nothing carried out. Shows the actions in order, what becomes of the message in the end, and what was
// changed in its header. Questions about the mail store are answered as by an empty one. Never throws for
// anything a script or message says.

import {
  installSieve,
  loadRegexEngine,
  type MainRun,
  runMain,
  type SieveAction,
  type SieveResult,
  USER_BUDGET,
} from '../interpreter/index.ts';
import { SIEVE_PART } from '../interpreter/sieve-commands.ts';
import type { Program } from '../program.ts';
import type { Answer, HeaderField } from '../runtime.ts';
import { currentFields } from '../sieve/index.ts';
import { compilePath, complaints, type Files } from './compile.ts';
import { testMessage } from './message.ts';
import { newSuite, type Suite, setMessage } from './suite.ts';
import { answer, inputOf, keyFor, storeTests } from './world.ts';

export interface DryRunRequest {
  readonly script: string;
  readonly files: Files;
  /** Octet strings. Addresses that are not given are taken from the header. */
  readonly message: string;
  readonly from?: string;
  readonly to?: string;
  readonly now: number;
}

export interface DryRun {
  readonly end: 'done' | 'failed' | 'does not compile' | 'no script';
  readonly lines: readonly string[];
}

export async function dryRun(request: DryRunRequest): Promise<DryRun> {
  await loadRegexEngine();
  installSieve(SIEVE_PART);
  const { script, files, message, from, to, now } = request;
  const directory = script.includes('/') ? script.slice(0, script.lastIndexOf('/')) : '.';
  const compiled = compilePath(script, { directory, files, compat: false });
  if (compiled === null) return { end: 'no script', lines: [`${script} cannot be read`] };
  const remarks = complaints(compiled, files);
  const { program } = compiled;
  if (program === null) return { end: 'does not compile', lines: remarks };
  const { suite, run } = await runToEnd(program, (known) => {
    const made = newSuite({ directory, compat: false, now, compile: () => null, known });
    setMessage(made, testMessage(message));
    if (from !== undefined) made.envelope.from = from;
    if (to !== undefined) Object.assign(made.envelope, { to, originalTo: to });
    return made;
  });
  if (run.end === 'failed') {
    const { where, message: reason } = run.fault;
    return { end: 'failed', lines: [...remarks, `error at ${where}: ${reason}`, 'the message is kept'] };
  }
  return { end: 'done', lines: [...remarks, ...headerLines(suite), ...resultLines(run.result)] };
}

type Ended = Exclude<MainRun, { readonly end: 'needs' }>;

/** Ends because every round answers one more question, and a run's questions are bounded. */
async function runToEnd(
  program: Program,
  newRun: (known: ReadonlyMap<string, Answer>) => Suite,
): Promise<{ readonly suite: Suite; readonly run: Ended }> {
  const known = new Map<string, Answer>();
  for (;;) {
    const suite = newRun(known);
    const extra = { tests: storeTests(suite), actions: new Map() };
    const run = runMain(program, inputOf(suite), { budget: USER_BUDGET, extra });
    if (run.end !== 'needs') return { suite, run };
    known.set(keyFor(suite, run.lookup.key), await answer(suite, run.lookup));
  }
}

function resultLines({ actions, implicitKeep, flags }: SieveResult): readonly string[] {
  const lines = actions.map(actionLine);
  if (implicitKeep) lines.push(`keep (implicit)${flagText(flags)}`);
  return lines.length === 0 ? ['discard (nothing keeps the message)'] : lines;
}

function actionLine(action: SieveAction): string {
  switch (action.action) {
    case 'keep':
      return `keep${flagText(action.flags)}`;
    case 'fileinto': {
      const how = `${action.copy ? ' (copy)' : ''}${action.create ? ' (created if need be)' : ''}`;
      return `fileinto ${JSON.stringify(action.mailbox)}${how}${flagText(action.flags)}`;
    }
    case 'redirect':
      return `redirect <${action.address}>${action.copy ? ' (copy)' : ''}`;
    case 'reject':
      return `${action.protocol ? 'ereject' : 'reject'} ${JSON.stringify(action.reason)}`;
    case 'discard':
      return 'discard';
    case 'recorded':
      return `${action.name} ${action.arguments.map((argument) => JSON.stringify(argument)).join(' ')}`.trimEnd();
  }
}

function flagText(flags: readonly string[] | undefined): string {
  return flags === undefined || flags.length === 0 ? '' : ` with flags ${flags.join(' ')}`;
}

function headerLines({ message }: Suite): readonly string[] {
  const edited = currentFields(message.view);
  const line = ({ name, body }: HeaderField): string => `${name}:${body.replace(/\r?\n/g, '')}`;
  const before = message.original.map(line);
  const after = edited.map(line);
  return [
    ...without(before, after).map((field) => `header without  ${field}`),
    ...without(after, before).map((field) => `header with     ${field}`),
  ];
}

/** Items of one list that the other has fewer of. */
function without(items: readonly string[], others: readonly string[]): readonly string[] {
  const left = new Map<string, number>();
  for (const other of others) left.set(other, (left.get(other) ?? 0) + 1);
  return items.filter((item) => {
    const count = left.get(item) ?? 0;
    left.set(item, count - 1);
    return count <= 0;
  });
}
