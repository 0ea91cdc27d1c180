// The command line of `mvmtr serve`: tcpserver's flags, one letter each, which may stand together in one word with a value at
// the end ("-vRHl0"), our own ones in long, and the addresses to listen on as words. The last of several equal ones
// counts, and "--" ends the options. Pure; what is wrong comes back as a sentence. Whether the words are addresses, whether
// files and users exist, and whether there is anything to listen on is not looked at here.

import { type IpNetwork, parseIpNetwork } from '../../text/index.ts';
import { octetsIn, queueIn } from '../option-values.ts';
import type { QueueChoice } from '../queues.ts';
import type { AdmissionLimits } from './admission.ts';
import { REMOTE_FACTS_SECONDS } from './remote-facts.ts';

export interface ServeOptions {
  /** Words for parseListenAddress(); none is right for sockets that systemd has opened. */
  readonly listen: readonly string[];
  readonly profile: 'stock' | 'mvmtr';
  /** null: $QMAIL_HOME, else /var/qmail. */
  readonly home: string | null;
  readonly queue: QueueChoice;
  readonly hostName: string | null;
  /** -C; null: control/mvmtr.mfl if it is there. */
  readonly startFile: string | null;
  /** In octets; null: the default. */
  readonly bodyCache: number | null;
  /** The dialogue goes to the log. */
  readonly verbose: boolean;
  /** -q, -Q, -v: what the listener tells about itself; 'status' is a line for each connection, as tcpserver's. */
  readonly reports: 'nothing' | 'errors' | 'status';
  /** -x: who may connect, and with which environment; null: everybody. */
  readonly accessFile: string | null;
  /** -X: without that file everybody may. */
  readonly accessFileMayBeMissing: boolean;
  /** -u and -g, as numbers or names; see privileges.ts. */
  readonly user: string | null;
  readonly group: string | null;
  /** -U: both from $UID and $GID. */
  readonly idsFromEnvironment: boolean;
  /** -l, for TCPLOCALHOST; null: looked up. */
  readonly localName: string | null;
  /** -h and -H: the client's name by DNS. */
  readonly lookUpHost: boolean;
  /** -p and -P: only if that name leads back to the address. */
  readonly paranoid: boolean;
  /** -r and -R: TCPREMOTEINFO by the ident protocol, waiting so many seconds (-t). */
  readonly askIdent: boolean;
  readonly identSeconds: number;
  /** -b: connections that the kernel keeps while we are busy. */
  readonly backlog: number;
  /** -1: the port number goes to standard output. */
  readonly printPort: boolean;
  readonly workers: number;
  /** Of all workers together. */
  readonly limits: AdmissionLimits;
  /** Seconds before the greeting, with fractions. */
  readonly greetDelay: number;
  /** What is done about clients that speak before it. */
  readonly earlyTalkers: 'refuse' | 'note';
  /** Refused commands, and seconds, after which a session is ended; null: as the profile has it. */
  readonly maxErrors: number | null;
  readonly sessionSeconds: number | null;
  /** Seconds that sessions in the middle of a message get at SIGTERM. */
  readonly grace: number;
  /** Seconds a queue program may let us wait without taking octets or, at the end, without an answer. */
  readonly queueTimeout: number;
  /** Who may say in our client's stead who it is: by the PROXY protocol, and by XCLIENT. */
  readonly proxyFrom: readonly IpNetwork[];
  readonly xclientFrom: readonly IpNetwork[];
  /** s6's notification-fd. */
  readonly readyDescriptor: number | null;
}

/** What is wrong with the command line, and what to do. */
export type ServeUsageError = { readonly usage: string };

/** --help: nothing else counts then. */
export type ServeHelpWanted = { readonly help: true };

/** tcpserver has 20, for a program that accepts at once. We may be busy for a moment with a thousand sessions. */
const BACKLOG = 1024;

/** A quarter of tcpserver's 40 connections go on however high the load is. */
const LOAD_FLOOR = 10;

/**
 * qmail-remote, the most patient of the usual senders, waits so long for the answer to a message (RFC 5321 §4.5.3.2.6 asks
 * for half of it). Whoever is answered later has gone, and will send the message again.
 */
const QUEUE_TIMEOUT = 1200;

const DEFAULTS: ServeOptions = {
  listen: [],
  profile: 'mvmtr',
  home: null,
  queue: { kind: 'qmail' },
  hostName: null,
  startFile: null,
  bodyCache: null,
  verbose: false,
  reports: 'errors',
  accessFile: null,
  accessFileMayBeMissing: false,
  user: null,
  group: null,
  idsFromEnvironment: false,
  localName: null,
  lookUpHost: true,
  paranoid: false,
  // tcpserver asks. Hardly a client answers today, and many let one wait.
  askIdent: false,
  identSeconds: REMOTE_FACTS_SECONDS,
  backlog: BACKLOG,
  printPort: false,
  workers: 1,
  limits: {
    total: 40,
    perAddress: null,
    perNetwork: null,
    newPerMinute: null,
    maxLoad: null,
    loadFloor: LOAD_FLOOR,
  },
  greetDelay: 0,
  earlyTalkers: 'refuse',
  maxErrors: null,
  sessionSeconds: null,
  grace: 60,
  queueTimeout: QUEUE_TIMEOUT,
  proxyFrom: [],
  xclientFrom: [],
  readyDescriptor: null,
};

