// Reads a transcript (test/sessions/README.md describes the format) into a scenario and the lines it expects. A line
// that is not understood is an error with file and line number; nothing is skipped silently. Octets outside printable
// ASCII are written as escapes, so that a transcript can be read and edited anywhere.

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type IsNear, normaliseMessage, normaliseOutput } from './compare.ts';
import { START_FILE } from './rules.ts';
import type { ControlEntry, QueueScript, Scenario, Seen, Step } from './scenario.ts';
import { WILLING_QUEUE } from './scenario.ts';
import { userLine } from './users.ts';

export interface Transcript {
  readonly title: string;
  readonly scenario: Scenario;
  /** Patterns for the reply lines, without their ends. */
  readonly replies: readonly string[];
  readonly exit: number;
  /** Lines as they stand behind "Q: ". */
  readonly queued: readonly string[];
  /** "place: line" of each line of what was put aside. */
  readonly aside: readonly string[];
  /** Patterns for what rules note in the log. */
  readonly notes: readonly string[];
  /** Seconds it takes at least. */
  readonly took: number;
  /** Pattern for what a listener says of control/ instead of starting; null: it starts. */
  readonly serve: string | null;
}

interface Draft {
  title: string;
  profile: Scenario['profile'];
  arguments: string[];
  control: Record<string, ControlEntry>;
  env: Record<string, string>;
  queue: QueueScript;
  steps: Step[];
  hold: boolean;
  replies: string[];
  exit: number | null;
  queued: string[];
  aside: string[];
  notes: string[];
  took: number;
  serve: string | null;
  dns: Record<string, readonly string[] | 'fails'> | null;
}

/** For mx.example.com, with its key. */
const CERTIFICATE = fileURLToPath(new URL('servercert.pem', import.meta.url));

const DEFAULT_CONTROL: Readonly<Record<string, ControlEntry>> = {
  me: { kind: 'file', octets: 'mx.example.com\n' },
  rcpthosts: { kind: 'file', octets: 'example.com\n' },
};
const DEFAULT_ENV: Readonly<Record<string, string>> = {
  TCPREMOTEIP: '203.0.113.9',
  TCPREMOTEHOST: 'client.example.net',
  TCPLOCALHOST: 'mx.example.com',
};

type Rule = readonly [RegExp, (draft: Draft, groups: Readonly<Record<string, string>>) => void];

