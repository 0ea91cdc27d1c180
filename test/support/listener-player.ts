// Plays scenarios to `mvmtr serve`. Those that agree in profile, arguments and files come to one server, several at a
// time, each from a loopback address of its own: rules of access give each address the environment of its scenario,
// queue and all. So a session that took something from its neighbour would be found out. A scenario with rules has a
// server to itself, because rules may remember and set aside. Every wait is for an event; what hangs is killed.
//
// Over TCP a session always knows both ends. A scenario in which such a variable is not set comes by a unix socket,
// where nothing is known but what the rules of access say.

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { join } from 'node:path';
import { openDialogue } from './dialogue.ts';
import { createHome, removeDirectory, scratchDirectory } from './home.ts';
import { mapSideBySide } from './parallel.ts';
import { cleanEnvironment, endingOf, queueEnvironment, takeQueued } from './process-player.ts';
import { notesIn, START_FILE, serveZone, takeAside } from './rules.ts';
import { writeRulesCdb } from './rules-cdb.ts';
import type { Scenario, Seen } from './scenario.ts';
import { matches } from './transcript.ts';

/** With files it cannot go by, a listener does not start. */
export interface Refusal {
  readonly exit: number | string;
  /** All that it said, with {home} for the home. */
  readonly said: string;
}

/** What became of a scenario. The session's exit status is the one that its last line in the log stands for. */
export type Played = { readonly seen: Seen } | { readonly refusal: Refusal };

/** A session may take this long before it counts as hanging. */
const SESSION_LIMIT_MS = 40_000;
/** … and a server, to start, and to leave when it has no clients. */
const SERVER_LIMIT_MS = 20_000;

/** What a session over TCP has in any case, and could not be without behind a tcpserver either. */
const ALWAYS_KNOWN: readonly string[] = [
  'PROTO',
  'TCPREMOTEIP',
  'TCPREMOTEPORT',
  'TCPLOCALIP',
  'TCPLOCALPORT',
  'TCPLOCALHOST',
];

/** Whether it would make a difference to a scenario that a variable is set which it leaves unset. */
export function needsUnixSocket({ env, queue }: Scenario): boolean {
  const looksAt = ['TCPREMOTEIP', 'TCPLOCALHOST', ...queue.noteEnv];
  return looksAt.some((name) => ALWAYS_KNOWN.includes(name) && env[name] === undefined);
}

/** @returns the items, each with what became of its scenario */
export async function playToListeners<T>(
  items: readonly T[],
  scenarioOf: (item: T) => Scenario,
  mvmtr: string,
): Promise<readonly (readonly [item: T, played: Played])[]> {
  const groups = groupsOf(items, scenarioOf);
  const played = await mapSideBySide(groups, async (group) => {
    const results = await playTogether(group.map(scenarioOf), mvmtr);
    return group.map((item, index) => [item, results[index] as Played] as const);
  });
  return played.flat();
}

/**
 * One line per difference.
 * @param refusal pattern for what the listener says of control/ instead of starting; null: it starts
 * @param compare what differs in a session that there was
 */
export function playedDifferences(
  played: Played,
  refusal: string | null,
  compare: (seen: Seen) => readonly string[],
): readonly string[] {
  if (refusal === null) {
    return 'seen' in played ? compare(played.seen) : [`it does not start: ${played.refusal.said}`];
  }
  if ('seen' in played) return ['it starts'];
  const { exit, said } = played.refusal;
  const line = `mvmtr serve: {home}/control/${refusal}`;
  return [
    ...(exit === 111 ? [] : [`exit: expected 111, saw ${exit}`]),
    ...(matches(line, said.replace(/\n$/, '')) ? [] : [`expected ${line}, saw ${JSON.stringify(said)}`]),
  ];
}

// The largest ones first, so that none of them is left to be alone at the end.
function groupsOf<T>(items: readonly T[], scenarioOf: (item: T) => Scenario): readonly (readonly T[])[] {
  const groups = new Map<string, T[]>();
  for (const [index, item] of items.entries()) {
    const key = sharedBy(scenarioOf(item)) ?? String(index);
    groups.set(key, [...(groups.get(key) ?? []), item]);
  }
  return [...groups.values()].sort((a, b) => b.length - a.length);
}

