// The recorded sessions of test/oracle/cases.json: what a stock qmail-smtpd did with each of them, as scenario and
// expectation. Time, process id and date are written <time>, <pid> and <date> in what is expected; two wordings
// that may differ from stock (a case with `deliberate`) are loosened on both sides before comparing.

import { readFileSync } from 'node:fs';
import type { Expected } from './compare.ts';
import type { ControlEntry, QueueScript, Scenario, Step } from './scenario.ts';
import { WILLING_QUEUE } from './scenario.ts';

type Piece = string | { readonly repeat: string; readonly times: number } | { readonly base64: string };
type Octets = Piece | readonly Piece[];

interface RecordedQueue {
  readonly exit?: number | string | readonly (number | string)[];
  readonly stderr6?: string | readonly string[];
  readonly read?: QueueScript['read'];
  readonly delayMs?: number;
  readonly readDelayMs?: number;
  readonly noteEnv?: readonly string[];
  readonly path?: string | null;
  readonly installAs?: string | null;
  readonly install?: QueueScript['install'];
}

interface RecordedCase {
  readonly id: string;
  readonly title: string;
  readonly control: Readonly<
    Record<string, Octets | { readonly directory: true } | { readonly symlink: string }>
  >;
  readonly env: Readonly<Record<string, string>>;
  readonly input: readonly (Piece | { readonly delayMs: number } | { readonly await: string })[];
  readonly hold?: boolean;
  readonly queue?: RecordedQueue;
  readonly deliberate?: string;
  readonly expect: {
    readonly stdout: Octets;
    readonly exit: number | string;
    readonly queued: readonly {
      readonly message: Octets;
      readonly envelope: Octets;
      readonly env?: Octets;
    }[];
  };
}

export interface OracleCase {
  readonly id: string;
  readonly topic: string;
  readonly title: string;
  readonly scenario: Scenario;
  readonly expected: Expected;
}

/** Octets as cases.json writes them → octet string. */
export function octetsOf(octets: Octets): string {
  if (typeof octets === 'string') return octets;
  if ('base64' in octets) return Buffer.from(octets.base64, 'base64').toString('latin1');
  if ('repeat' in octets) return octets.repeat.repeat(octets.times);
  return octets.map(octetsOf).join('');
}

export function oracleCases(): readonly OracleCase[] {
  const text = readFileSync(new URL('../oracle/cases.json', import.meta.url), 'utf8');
  const { cases } = JSON.parse(text) as { readonly cases: readonly RecordedCase[] };
  return cases.map(toOracleCase);
}

function toOracleCase(recorded: RecordedCase): OracleCase {
  const { id, title, env, expect } = recorded;
  return {
    id,
    topic: id.slice(0, id.indexOf('/')),
    title,
    scenario: {
      profile: 'stock',
      arguments: [],
      control: Object.fromEntries(
        Object.entries(recorded.control).map(([name, entry]) => [name, toEntry(entry)]),
      ),
      env,
      steps: toSteps(recorded.input),
      hold: recorded.hold ?? false,
      queue: toQueueScript(recorded.queue ?? {}),
    },
    expected: {
      output: octetsOf(expect.stdout),
      exit: expect.exit,
      queued: expect.queued.map((queued) => ({
        message: octetsOf(queued.message),
        envelope: octetsOf(queued.envelope),
        ...(queued.env === undefined ? {} : { env: octetsOf(queued.env) }),
      })),
      freeWording: recorded.deliberate !== undefined,
    },
  };
}

function toEntry(entry: RecordedCase['control'][string]): ControlEntry {
  if (typeof entry === 'object' && 'directory' in entry) return { kind: 'directory' };
  if (typeof entry === 'object' && 'symlink' in entry) return { kind: 'link', target: entry.symlink };
  return { kind: 'file', octets: octetsOf(entry) };
}

// What lies between two pauses of the client goes out in one piece.
function toSteps(input: RecordedCase['input']): readonly Step[] {
  const steps: Step[] = [];
  let pending = '';
  const send = (): void => {
    if (pending !== '') steps.push({ kind: 'send', octets: pending });
    pending = '';
  };
  for (const item of input) {
    if (typeof item === 'object' && 'delayMs' in item) {
      send();
      steps.push({ kind: 'wait', milliseconds: item.delayMs });
    } else if (typeof item === 'object' && 'await' in item) {
      send();
      steps.push({ kind: 'await', prefix: item.await });
    } else {
      pending += octetsOf(item);
    }
  }
  send();
  return steps;
}

function toQueueScript(queue: RecordedQueue): QueueScript {
  const { exit, stderr6, ...rest } = queue;
  return {
    ...WILLING_QUEUE,
    ...rest,
    ...(exit === undefined ? {} : { exits: asList(exit) }),
    ...(stderr6 === undefined ? {} : { texts: asList(stderr6) }),
  };
}

function asList<T extends string | number>(value: T | readonly T[]): readonly T[] {
  return typeof value === 'object' ? value : [value];
}