const RULES: readonly Rule[] = [
  [
    /^#(?<text>.*)$/,
    (draft, { text }) => {
      draft.title ||= (text ?? '').trim();
    },
  ],
  [
    /^PROFILE: (?<profile>stock|mvmtr)$/,
    (draft, { profile }) => {
      draft.profile = profile === 'stock' ? 'stock' : 'mvmtr';
    },
  ],
  [/^ARGUMENT: (?<text>.*)$/, (draft, { text }) => draft.arguments.push(text ?? '')],
  [
    /^WITHOUT: (?<name>[A-Za-z.]+)$/,
    (draft, { name }) => {
      delete draft.control[name ?? ''];
      delete draft.env[name ?? ''];
    },
  ],
  [
    /^CONTROL (?<name>[a-z.]+):(?: (?<text>.*))?$/,
    (draft, { name, text }) => addControlLine(draft, name ?? '', `${octetsFrom(text ?? '')}\n`),
  ],
  [
    /^DIRECTORY: (?<name>[a-z.]+)$/,
    (draft, { name }) => {
      draft.control[name ?? ''] = { kind: 'directory' };
    },
  ],
  [
    /^ENV (?<name>[A-Z]+):(?: (?<text>.*))?$/,
    (draft, { name, text }) => {
      draft.env[name ?? ''] = text ?? '';
    },
  ],
  [
    /^QUEUE exit: (?<exit>[0-9]+|signal:[A-Z]+)$/,
    (draft, { exit = '0' }) => {
      draft.queue = { ...draft.queue, exits: [/^[0-9]/.test(exit) ? Number(exit) : exit] };
    },
  ],
  [
    /^QUEUE text: (?<text>.*)$/,
    (draft, { text }) => {
      draft.queue = { ...draft.queue, texts: [octetsFrom(text ?? '')] };
    },
  ],
  [
    /^QUEUE missing$/,
    (draft) => {
      draft.queue = { ...draft.queue, installAs: null };
    },
  ],
  [/^C(?:\*(?<times>[0-9]+))?:(?: (?<text>.*))?$/, (draft, groups) => addSent(draft, groups, '\r\n')],
  [/^C!(?:\*(?<times>[0-9]+))?: (?<text>.*)$/, (draft, groups) => addSent(draft, groups, '')],
  [
    /^S(?:\*(?<times>[0-9]+))?: (?<text>.*)$/,
    (draft, { times, text }) => {
      for (let n = 0; n < Number(times ?? 1); n += 1) draft.replies.push(text ?? '');
    },
  ],
  [
    /^CERTIFICATE$/,
    (draft) => {
      draft.control['servercert.pem'] = { kind: 'file', octets: readFileSync(CERTIFICATE, 'latin1') };
    },
  ],
  [
    /^USER: (?<name>\S+) (?<password>.*)$/,
    (draft, { name = '', password = '' }) =>
      addControlLine(draft, 'smtpusers', userLine(octetsFrom(name), octetsFrom(password))),
  ],
  [
    /^TLS$/,
    (draft) => {
      draft.steps.push({ kind: 'replies', lines: draft.replies.length }, { kind: 'tls' });
    },
  ],
  [
    /^HOLD$/,
    (draft) => {
      draft.hold = true;
    },
  ],
  [
    /^EXIT: (?<code>[01])$/,
    (draft, { code }) => {
      draft.exit = Number(code);
    },
  ],
  [/^Q: (?<text>.*)$/, (draft, { text }) => draft.queued.push(text ?? '')],
  [/^A (?<line>[A-Za-z_]+: .*)$/, (draft, { line }) => draft.aside.push(line ?? '')],
  [/^N: (?<text>.*)$/, (draft, { text }) => draft.notes.push(text ?? '')],
  [
    /^TOOK: (?<seconds>[0-9]+)$/,
    (draft, { seconds }) => {
      draft.took = Number(seconds);
    },
  ],
  [
    /^SERVE: (?<text>.*)$/,
    (draft, { text }) => {
      draft.serve = text ?? '';
    },
  ],
  [
    /^RULE(?: (?<name>[a-z.]+))?:(?: (?<text>.*))?$/,
    (draft, { name, text }) =>
      addControlLine(draft, name ?? START_FILE, Buffer.from(`${text ?? ''}\n`).toString('latin1')),
  ],
  [
    /^DNS (?<question>[A-Z]+ \S+): (?<text>.*)$/,
    (draft, { question = '', text = '' }) => addRecord(draft, question, text),
  ],
  [
    /^DNS (?<question>[A-Z]+ \S+) (?<how>fails|exists)$/,
    (draft, { question = '', how }) => {
      draft.dns = { ...draft.dns, [question]: how === 'fails' ? 'fails' : [] };
    },
  ],
  [/^$/, () => undefined],
];

// The first line given for a file replaces the default one, further lines are added to it.
function addControlLine(draft: Draft, name: string, octets: string): void {
  const given = draft.control[name];
  const before = given?.kind === 'file' && given !== DEFAULT_CONTROL[name] ? given.octets : '';
  draft.control[name] = { kind: 'file', octets: before + octets };
}

function addRecord(draft: Draft, question: string, value: string): void {
  const before = draft.dns?.[question] ?? [];
  draft.dns = { ...draft.dns, [question]: before === 'fails' ? before : [...before, value] };
}

// Lines that stand together go out together; the client waits for the replies in between.
function addSent(draft: Draft, groups: Readonly<Record<string, string>>, end: string): void {
  const octets = (octetsFrom(groups.text ?? '') + end).repeat(Number(groups.times ?? 1));
  const waitingFor = draft.replies.length;
  const last = draft.steps.at(-1);
  const known = draft.steps.findLast((step) => step.kind === 'replies')?.lines ?? 0;
  if (last?.kind === 'send' && known === waitingFor) {
    draft.steps[draft.steps.length - 1] = { kind: 'send', octets: last.octets + octets };
    return;
  }
  if (waitingFor > known) draft.steps.push({ kind: 'replies', lines: waitingFor });
  draft.steps.push({ kind: 'send', octets });
}

/** \xHH, \r, \n, \t, \\ and \(text*times) → the octets they stand for. */
export function octetsFrom(text: string): string {
  return text.replace(
    /\\(?:x([0-9a-f]{2})|\((.*?)\*([0-9]+)\)|(.))/g,
    (all, hex, repeated, times, letter) => {
      if (hex !== undefined) return String.fromCharCode(Number.parseInt(hex, 16));
      if (times !== undefined) return octetsFrom(repeated).repeat(Number(times));
      const octet = { r: '\r', n: '\n', t: '\t', '\\': '\\' }[letter as string];
      if (octet === undefined) throw new Error(`unknown escape ${all}`);
      return octet;
    },
  );
}

