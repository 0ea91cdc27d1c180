// Plays a scenario to a real program: a fresh qmail home, an environment in which nothing that a qmail-smtpd looks at
// is inherited, and the queue stand-in behind it. The client is on two pipes, or on one socket that is standard input
// and output at once (through socket-relay.pl). Every wait is for an event; a session that hangs is killed.

import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { openDialogue } from './dialogue.ts';
import { createHome, queuePath, removeDirectory, scratchDirectory } from './home.ts';
import { notesIn, serveZone, takeAside } from './rules.ts';
import type { Queued, QueueScript, Scenario, Seen } from './scenario.ts';

export type Transport = 'pipes' | 'socket';

const SOCKET_RELAY = fileURLToPath(new URL('socket-relay.pl', import.meta.url));

/** A session may take this long before it counts as hanging. */
const SESSION_LIMIT_MS = 40_000;
const QUEUE_LIMIT_MS = 5_000;

/** Variables that we or the stand-in look at, and one that makes Node slow to start. */
const NOT_INHERITED =
  /^(TCP|QMAIL|STAND_IN_|MVMTR|RELAYCLIENT$|DATABYTES$|RBLSMTPD$|PROTO$|NODE_EXTRA_CA_CERTS$)/;

/** The environment of this process without anything that changes how a session behaves. */
export function cleanEnvironment(): Record<string, string> {
  const entries = Object.entries(process.env).filter(([name]) => !NOT_INHERITED.test(name));
  return Object.fromEntries(entries.map(([name, value]) => [name, value ?? '']));
}

/** @param program path of the program to play to, and its first arguments */
export async function playToProcess(
  scenario: Scenario,
  program: readonly [string, ...string[]],
  transport: Transport,
): Promise<Seen> {
  const directory = scratchDirectory();
  let stopServer = (): void => undefined;
  try {
    const home = join(directory, 'home');
    const out = join(directory, 'out');
    mkdirSync(out);
    createHome(home, scenario);
    const env = { ...cleanEnvironment(), ...scenario.env, ...queueEnvironment(home, out, scenario.queue) };
    const command = [...program, ...scenario.arguments];
    if (scenario.dns) stopServer = await serveZone(scenario.dns, home);
    const began = Date.now();
    const { log, ...seen } = await converse(
      scenario,
      transport === 'socket' ? [SOCKET_RELAY, ...command] : command,
      env,
    );
    const seconds = (Date.now() - began) / 1000;
    const notes = notesIn(log.split('\n'));
    return { ...seen, notes, seconds, aside: takeAside(home), queued: await takeQueued(out) };
  } finally {
    stopServer();
    removeDirectory(directory);
  }
}

/** The variables that make the stand-in behave as the script says, and QMAIL_HOME and QMAILQUEUE. */
export function queueEnvironment(home: string, out: string, script: QueueScript): Record<string, string> {
  const hex = (text: string): string => Buffer.from(text, 'latin1').toString('hex');
  const path = queuePath(home, script);
  return {
    QMAIL_HOME: home,
    ...(path === undefined ? {} : { QMAILQUEUE: path }),
    STAND_IN_OUT: out,
    STAND_IN_EXITS: script.exits.join(),
    STAND_IN_TEXTS: script.texts.map(hex).join(),
    STAND_IN_READ: script.read,
    STAND_IN_DELAY: String(script.delayMs),
    STAND_IN_READ_DELAY: String(script.readDelayMs),
    ...(script.noteEnv.length > 0 ? { STAND_IN_NOTE: script.noteEnv.join() } : {}),
  };
}

/**
 * Messages with a complete, well-formed envelope, in the order in which the stand-ins were started.
 * @param begun stand-ins that have to have been started, those that were given up included
 */
export async function takeQueued(out: string, begun = 0): Promise<readonly Queued[]> {
  const taken: Queued[] = [];
  while (readdirSync(out).length < begun) await sleep(5);
  const attempts = readdirSync(out).sort((a, b) => Number(a) - Number(b));
  for (const attempt of attempts) {
    const file = (name: string): string => join(out, attempt, name);
    const deadline = Date.now() + QUEUE_LIMIT_MS;
    // Even a stand-in that is given up half way says so, when its descriptors are closed.
    while (!existsSync(file('verdict')) && Date.now() < deadline) await sleep(5);
    if (!existsSync(file('verdict'))) throw new Error(`queue stand-in ${attempt} has not finished`);
    if (readFileSync(file('verdict'), 'latin1') !== '0') continue;
    taken.push({
      message: readFileSync(file('message'), 'latin1'),
      envelope: readFileSync(file('envelope'), 'latin1'),
      ...(existsSync(file('env')) ? { env: readFileSync(file('env'), 'latin1') } : {}),
    });
  }
  return taken;
}

async function converse(
  { steps, hold }: Scenario,
  [command, ...args]: readonly string[],
  env: Record<string, string>,
): Promise<Pick<Seen, 'output' | 'exit' | 'problems'> & { readonly log: string }> {
  const child = spawn(command ?? '', args, { env, detached: true, stdio: ['pipe', 'pipe', 'pipe'] });
  const problems: string[] = [];
  const logged: Buffer[] = [];
  const dialogue = openDialogue(child.stdout, child.stdin);
  const { exited, closed } = endingOf(child);
  child.stderr.on('data', (chunk: Buffer) => logged.push(chunk));
  child.stdin.on('error', () => undefined); // the program may leave before it has read everything
  const watchdog = setTimeout(() => {
    problems.push(`still running after ${SESSION_LIMIT_MS / 1000} s`);
    killGroup(child);
  }, SESSION_LIMIT_MS);
  try {
    const problem = await dialogue.play(steps);
    if (problem !== null) problems.push(problem);
    if (!hold) dialogue.end();
    const exit = await exited;
    await closed;
    return { output: dialogue.output(), log: Buffer.concat(logged).toString('latin1'), exit, problems };
  } finally {
    clearTimeout(watchdog);
    child.stdin.destroy();
    killGroup(child);
  }
}

export interface Ending {
  readonly exited: Promise<number | string>;
  /** Its output and standard error are closed. */
  readonly closed: Promise<unknown>;
}

export function endingOf(child: ChildProcess): Ending {
  const closed = new Promise<void>((resolve) => child.once('close', () => resolve()));
  const exited = new Promise<number | string>((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code, signal) => resolve(code ?? `signal:${signal}`));
  });
  return { exited, closed };
}

function killGroup(child: ChildProcess): void {
  try {
    if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL');
  } catch {
    // It has left already.
  }
}
