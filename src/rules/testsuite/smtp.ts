// What a test file does with a simulated SMTP session, step by step, and what it gets to know about it. The
// session itself is driven by whoever runs the file (SmtpDriver), because rules know nothing of sessions.
// Plain data, so that a step can be the key of an answer: a file that is run again from its start finds the
// answers of the steps it has taken already. Octet strings.

import type { Lookup, Value } from '../runtime.ts';

export type SmtpStep =
  /** Compiles rule files, and has the next connections use them. */
  | { readonly step: 'rules'; readonly paths: readonly string[] }
  | { readonly step: 'connect' }
  | { readonly step: 'disconnect' }
  /** One command line, without its line end. */
  | { readonly step: 'line'; readonly text: string }
  /** DATA, the message and its end; CRLF line ends, not dot-stuffed. */
  | { readonly step: 'data'; readonly text: string };

/** The facts of the world, as the test has set them so far. */
export interface SmtpWorld {
  /** Properties that differ from what the session would find out: "client.host", "spf.result". */
  readonly properties: Readonly<Record<string, Value>>;
  readonly client: SmtpClient;
  /** Control files by name, line by line. */
  readonly controls: Readonly<Record<string, readonly string[]>>;
  /** By "TYPE name" in upper and lower case; null: temporary failure. What is not here does not exist. */
  readonly dns: Readonly<Record<string, readonly string[] | null>>;
  /** By URI and key; null: the table cannot be read. */
  readonly maps: Readonly<Record<string, Readonly<Record<string, string>> | null>>;
  /** By user; with one of them AUTH is offered. */
  readonly passwords: Readonly<Record<string, string>>;
  /** Milliseconds since 1970. */
  readonly now: number;
}

export interface SmtpClient {
  readonly ip: string;
  readonly host: string | null;
  readonly port: number;
  readonly service: string;
  readonly relay: boolean;
}

/** One message taken since the connection was made. */
export interface QueuedMessage {
  readonly from: string;
  readonly to: readonly string[];
  /** CRLF line ends. */
  readonly octets: string;
}

export interface SmtpOutcome {
  /** Of compilation, or why there is no session. */
  readonly problems: readonly string[];
  /** The last reply, line by line; none when the connection just went. */
  readonly reply: readonly string[];
  readonly open: boolean;
  /** Who decided last, and how. */
  readonly decision: SmtpDecision;
  readonly queued: readonly QueuedMessage[];
  /** Since the connection was made. */
  readonly log: readonly string[];
  readonly reports: readonly string[];
  /** Seconds the step would have waited. */
  readonly delay: number;
}

export interface SmtpDecision {
  /** "accept", "reject" …, "error", "undecided". */
  readonly verdict: string;
  /** "rule", "qmail", "protocol". */
  readonly layer: string;
  /** "policy.mfl:12" of a rule, or the name of the check. */
  readonly rule: string;
}

export interface SmtpDriver {
  /** Takes one step in the world as it is now. Never rejects. */
  perform(step: SmtpStep, world: SmtpWorld): Promise<SmtpOutcome>;
  close(): Promise<void>;
}

export const NEW_WORLD: Omit<SmtpWorld, 'now'> = {
  properties: {},
  client: { ip: '192.0.2.1', host: null, port: 40_000, service: 'smtp', relay: false },
  controls: { me: ['mx.example.com'] },
  dns: {},
  maps: {},
  passwords: {},
};

export const NOTHING_YET: SmtpOutcome = {
  problems: [],
  reply: [],
  open: false,
  decision: { verdict: 'undecided', layer: '', rule: '' },
  queued: [],
  log: [],
  reports: [],
  delay: 0,
};

/** Name of the question by which a step is asked for. */
export const SMTP_QUESTION = 'smtp step';

/** The step a run of a test file has stopped for; null when it needs something else. */
export function smtpStepIn({
  question,
}: Lookup): { readonly step: SmtpStep; readonly world: SmtpWorld } | null {
  if (question.kind !== 'function' || question.name !== SMTP_QUESTION) return null;
  return JSON.parse(String(question.arguments[0]));
}