export interface NamedTranscript {
  /** Its file, below test/sessions/. */
  readonly name: string;
  readonly transcript: Transcript;
}

/** All of them, by name. */
export function readTranscripts(): readonly NamedTranscript[] {
  const folder = fileURLToPath(new URL('../sessions/', import.meta.url));
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.smtp'))
    .sort()
    .map((name) => ({ name, transcript: parseTranscript(name, readFileSync(join(folder, name), 'utf8')) }));
}

/** @param name for error messages */
export function parseTranscript(name: string, text: string): Transcript {
  const draft: Draft = {
    title: '',
    profile: 'mvmtr',
    arguments: [],
    control: { ...DEFAULT_CONTROL },
    env: { ...DEFAULT_ENV },
    queue: WILLING_QUEUE,
    steps: [],
    hold: false,
    replies: [],
    exit: null,
    queued: [],
    aside: [],
    notes: [],
    took: 0,
    serve: null,
    dns: null,
  };
  for (const [index, line] of text.replace(/\n$/, '').split('\n').entries()) {
    const rule = RULES.find(([pattern]) => pattern.test(line));
    if (!rule) throw new Error(`${name}:${index + 1}: not understood: ${line}`);
    rule[1](draft, rule[0].exec(line)?.groups ?? {});
  }
  const { title, exit, replies, queued, aside, notes, took, serve } = draft;
  const { profile, control, env, steps, hold, queue, dns } = draft;
  if (title === '' || exit === null) throw new Error(`${name}: a title (# ...) and EXIT: are needed`);
  const scenario = { profile, arguments: draft.arguments, control, env, steps, hold, queue, dns };
  return { title, scenario, replies, exit, queued, aside, notes, took, serve };
}

/** One line per difference; empty when the session went as the transcript says. */
export function transcriptDifferences(transcript: Transcript, seen: Seen, isNear: IsNear): readonly string[] {
  const lines = normaliseOutput(seen.output, isNear).split('\r\n');
  const tail = lines.pop() ?? '';
  const queued = seen.queued.flatMap(({ message, envelope }) => [
    ...envelope.replace(/\0\0$/, '').split('\0').map(visible),
    ...linesOf(normaliseMessage(message, isNear)).map((line) => `|${line}`),
  ]);
  const aside = seen.aside.flatMap(({ place, message }) => {
    const trace = message.indexOf('Received: ');
    const whole = message.slice(0, trace) + normaliseMessage(message.slice(trace), isNear);
    return linesOf(whole).map((line) => `${place}: ${line}`);
  });
  return [
    ...seen.problems,
    ...lineDifferences('reply', transcript.replies, lines),
    ...(tail === '' ? [] : [`the last reply has no end: ${JSON.stringify(tail)}`]),
    ...lineDifferences('queued', transcript.queued, queued),
    ...lineDifferences('aside', transcript.aside, aside),
    ...lineDifferences('note', transcript.notes, seen.notes),
    ...(seen.seconds < transcript.took ? [`it took ${seen.seconds} s, not ${transcript.took}`] : []),
    ...(seen.exit === transcript.exit ? [] : [`exit: expected ${transcript.exit}, saw ${seen.exit}`]),
  ];
}

const linesOf = (message: string): readonly string[] => message.replace(/\n$/, '').split('\n').map(visible);

function lineDifferences(
  what: string,
  patterns: readonly string[],
  lines: readonly string[],
): readonly string[] {
  const length = Math.max(patterns.length, lines.length);
  for (let index = 0; index < length; index += 1) {
    const pattern = patterns[index];
    const line = lines[index];
    if (pattern !== undefined && line !== undefined && matches(pattern, line)) continue;
    const found = line === undefined ? 'nothing more' : JSON.stringify(line.slice(0, 300));
    return [`${what} line ${index + 1}: expected ${JSON.stringify(pattern ?? 'nothing more')}, saw ${found}`];
  }
  return [];
}

/** "*" at the end of a pattern stands for any text. */
export function matches(pattern: string, line: string): boolean {
  if (pattern.endsWith('*')) return line.startsWith(pattern.slice(0, -1));
  return line === pattern;
}

// Octets outside printable ASCII and a space at the end as \xHH; long runs of one octet as \(x*100).
function visible(octets: string): string {
  return octets
    .replace(/[^\x20-\x5b\x5d-\x7e]/g, (octet) => `\\x${octet.charCodeAt(0).toString(16).padStart(2, '0')}`)
    .replace(/ $/, '\\x20')
    .replace(/([A-Za-z0-9])\1{99,}/g, (run, octet) => `\\(${octet}*${run.length})`);
}