/** Memory is set aside for each, and each needs descriptors. */
const MOST_CONNECTIONS = 100_000;
const MOST_PER_MINUTE = 1_000_000;
/** No machine works on at such a load. */
const MOST_LOAD = 10_000;
const MOST_BACKLOG = 65_535;
/** More than the machine has processors never helps. */
const MOST_WORKERS = 64;
const MOST_ERRORS = 1_000_000;
const DAY = 86_400;
/** RFC 5321 §4.5.3.2.1: a client waits five minutes for the greeting. */
const LONGEST_GREET_DELAY = 300;
/** Ident is asked while the client waits for the greeting. */
const LONGEST_IDENT = 300;
/** Each is compared with the address of each client. */
const MOST_NETWORKS = 256;
/** 0, 1 and 2 are taken. */
const FIRST_READY_DESCRIPTOR = 3;
const LAST_READY_DESCRIPTOR = 65_535;

/** What a flag changes. */
type Change = Partial<ServeOptions>;

/** What an option with this value changes, or what is wrong with the value, to be read behind the option's name. */
type Setter = (value: string, options: ServeOptions) => Change | string;

const FLAGS: Readonly<Record<string, Change>> = {
  '-X': { accessFileMayBeMissing: true },
  '-U': { idsFromEnvironment: true },
  '-h': { lookUpHost: true },
  '-H': { lookUpHost: false },
  '-p': { paranoid: true },
  '-P': { paranoid: false },
  '-r': { askIdent: true },
  '-R': { askIdent: false },
  '-1': { printPort: true },
  '-q': { reports: 'nothing' },
  '-Q': { reports: 'errors' },
  '-v': { reports: 'status' },
  // Nagle's algorithm and IP options: nothing that a listener of today has to choose.
  '-d': {},
  '-D': {},
  '-o': {},
  '-O': {},
  '--verbose': { verbose: true },
};

const VALUED: Readonly<Record<string, Setter>> = {
  '-c': whole(1, MOST_CONNECTIONS, (total, { limits }) => ({ limits: { ...limits, total } })),
  '-x': text('the name of a file', (accessFile) => ({ accessFile })),
  '-u': text('a user, as name or number', (user) => ({ user })),
  '-g': text('a group, as name or number', (group) => ({ group })),
  '-l': text('a host name, or 0', (localName) => ({ localName }), /^[\x21-\x7e]+$/),
  '-t': whole(0, LONGEST_IDENT, (identSeconds) => ({ identSeconds })),
  '-b': whole(1, MOST_BACKLOG, (backlog) => ({ backlog })),
  '-B': () => 'is not for a session, which says its own greeting; leave it out',
  '-C': text('the name of a file', (startFile) => ({ startFile })),
  '--profile': oneOf(['stock', 'mvmtr'], (profile) => ({ profile })),
  '--qmail-home': text('a directory', (home) => ({ home })),
  '--queue': (value) => {
    const queue = queueIn(value);
    return queue === null ? `is qmail or maildir:DIRECTORY, not "${value}"` : { queue };
  },
  '--host-name': text('a host name', (hostName) => ({ hostName }), /^[\x21-\x7e]+$/),
  '--body-cache': (value) => {
    const bodyCache = octetsIn(value);
    if (bodyCache === null) return `wants a number of octets, such as 200000, 512k or 4m, not "${value}"`;
    return { bodyCache };
  },
  '--workers': whole(1, MOST_WORKERS, (workers) => ({ workers })),
  '--per-address': whole(1, MOST_CONNECTIONS, (perAddress, { limits }) => ({
    limits: { ...limits, perAddress },
  })),
  '--per-network': whole(1, MOST_CONNECTIONS, (perNetwork, { limits }) => ({
    limits: { ...limits, perNetwork },
  })),
  '--new-per-minute': whole(1, MOST_PER_MINUTE, (newPerMinute, { limits }) => ({
    limits: { ...limits, newPerMinute },
  })),
  '--max-load': decimal(MOST_LOAD, (maxLoad, { limits }) => ({ limits: { ...limits, maxLoad } })),
  '--load-floor': whole(0, MOST_CONNECTIONS, (loadFloor, { limits }) => ({
    limits: { ...limits, loadFloor },
  })),
  '--greet-delay': decimal(LONGEST_GREET_DELAY, (greetDelay) => ({ greetDelay })),
  '--early-talkers': oneOf(['refuse', 'note'], (earlyTalkers) => ({ earlyTalkers })),
  '--max-errors': whole(1, MOST_ERRORS, (maxErrors) => ({ maxErrors })),
  '--session-seconds': whole(1, 7 * DAY, (sessionSeconds) => ({ sessionSeconds })),
  '--grace': whole(0, DAY, (grace) => ({ grace })),
  '--queue-timeout': whole(1, DAY, (queueTimeout) => ({ queueTimeout })),
  '--proxy-from': networks((proxyFrom) => ({ proxyFrom })),
  '--xclient-from': networks((xclientFrom) => ({ xclientFrom })),
  '--ready-fd': whole(FIRST_READY_DESCRIPTOR, LAST_READY_DESCRIPTOR, (readyDescriptor) => ({
    readyDescriptor,
  })),
};

