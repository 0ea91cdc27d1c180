// The SMTP sessions of test files: the program's own session, policy and rules over a client, queue and
// clock in memory. Control files are real ones in a directory that is removed at the end; DNS, tables and
// single facts come from the test. Loaded only when a test file takes its first step. A step never rejects:
// what goes wrong is among its problems.

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Program } from '../../rules/index.ts';
import type {
  QueuedMessage,
  SmtpDriver,
  SmtpOutcome,
  SmtpStep,
  SmtpWorld,
} from '../../rules/testsuite/index.ts';
import { NOTHING_YET } from '../../rules/testsuite/smtp.ts';
import { configure } from '../../serve/index.ts';
import type { Lookups } from '../../serve/rules/index.ts';
import { MVMTR, type SessionEvent, session } from '../../session/index.ts';
import { fromNative } from '../../text/index.ts';
import { compileRules, shown } from './rule-files.ts';
import { type Conversation, conversation } from './test-conversation.ts';
import { decisionFrom, logLine, type RunNoted } from './test-decision.ts';
import { onTheWire } from './test-message.ts';
import { policyFor } from './test-policy.ts';
import { memoryQueue } from './test-queue.ts';
import { testOffers, testSecurity } from './test-security.ts';

interface Connection {
  readonly talk: Conversation;
  readonly queued: QueuedMessage[];
  readonly log: string[];
  readonly reports: string[];
  readonly events: SessionEvent[];
  readonly runs: RunNoted[];
  readonly ended: Promise<void>;
  readonly lookups: Lookups | null;
  open: boolean;
  delay: number;
}

/** What the steps of one test file share. */
interface Bench {
  readonly home: string;
  /** The world of the step being taken. */
  world: SmtpWorld;
  programs: readonly Program[];
  connection: Connection | null;
}

export async function openSessions(): Promise<SmtpDriver> {
  const home = mkdtempSync(join(tmpdir(), 'mvmtr-test-'));
  let bench: Bench | null = null;
  return {
    async perform(step, world) {
      bench ??= { home, world, programs: [], connection: null };
      bench.world = world;
      try {
        return await perform(bench, step);
      } catch (thrown) {
        const { stack } = thrown as Partial<Error>;
        return outcomeOf(bench, [stack ?? String(thrown)]);
      }
    },
    async close() {
      await hangUp(bench?.connection ?? null);
      rmSync(home, { recursive: true, force: true });
    },
  };
}

async function perform(bench: Bench, step: SmtpStep): Promise<SmtpOutcome> {
  if (step.step === 'rules') return outcomeOf(bench, await useRules(bench, step.paths));
  if (step.step === 'connect') {
    await hangUp(bench.connection);
    const problems = await connect(bench);
    return outcomeOf(bench, problems);
  }
  const { connection } = bench;
  if (connection === null)
    return outcomeOf(bench, ['there is no connection: test_smtp :connect comes first']);
  startStep(connection);
  if (step.step === 'disconnect') await hangUp(connection);
  else if (!connection.open) return outcomeOf(bench, ['the connection is closed']);
  else if (step.step === 'line') await connection.talk.say(`${step.text}\r\n`);
  else await sendMessage(connection, step.text);
  return outcomeOf(bench, []);
}

function startStep(connection: Connection): void {
  connection.delay = 0;
  connection.events.length = 0;
  connection.runs.length = 0;
  connection.talk.forget();
}

async function sendMessage({ talk }: Connection, message: string): Promise<void> {
  await talk.say('DATA\r\n');
  if (!talk.reply().at(-1)?.startsWith('354')) return;
  talk.forget();
  await talk.say(onTheWire(message));
}

async function useRules(bench: Bench, paths: readonly string[]): Promise<readonly string[]> {
  const programs: Program[] = [];
  for (const path of paths) {
    const compiled = compileRules(path);
    if ('problem' in compiled) return [`${path}: ${compiled.problem}`];
    if (compiled.program === null) {
      return compiled.problems
        .filter(({ severity }) => severity === 'error')
        .map((problem) => fromNative(shown(path, compiled, problem)));
    }
    programs.push(compiled.program);
  }
  bench.programs = programs;
  return [];
}

async function connect(bench: Bench): Promise<readonly string[]> {
  const { home, world, programs } = bench;
  writeControls(home, world.controls);
  const configured = configure({ profile: MVMTR, home, env: environmentOf(world) });
  if ('fault' in configured) return [`${configured.file}: ${configured.reason}`];
  const config = { ...configured, ...testOffers(world) };
  const talk = conversation();
  const made = { talk, queued: [], log: [], reports: [], events: [], runs: [], open: true, delay: 0 };
  const connection: Omit<Connection, 'ended' | 'lookups'> = made;
  const log = (event: SessionEvent): void => {
    connection.events.push(event);
    connection.log.push(logLine(event));
  };
  const now = (): number => bench.world.now;
  const ready = await policyFor({
    programs,
    config,
    home,
    env: environmentOf(world),
    world: () => bench.world,
    log,
    noteRun: (run) => connection.runs.push(run),
    noteReport: (text) => connection.reports.push(text),
  });
  if ('problem' in ready) return [ready.problem];
  const { queue, spool } = memoryQueue((message) => connection.queued.push(message));
  const ended = session(ready.config, {
    channel: talk.channel,
    queue,
    clock: now,
    sleep: async (seconds) => {
      connection.delay += seconds;
    },
    spool,
    quarantine: async (into) => {
      connection.log.push(`quarantine ${into}`);
      return queue;
    },
    log,
    ...testSecurity(() => bench.world),
  }).then(() => {
    connection.open = false;
    talk.over();
  });
  bench.connection = Object.assign(connection, { ended, lookups: ready.lookups });
  await talk.quiet();
  return [];
}

async function hangUp(connection: Connection | null): Promise<void> {
  if (connection === null) return;
  connection.talk.hangUp();
  await connection.ended;
  connection.lookups?.close();
}

function writeControls(home: string, controls: SmtpWorld['controls']): void {
  rmSync(join(home, 'control'), { recursive: true, force: true });
  mkdirSync(join(home, 'control'), { recursive: true });
  for (const [name, lines] of Object.entries(controls)) {
    writeFileSync(join(home, 'control', name), lines.map((line) => `${line}\n`).join(''), 'latin1');
  }
}

const PORTS: Readonly<Record<string, string>> = { smtp: '25', submission: '587', smtps: '465' };

function environmentOf({ client }: SmtpWorld): Readonly<Record<string, string>> {
  return {
    TCPREMOTEIP: client.ip,
    TCPREMOTEPORT: String(client.port),
    ...(client.host === null ? {} : { TCPREMOTEHOST: client.host }),
    TCPLOCALIP: '192.0.2.25',
    TCPLOCALPORT: PORTS[client.service] ?? '25',
    ...(client.relay ? { RELAYCLIENT: '' } : {}),
  };
}

function outcomeOf({ connection }: Bench, problems: readonly string[]): SmtpOutcome {
  if (connection === null) return { ...NOTHING_YET, problems };
  const { talk, open, events, runs, queued, log, reports, delay } = connection;
  const reply = talk.reply();
  return { problems, reply, open, decision: decisionFrom(runs, events, reply), queued, log, reports, delay };
}