/** What scenarios that come to one server have in common; null for one that has a server to itself. */
function sharedBy(scenario: Scenario): string | null {
  const { profile, arguments: words, control, queue } = scenario;
  if (START_FILE in control || needsUnixSocket(scenario)) return null;
  return JSON.stringify([profile, words, control, queue.installAs, queue.install]);
}

/** A client, and where it comes from. */
interface Guest {
  readonly scenario: Scenario;
  /** Its address; null: it comes by the unix socket. */
  readonly ip: string | null;
  /** Where the queue stand-in keeps what it gets from this one. */
  readonly out: string;
}

async function playTogether(scenarios: readonly Scenario[], mvmtr: string): Promise<readonly Played[]> {
  const [first] = scenarios as readonly [Scenario];
  const place = placeIn(scratchDirectory());
  let stopNameServer = (): void => undefined;
  try {
    createHome(place.home, first);
    if (first.dns) stopNameServer = await serveZone(first.dns, place.home);
    const guests = scenarios.map((scenario, index) => guestOf(scenario, index, place));
    writeRules(guests, place);
    const server = await startListener([mvmtr, 'serve', ...serveArguments(first, place)]);
    if ('exit' in server) {
      const refusal = { exit: server.exit, said: server.said.replaceAll(place.home, '{home}') };
      return guests.map(() => ({ refusal }));
    }
    const heard = await mapSideBySide(guests, (guest) => converse(guest, server.port, place));
    const { log, problems } = await server.stop();
    return await Promise.all(
      guests.map(async (guest, index) => {
        const own = heard[index] as Heard;
        const { exit, notes, faults } = sessionIn(log, guest.ip);
        const queued = await takeQueued(guest.out);
        const aside = takeAside(place.home);
        const all = [...own.problems, ...problems, ...faults];
        return { seen: { ...own, exit, notes, queued, aside, problems: all } };
      }),
    );
  } finally {
    stopNameServer();
    removeDirectory(place.directory);
  }
}

interface Place {
  readonly directory: string;
  readonly home: string;
  readonly rules: string;
  readonly socket: string;
}

const placeIn = (directory: string): Place => ({
  directory,
  home: join(directory, 'home'),
  rules: join(directory, 'rules.cdb'),
  socket: join(directory, 'socket'),
});

function guestOf(scenario: Scenario, index: number, { directory }: Place): Guest {
  const out = join(directory, `out-${index}`);
  mkdirSync(out);
  const ip = needsUnixSocket(scenario) ? null : `127.1.${index >> 8}.${index & 255}`;
  return { scenario, ip, out };
}

function writeRules(guests: readonly Guest[], { home, rules }: Place): void {
  const octets = (text: string): string => Buffer.from(text, 'utf8').toString('latin1');
  writeRulesCdb(
    rules,
    guests.map(({ scenario, ip, out }) => {
      const env = { ...scenario.env, ...queueEnvironment(home, out, scenario.queue) };
      const variables = Object.entries(env).map(([name, value]) => [name, octets(value)]);
      return [ip ?? '', { variables: Object.fromEntries(variables) }] as const;
    }),
  );
}

/** The options of a session, and what they are called for a listener. */
const OPTIONS: Readonly<Record<string, string>> = { '-h': '--host-name', '-C': '-C', '-b': '--body-cache' };

function serveArguments(scenario: Scenario, { home, rules, socket }: Place): readonly string[] {
  const { profile, arguments: words } = scenario;
  // In the stock profile a session passes over all words.
  const own =
    profile === 'stock' ? [] : words.map((word, at) => (at % 2 === 0 ? (OPTIONS[word] ?? word) : word));
  const localName = needsUnixSocket(scenario) ? [] : ['-l', 'mx.example.com'];
  const settings = ['--profile', profile, '--qmail-home', home, '-x', rules];
  return ['-H', '-R', '-1', ...localName, ...settings, ...own, '127.0.0.1:0', `unix:${socket}`];
}

