// `mvmtr explain`: plays one session to the real policy, in memory, and tells which hook said what where, which control file decided
// and what the client would have heard. Tables and DNS are asked as a session would ask them; the store of states is taken
// to be empty and is not written to, nothing is queued and nobody waits. Exit code 0: it ran (whatever was decided), 1:
// the rules do not compile or their `init` fails, 2: a file cannot be read.

import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Answer, HookRun, Lookup, Program } from '../../rules/index.ts';
import { driveHook } from '../../rules/interpreter/index.ts';
import { type Configured, configure } from '../../serve/configure.ts';
import { fileReason } from '../../serve/file-reason.ts';
import {
  beforeAnything,
  type Lookups,
  loadProgram,
  openLookups,
  type RulePolicy,
  rulePolicy,
} from '../../serve/rules/index.ts';
import { MVMTR, type SessionConfig, STOCK, session, withSettings } from '../../session/index.ts';
import { forLog, fromNative } from '../../text/index.ts';
import { explainedServices, type Step, type Tell } from './explain-services.ts';
import { type Output, writeLine } from './output.ts';
import type { Environment, ProfileName } from './subject.ts';
import { onTheWire } from './test-message.ts';

export interface ExplainRequest {
  /** The start file; control/mvmtr.mfl of the home when not given. */
  readonly rules?: string;
  readonly home: string;
  readonly profile: ProfileName;
  readonly ip: string;
  readonly host?: string;
  readonly helo: string;
  readonly mail: string;
  readonly rcpt: readonly string[];
  /** File with the message; without one the session ends before DATA. */
  readonly message?: string;
  readonly relay: boolean;
  readonly environment: Environment;
  readonly version: string;
}

/** Prints the session and returns the exit code. */
export async function runExplain(request: ExplainRequest, output: Output): Promise<number> {
  const fail = (code: number, what: string): number => {
    writeLine(output.err, `mvmtr explain: ${what}`);
    return code;
  };
  const steps = stepsOf(request);
  if ('problem' in steps) return fail(2, steps.problem);
  const env = environmentOf(request);
  const profile = request.profile === 'stock' ? STOCK : MVMTR;
  const config = configure({ profile, home: request.home, env });
  if ('fault' in config) return fail(2, `cannot read ${config.file}: ${config.reason}`);
  const path = request.rules ?? `${request.home}/control/mvmtr.mfl`;
  const loaded = await loadProgram(path);
  if ('problem' in loaded) return fail(1, `${path}: ${loaded.problem}`);
  const scratch = mkdtempSync(join(tmpdir(), 'mvmtr-explain-'));
  const tell: Tell = (line) => writeLine(output.out, line);
  const lookups = openTold({ request, scratch, tell });
  try {
    const policy = policyFor(request, { config, program: loaded.program, lookups, env, tell });
    const init = await policy.init(beforeAnything(config, Date.now()));
    if ('fault' in init) return fail(1, `${init.where}: ${init.message}`);
    const settled: SessionConfig = { ...withSettings(config, init.settings ?? {}), policy };
    await session(settled, explainedServices(steps, Date.now, tell));
    return 0;
  } finally {
    lookups.close();
    rmSync(scratch, { recursive: true, force: true });
  }
}

function stepsOf(request: ExplainRequest): readonly Step[] | { readonly problem: string } {
  const { helo, mail, rcpt, message } = request;
  const say = (line: string): Step => ({ octets: `${fromNative(line)}\r\n` });
  const steps: Step[] = [
    say(`EHLO ${helo}`),
    say(`MAIL FROM:<${mail}>`),
    ...rcpt.map((address) => say(`RCPT TO:<${address}>`)),
  ];
  if (message === undefined) return [...steps, say('QUIT')];
  let octets: string;
  try {
    octets = readFileSync(message, 'latin1');
  } catch (cause) {
    return { problem: `cannot read ${message}: ${fileReason(cause)}` };
  }
  const body: Step = {
    octets: onTheWire(octets),
    shown: `(${message}, ${octets.length} octets)`,
    after: 354,
  };
  return [...steps, say('DATA'), body, say('QUIT')];
}

function environmentOf({ ip, host, relay, environment }: ExplainRequest): Environment {
  const { TCPLOCALIP, TCPLOCALHOST, TCPLOCALPORT, DATABYTES } = environment;
  return {
    TCPLOCALIP,
    TCPLOCALHOST,
    TCPLOCALPORT,
    DATABYTES,
    TCPREMOTEIP: ip,
    TCPREMOTEHOST: host,
    RELAYCLIENT: relay ? '' : undefined,
  };
}

interface Parts {
  readonly config: Configured;
  readonly program: Program;
  readonly lookups: Lookups;
  readonly env: Environment;
  readonly tell: Tell;
}

function policyFor({ version }: ExplainRequest, { config, program, lookups, env, tell }: Parts): RulePolicy {
  const { controls, client } = config;
  return rulePolicy({
    program,
    driveHook: async (checked, input, answer, options) => {
      const run = await driveHook(checked, input, answer, options);
      tell(`  hook ${input.hook}: ${outcomeOf(run)}`);
      return run;
    },
    fixed: { client, env, version, id: 'explain' },
    controls,
    answer: lookups.answer,
    report: lookups.report,
    log: (event) => {
      if (event.event === 'note') tell(`    ${event.where}: ${event.level}: ${forLog(event.text)}`);
    },
  });
}

/** "reject at policy.mfl:12". */
function outcomeOf(run: HookRun): string {
  if (run.end === 'failed') return `error at ${run.fault.where}: ${run.fault.message} [${run.fault.code}]`;
  if (run.end === 'needs') return 'open';
  const { verdict, where } = run;
  const scope = verdict.verdict === 'accept' && verdict.scope !== 'plain' ? ` :${verdict.scope}` : '';
  return `${verdict.verdict}${scope}${where === null ? '' : ` at ${where}`}`;
}

/** The session's look-ups, each told with its answer; the store of states is an empty one. */
function openTold({
  request,
  scratch,
  tell,
}: {
  request: ExplainRequest;
  scratch: string;
  tell: Tell;
}): Lookups {
  const now = Date.now;
  const real = openLookups({ clientIp: request.ip, home: request.home, now });
  const empty = openLookups({ clientIp: request.ip, home: scratch, now });
  return {
    async answer(lookup, facts, milliseconds) {
      const from = isState(lookup) ? empty : real;
      const answer = await from.answer(lookup, facts, milliseconds);
      if (lookup.question.kind !== 'body') tell(`  ${questionText(lookup)}: ${answerText(answer)}`);
      return answer;
    },
    async report({ kind, key, weight }) {
      tell(`  would report ${forLog(kind)} for ${forLog(key)}, weight ${weight}`);
    },
    close() {
      real.close();
      empty.close();
    },
  };
}

const isState = ({ question }: Lookup): boolean =>
  question.kind === 'function' || (question.kind === 'property' && question.name === 'client.reputation');

function questionText({ question }: Lookup): string {
  const words = Object.values(question)
    .flat()
    .map((word) => forLog(String(word)));
  return `asked ${words.join(' ')}`;
}

function answerText(answer: Answer): string {
  if (!answer.ok) return `no answer (${forLog(answer.reason)})`;
  const { value } = answer;
  return typeof value === 'object'
    ? `[${value.map((item) => forLog(item)).join(', ')}]`
    : forLog(String(value)) || '""';
}
