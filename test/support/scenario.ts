// One SMTP session as a script: what the world looks like to the program, what the client does, and how the queue
// program behaves. The oracle's cases and the transcripts are both turned into this, and every player plays it.
// All texts that reach the wire or a control file are octet strings (one character per octet).

/** What is found under a name in control/: a file, a directory (opens, cannot be read) or a link. */
export type ControlEntry =
  | { readonly kind: 'file'; readonly octets: string }
  | { readonly kind: 'directory' }
  | { readonly kind: 'link'; readonly target: string };

export type Step =
  | { readonly kind: 'send'; readonly octets: string }
  | { readonly kind: 'wait'; readonly milliseconds: number }
  /** The client's handshake; from then on everything is said with TLS. In memory there is none, and it is only told so. */
  | { readonly kind: 'tls' }
  /** The client goes on when the next complete reply line that starts like this has come. */
  | { readonly kind: 'await'; readonly prefix: string }
  /** The client goes on when this many reply lines have come since the beginning. */
  | { readonly kind: 'replies'; readonly lines: number };

export interface QueueScript {
  /** Exit codes or "signal:NAME", one for each message; the last one serves all the rest. */
  readonly exits: readonly (number | string)[];
  /** Texts for descriptor 6, likewise. */
  readonly texts: readonly string[];
  /** What the program reads before it leaves. */
  readonly read: 'all' | 'message' | 'none';
  readonly delayMs: number;
  readonly readDelayMs: number;
  /** Variables whose values are noted down. */
  readonly noteEnv: readonly string[];
  /** QMAILQUEUE, with {home} for the home directory; null leaves it unset. */
  readonly path: string | null;
  /** Where the program is installed, relative to the home; null for nowhere. */
  readonly installAs: string | null;
  /** What is installed there. */
  readonly install: 'program' | 'directory' | 'plain file';
}

/** What DNS says: "TYPE name" → values as in a zone file, or 'fails'; any other name does not exist. */
export type DnsZone = Readonly<Record<string, readonly string[] | 'fails'>>;

export interface Scenario {
  readonly profile: 'stock' | 'mvmtr';
  /** Command-line arguments. */
  readonly arguments: readonly string[];
  readonly control: Readonly<Record<string, ControlEntry>>;
  /** Ordinary text, passed in UTF-8. */
  readonly env: Readonly<Record<string, string>>;
  readonly steps: readonly Step[];
  /** The client waits for the program to leave instead of closing its side. */
  readonly hold: boolean;
  readonly queue: QueueScript;
  /** null: nobody is expected to ask. */
  readonly dns?: DnsZone | null;
}

/** Has a handshake in it: its client cannot say everything at once. */
export const hasHandshake = ({ steps }: Pick<Scenario, 'steps'>): boolean =>
  steps.some((step) => step.kind === 'tls');

/** One message that reached the queue program with a complete envelope, accepted or not. */
export interface Queued {
  readonly message: string;
  /** As on the queue program's descriptor 1: F sender NUL, T recipient NUL …, NUL. */
  readonly envelope: string;
  /** Only with noteEnv, and only from a real program. */
  readonly env?: string;
}

export interface Aside {
  readonly place: string;
  readonly message: string;
}

/** What a player saw. */
export interface Seen {
  readonly output: string;
  /** Exit code, or "signal:NAME". */
  readonly exit: number | string;
  readonly queued: readonly Queued[];
  /** What rules noted in the log: "level place text". */
  readonly notes: readonly string[];
  /** Messages that rules put aside. */
  readonly aside: readonly Aside[];
  /** How long it took, by the session's own clock. */
  readonly seconds: number;
  /** What went wrong in the playing itself: a reply that never came, a program that had to be killed … */
  readonly problems: readonly string[];
}

export const WILLING_QUEUE: QueueScript = {
  exits: [0],
  texts: [''],
  read: 'all',
  delayMs: 0,
  readDelayMs: 0,
  noteEnv: [],
  path: '{home}/bin/qmail-queue',
  installAs: 'bin/qmail-queue',
  install: 'program',
};

/** The entry of a list that is meant for the n-th message, n counted from 1. */
export function nth<T>(entries: readonly T[], n: number, otherwise: T): T {
  return entries[Math.min(n, entries.length) - 1] ?? otherwise;
}
