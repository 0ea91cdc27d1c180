// Questions that take more than one look-up: whether a name has an address, what an address calls itself and
// whether that name leads back to it, whether mail for a domain could be answered at all. An uncertain step makes
// an uncertain result.

import { type IpOctets, ipText, parseIp, reverseName, unmapped } from '../text/index.ts';
import { type DnsAnswer, failureOf, type Resolver, recordsOf } from './answer.ts';

export type Certainty =
  | { readonly known: true; readonly is: boolean }
  | { readonly known: false; readonly reason: string };

/** What reverse DNS says about an address; `host` only when one of the names leads back to it. */
export type ReverseDns =
  | { readonly status: 'pass'; readonly host: string; readonly names: readonly string[] }
  | { readonly status: 'fail'; readonly names: readonly string[] }
  | { readonly status: 'none' }
  /** Nobody could tell; `names` when it is only the way back that is unknown. */
  | { readonly status: 'temperror'; readonly reason: string; readonly names: readonly string[] };

/** Names of one address that are followed. */
const MOST_NAMES = 10;

/** Whether the name has this address. */
export async function hasAddress(resolver: Resolver, name: string, ip: IpOctets): Promise<Certainty> {
  const found = await resolver.resolve(name, ip.length === 4 ? 'A' : 'AAAA');
  const reason = failureOf(found);
  if (reason !== null) return { known: false, reason };
  return { known: true, is: recordsOf<'A' | 'AAAA'>(found).includes(ipText(ip)) };
}

export async function reverseDns(resolver: Resolver, address: string): Promise<ReverseDns> {
  const given = parseIp(address);
  if (given === null) return { status: 'none' };
  const ip = unmapped(given);
  const found = await resolver.resolve(reverseName(ip), 'PTR');
  const reason = failureOf(found);
  if (reason !== null) return { status: 'temperror', reason, names: [] };
  const names = recordsOf(found);
  if (names.length === 0) return { status: 'none' };
  const ways = await Promise.all(names.slice(0, MOST_NAMES).map((name) => hasAddress(resolver, name, ip)));
  const host = names.find((_, i) => ways[i]?.known === true && ways[i].is);
  if (host !== undefined) return { status: 'pass', host, names };
  const unknown = ways.find((way) => !way.known);
  return unknown === undefined
    ? { status: 'fail', names }
    : { status: 'temperror', reason: unknown.reason, names };
}

/** Whether the domain has a mail exchanger or else an address (RFC 5321 §5.1); a null MX (RFC 7505) is a no. */
export async function resolvesForMail(resolver: Resolver, domain: string): Promise<Certainty> {
  const exchangers = await resolver.resolve(domain, 'MX');
  if (exchangers.outcome === 'records') {
    return { known: true, is: exchangers.records.some(({ exchange }) => exchange !== '') };
  }
  if (exchangers.outcome !== 'nodata') return absentOrUnknown(exchangers);
  const ipv4 = await resolver.resolve(domain, 'A');
  if (ipv4.outcome === 'records') return { known: true, is: true };
  const ipv6 = await resolver.resolve(domain, 'AAAA');
  if (ipv6.outcome === 'records') return { known: true, is: true };
  const reason = failureOf(ipv4);
  return reason === null ? absentOrUnknown(ipv6) : { known: false, reason };
}

function absentOrUnknown(answer: DnsAnswer<'MX' | 'AAAA'>): Certainty {
  const reason = failureOf(answer);
  return reason === null ? { known: true, is: false } : { known: false, reason };
}