const SEE_HELP = 'see mvmtr serve --help';

/** @param argv what follows `serve` */
export function serveOptions(argv: readonly string[]): ServeOptions | ServeUsageError | ServeHelpWanted {
  let options = DEFAULTS;
  const listen: string[] = [];
  const words = [...argv];
  for (let word = words.shift(); word !== undefined; word = words.shift()) {
    if (word === '--help') return { help: true };
    if (word === '--') {
      listen.push(...words.splice(0));
    } else if (!word.startsWith('-') || word === '-') {
      listen.push(word);
    } else {
      const change = word.startsWith('--') ? longOption(word, words, options) : cluster(word, words, options);
      if (typeof change === 'string') return { usage: change };
      options = { ...options, ...change };
    }
  }
  if (options.idsFromEnvironment && (options.user !== null || options.group !== null)) {
    return { usage: '-U takes user and group from $UID and $GID; leave out -u and -g, or -U' };
  }
  return { ...options, listen };
}

// "--name=value", or "--name" and the next of the words, which is then taken away.
function longOption(word: string, words: string[], options: ServeOptions): Change | string {
  const equals = word.indexOf('=');
  const name = equals < 0 ? word : word.slice(0, equals);
  const flag = own(FLAGS, name);
  if (flag) return equals < 0 ? flag : `${name} takes no value; leave out "${word.slice(equals)}"`;
  const value = equals < 0 ? undefined : word.slice(equals + 1);
  return valued(name, value ?? words, options) ?? `there is no option ${name}; ${SEE_HELP}`;
}

// "-vRHl0": flags, until one takes the rest of the word, or the next of the words, as its value.
function cluster(word: string, words: string[], options: ServeOptions): Change | string {
  let change: Change = {};
  for (const [at, letter] of [...word].entries()) {
    if (at === 0) continue;
    const name = `-${letter}`;
    const flag = own(FLAGS, name);
    if (flag) {
      change = { ...change, ...flag };
      continue;
    }
    const rest = [...word].slice(at + 1).join('');
    const set = valued(name, rest === '' ? words : rest, options);
    if (set === null) {
      const inside = name === word ? '' : ` in "${word}"`;
      return `there is no option ${name}${inside}; ${SEE_HELP}`;
    }
    return typeof set === 'string' ? set : { ...change, ...set };
  }
  return change;
}

// null: there is no such option.
function valued(name: string, from: string | string[], options: ServeOptions): Change | string | null {
  const set = own(VALUED, name);
  if (!set) return null;
  const value = typeof from === 'string' ? from : from.shift();
  if (value === undefined) return `${name} wants a value; ${SEE_HELP}`;
  const change = set(value, options);
  return typeof change === 'string' ? `${name} ${change}` : change;
}

const own = <T>(table: Readonly<Record<string, T>>, name: string): T | undefined =>
  Object.hasOwn(table, name) ? table[name] : undefined;

function whole(from: number, to: number, set: (value: number, options: ServeOptions) => Change): Setter {
  return (value, options) => {
    const number = /^[0-9]{1,10}$/.test(value) ? Number(value) : -1;
    if (number >= from && number <= to) return set(number, options);
    return `wants a number from ${from} to ${to}, not "${value}"`;
  };
}

function decimal(to: number, set: (value: number, options: ServeOptions) => Change): Setter {
  return (value, options) => {
    const number = /^[0-9]{1,10}(?:\.[0-9]{1,3})?$/.test(value) ? Number(value) : -1;
    if (number >= 0 && number <= to) return set(number, options);
    return `wants a number from 0 to ${to}, with or without a fraction, not "${value}"`;
  };
}

function text(what: string, set: (value: string) => Change, allowed = /./s): Setter {
  return (value) => (allowed.test(value) ? set(value) : `wants ${what}, not "${value}"`);
}

function oneOf<T extends string>(words: readonly T[], set: (value: T) => Change): Setter {
  return (value) => {
    const word = words.find((each) => each === value);
    return word === undefined ? `is ${words.join(' or ')}, not "${value}"` : set(word);
  };
}

function networks(set: (value: readonly IpNetwork[]) => Change): Setter {
  return (value) => {
    const list: IpNetwork[] = [];
    for (const word of value.split(',')) {
      const network = parseIpNetwork(word);
      if (network === null) return `wants networks such as 192.0.2.0/24,2001:db8::/32, not "${word}"`;
      list.push(network);
    }
    return list.length <= MOST_NETWORKS ? set(list) : `takes at most ${MOST_NETWORKS} networks`;
  };
}
