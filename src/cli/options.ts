// The arguments of a session. As mvmtr: our options and nothing else. As qmail-smtpd: our long options if they come first, so
// that a run script can name a queue or a home. In the stock profile whatever is not ours is skipped with all that
// follows, because run scripts of patched servers pass host names and checkpassword programs.

import { octetsIn, type QueueChoice, queueIn } from '../serve/index.ts';

export interface SessionOptions {
  readonly profile: 'stock' | 'mvmtr';
  /** null: $QMAIL_HOME, else /var/qmail. */
  readonly home: string | null;
  readonly queue: QueueChoice;
  readonly hostName: string | null;
  /** -C; null: control/mvmtr.mfl if it is there. */
  readonly startFile: string | null;
  /** -b, in octets; null: the default. */
  readonly bodyCache: number | null;
  readonly verbose: boolean;
  /** --tls: from the first octet. --outer-tls: somebody in front of us speaks it, and says so in the environment. */
  readonly tls: 'none' | 'implicit' | 'outer';
  /** What stands behind our options where everything is taken: the arguments of a patched qmail-smtpd. */
  readonly others: readonly string[];
}

/** What is wrong with the command line, and what to do. */
export type UsageError = { readonly usage: string };

type Mutable = { -readonly [Name in keyof SessionOptions]: SessionOptions[Name] };

/** One option: takes its value (or '' for a flag) and says what is wrong with it, or nothing. */
type Setter = (options: Mutable, value: string) => string | undefined;

const VALUED: Readonly<Record<string, Setter>> = {
  '--profile': (options, value) => {
    if (value !== 'stock' && value !== 'mvmtr') return `--profile is stock or mvmtr, not "${value}"`;
    options.profile = value;
    return undefined;
  },
  '--qmail-home': (options, value) => {
    options.home = value;
    return undefined;
  },
  '--queue': (options, value) => {
    const queue = queueIn(value);
    if (queue === null) return `--queue is qmail or maildir:DIRECTORY, not "${value}"`;
    options.queue = queue;
    return undefined;
  },
  '-h': (options, value) => {
    if (!/^[\x21-\x7e]+$/.test(value)) return '-h wants a host name';
    options.hostName = value;
    return undefined;
  },
  '-C': (options, value) => {
    options.startFile = value;
    return undefined;
  },
  '-b': (options, value) => {
    const octets = octetsIn(value);
    if (octets === null) return '-b wants a number of octets';
    options.bodyCache = octets;
    return undefined;
  },
};

const FLAGS: Readonly<Record<string, Partial<SessionOptions>>> = {
  '-v': { verbose: true },
  '--tls': { tls: 'implicit' },
  '--outer-tls': { tls: 'outer' },
};

const LONG = /^--(?:profile|qmail-home|queue|tls|outer-tls)$/;

export function sessionOptions(
  programName: 'qmail-smtpd' | 'mvmtr',
  argv: readonly string[],
): SessionOptions | UsageError {
  const stock = programName === 'qmail-smtpd';
  const isOurs = (name: string): boolean => !stock || LONG.test(name);
  const options: Mutable = {
    profile: stock ? 'stock' : 'mvmtr',
    home: null,
    queue: { kind: 'qmail' },
    hostName: null,
    startFile: null,
    bodyCache: null,
    verbose: false,
    tls: 'none',
    others: [],
  };
  for (let at = 0; at < argv.length; at += 1) {
    const [name = '', attached] = split(argv[at] as string);
    if (attached === undefined && Object.hasOwn(FLAGS, name) && isOurs(name)) {
      Object.assign(options, FLAGS[name]);
      continue;
    }
    const set = Object.hasOwn(VALUED, name) && isOurs(name) ? VALUED[name] : undefined;
    if (!set) {
      if (options.profile === 'stock') return { ...options, others: argv.slice(at) };
      return { usage: `unknown argument "${argv[at]}"; see mvmtr --help` };
    }
    if (attached === undefined) at += 1;
    const value = attached ?? argv[at];
    if (value === undefined) return { usage: `${name} wants a value; see mvmtr --help` };
    const problem = set(options, value);
    if (problem !== undefined) return { usage: problem };
  }
  return options;
}

// "--queue=maildir:DIR" → name and value; a value in a word of its own comes later.
function split(argument: string): [name: string, value?: string] {
  const equals = argument.startsWith('--') ? argument.indexOf('=') : -1;
  return equals < 0 ? [argument] : [argument.slice(0, equals), argument.slice(equals + 1)];
}
