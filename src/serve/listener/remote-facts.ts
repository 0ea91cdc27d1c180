// What is found out about a client before its session starts, for the session's environment: TCPREMOTEHOST from DNS,
// TCPREMOTEINFO from the client's own machine. Both at the same time, and neither for longer than the time given; a
// look-up in DNS that takes longer goes on until the resolver gives it up, and nobody hears of it. A name is what a
// host can be called and nothing else, in lower case, as tcpserver writes it. null for what is not known: no such name,
// no answer, an answer that cannot be used, no time left. Rejects only if the resolver does, and that never does.

import { type Resolver, reverseDns } from '../../dns/index.ts';
import { type Endpoint, LONGEST_TIMER, type StartExchange } from '../../sys/index.ts';
import { lowerAscii, parseIp, reverseName, unmapped } from '../../text/index.ts';
import { askIdent } from './ident.ts';

/** Time for it when nothing else is said: tcpserver's default for -t. */
export const REMOTE_FACTS_SECONDS = 26;

/** Longest domain name as text (RFC 1035 §2.3.4). */
const MOST_NAME_OCTETS = 253;

export interface RemoteFactsOptions {
  /** Both ends of the client's connection. */
  readonly remote: Endpoint;
  readonly local: Endpoint;
  /**
   * 'none': not looked up (-H). 'first': whatever DNS calls the address (-h). 'confirmed': a name that leads back to
   * the address, or null (-p); of several names any will do, while tcpserver tries one.
   */
  readonly host: 'none' | 'first' | 'confirmed';
  /** Whether to ask the client's machine (-r), or not (-R). */
  readonly info: boolean;
  readonly seconds: number;
  readonly resolver: Resolver;
  readonly overTcp: StartExchange;
  /** Other than the one of RFC 1413. */
  readonly identPort?: number;
}

export interface RemoteFacts {
  /** TCPREMOTEHOST; letters, digits, dots, hyphens and underscores. */
  readonly host: string | null;
  /** TCPREMOTEINFO; printable ASCII. */
  readonly info: string | null;
}

export async function remoteFacts(options: RemoteFactsOptions): Promise<RemoteFacts> {
  const { remote, local, seconds, overTcp, identPort } = options;
  const port = identPort === undefined ? {} : { port: identPort };
  const [host, info] = await Promise.all([
    options.host === 'none' ? null : inTime(seconds, hostOf(options)),
    options.info ? askIdent({ remote, local, seconds, overTcp, ...port }) : null,
  ]);
  return { host, info };
}

async function hostOf({ remote, host, resolver }: RemoteFactsOptions): Promise<string | null> {
  const ip = parseIp(remote.address);
  if (ip === null) return null;
  if (host === 'confirmed') {
    const reverse = await reverseDns(resolver, remote.address);
    return reverse.status === 'pass' ? hostName(reverse.host) : null;
  }
  const found = await resolver.resolve(reverseName(unmapped(ip)), 'PTR');
  return found.outcome === 'records' ? hostName(found.records[0] ?? '') : null;
}

function hostName(name: string): string | null {
  return name.length <= MOST_NAME_OCTETS && /^[a-z0-9._-]+$/i.test(name) ? lowerAscii(name) : null;
}

function inTime<T>(seconds: number, fact: Promise<T>): Promise<T | null> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => resolve(null), Math.min(seconds, LONGEST_TIMER) * 1000);
    fact.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}