interface RunningListener {
  readonly port: number;
  stop(): Promise<{ readonly log: readonly string[]; readonly problems: readonly string[] }>;
}

async function startListener([command, ...args]: readonly string[]): Promise<RunningListener | Refusal> {
  const child = spawn(command ?? '', args, { env: cleanEnvironment(), stdio: ['ignore', 'pipe', 'pipe'] });
  const logged: Buffer[] = [];
  child.stderr.on('data', (chunk: Buffer) => logged.push(chunk));
  const said = (): string => Buffer.concat(logged).toString('latin1');
  const { exited, closed } = endingOf(child);
  const printed = once(child.stdout, 'data').then(([line]) => Number(String(line)));
  const port = await inTime(child, Promise.race([printed, exited.then(() => null)]));
  if (port === null) {
    await closed;
    return { exit: await exited, said: said() };
  }
  return {
    port,
    async stop() {
      child.kill('SIGTERM');
      const exit = await inTime(child, exited);
      await closed; // queue programs that were given up have the log open, too
      const lines = said().replace(/\n$/, '').split('\n');
      const strange = lines.filter((line) => !/^mvmtr\[[0-9.]+\] /.test(line) || / fault (?!ip=)/.test(line));
      return { log: lines, problems: [...strange, ...(exit === 0 ? [] : [`the server left with ${exit}`])] };
    },
  };
}

// Kills a program for which `done` takes too long; its ending has to settle that.
function inTime<T>(child: ChildProcess, done: Promise<T>): Promise<T> {
  const watchdog = setTimeout(() => child.kill('SIGKILL'), SERVER_LIMIT_MS);
  return done.finally(() => clearTimeout(watchdog));
}

type Heard = Pick<Seen, 'output' | 'seconds' | 'problems'>;

// Never rejects: a connection that fails is a problem of the session.
async function converse({ scenario, ip }: Guest, port: number, { socket: path }: Place): Promise<Heard> {
  const began = Date.now();
  const problems: string[] = [];
  const socket: Socket = connect({
    allowHalfOpen: true,
    ...(ip === null ? { path } : { host: '127.0.0.1', port, localAddress: ip }),
  });
  socket.on('error', (error) => problems.push(String(error)));
  const closed = new Promise<void>((resolve) => socket.once('close', () => resolve()));
  const ended = Promise.race([new Promise<void>((resolve) => socket.once('end', () => resolve())), closed]);
  const watchdog = setTimeout(() => {
    problems.push(`still connected after ${SESSION_LIMIT_MS / 1000} s`);
    socket.destroy();
  }, SESSION_LIMIT_MS);
  const dialogue = openDialogue(socket, socket);
  const problem = await dialogue.play(scenario.steps);
  if (problem !== null) problems.push(problem);
  if (scenario.hold) await ended;
  dialogue.end();
  await closed;
  clearTimeout(watchdog);
  return { output: dialogue.output(), seconds: (Date.now() - began) / 1000, problems };
}

interface InTheLog extends Pick<Seen, 'exit' | 'notes'> {
  /** Faults of our own. */
  readonly faults: readonly string[];
}

/** What the log says of the session with this client: 0 after QUIT, 1 after any other end or none, as a process has it. */
function sessionIn(log: readonly string[], ip: string | null): InTheLog {
  const numberOf = (line: string): string => /^mvmtr\[[0-9]+\.([0-9]+)\]/.exec(line)?.[1] ?? '';
  const numbers = new Set(log.filter((line) => `${line} `.includes(` ip=${ip ?? 'unknown'} `)).map(numberOf));
  const lines = log.filter((line) => numbers.has(numberOf(line)));
  const how = lines.findLast((line) => / end how=/.test(line));
  return {
    exit: how !== undefined && / end how=quit /.test(how) ? 0 : 1,
    notes: notesIn(lines),
    // A stack is of more than one line.
    faults: lines.filter((line) => / fault .*\\x0a/.test(line)),
  };
}
