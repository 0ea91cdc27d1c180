// Which name servers to ask: those of /etc/resolv.conf (resolv.conf(5)), or a list that somebody has written down.
// Of the file, only `nameserver`, and `timeout` and `attempts` of `options`, mean anything here: names are always
// absolute. A file that is not there, or names no server, means the servers of this machine, as it does to the C
// library. Any other failure is thrown.

import { readFileSync } from 'node:fs';
import type { Endpoint } from '../sys/index.ts';
import { parseIp } from '../text/index.ts';
import type { ResolverOptions } from './resolver.ts';

export type ResolverSettings = Omit<ResolverOptions, 'transport'>;

export const RESOLV_CONF = '/etc/resolv.conf';

const DNS_PORT = 53;
/** Longer waits than these help nobody while a client is waiting for a reply. */
const TRY_TIME = 2000;
const ROUNDS = 2;
const TOTAL_TIME = 10_000;
/** As many as the C library takes. */
const MOST_SERVERS = 3;
const LOCAL_SERVERS: readonly Endpoint[] = ['127.0.0.1', '::1'].map((address) => ({
  address,
  port: DNS_PORT,
}));

export function readResolvConf(path = RESOLV_CONF): ResolverSettings {
  try {
    return parseResolvConf(readFileSync(path, 'latin1'));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return parseResolvConf('');
    throw error;
  }
}

export function parseResolvConf(text: string): ResolverSettings {
  const lines = text.split('\n').map((line) => line.trim().split(/[ \t]+/));
  const servers = lines
    .flatMap(([word, value]) => (word === 'nameserver' && value !== undefined ? [parseServer(value)] : []))
    .filter((server) => server !== null)
    .slice(0, MOST_SERVERS);
  const options = lines.flatMap(([word, ...values]) => (word === 'options' ? values : []));
  const seconds = numberOf('timeout', options);
  return {
    servers: servers.length === 0 ? LOCAL_SERVERS : servers,
    tryTime: seconds === null ? TRY_TIME : Math.min(seconds * 1000, TOTAL_TIME),
    rounds: numberOf('attempts', options) ?? ROUNDS,
    totalTime: TOTAL_TIME,
  };
}

/** Settings with these servers instead of the system's. */
export function settingsFor(servers: readonly Endpoint[]): ResolverSettings {
  return { servers, tryTime: TRY_TIME, rounds: ROUNDS, totalTime: TOTAL_TIME };
}

/** "192.0.2.53", "192.0.2.53:5353", "2001:db8::53", "[2001:db8::53]:5353", "fe80::1%eth0"; null for anything else. */
export function parseServer(text: string): Endpoint | null {
  const match = /^\[([^\]]+)\](?::([0-9]{1,5}))?$/.exec(text) ?? /^([^:]+):([0-9]{1,5})$/.exec(text);
  const address = match?.[1] ?? text;
  const port = match?.[2] === undefined ? DNS_PORT : Number(match[2]);
  const [bare = '', ...zone] = address.split('%');
  const zoneFits = zone.length === 0 || (zone.length === 1 && bare.includes(':') && zone[0] !== '');
  return parseIp(bare) !== null && zoneFits && port > 0 && port < 65536 ? { address, port } : null;
}

function numberOf(name: string, options: readonly string[]): number | null {
  const digits = options
    .map((option) => new RegExp(`^${name}:([0-9]{1,3})$`).exec(option)?.[1])
    .findLast((value) => value !== undefined);
  return digits === undefined ? null : Math.max(1, Number(digits));
}
