// DNS for rules: answers the interpreter's look-ups of the kinds dns, dnsbl and resolves, and the client's and
// greeting's properties that come from DNS. null means the look-up is somebody else's. What could not be found out
// is never an empty value: the answer says so, and the interpreter decides by the look-up's group.

import type { Answer, Lookup } from '../rules/runtime.ts';
import { parseIp, reverseName, unmapped } from '../text/index.ts';
import { type DnsType, failureOf, type MailExchanger, type Resolver, recordsOf } from './answer.ts';
import { askList } from './dnsbl.ts';
import { type Certainty, hasAddress, resolvesForMail, reverseDns } from './host.ts';

/** Who is asked about. */
export interface DnsFacts {
  /** The client's address. */
  readonly clientIp: string;
  /** The name the client has greeted with last; '' before. */
  readonly heloName: () => string;
}

export type LookupAnswers = (lookup: Lookup) => Promise<Answer> | null;

export function dnsAnswers(resolver: Resolver, facts: DnsFacts): LookupAnswers {
  return ({ question }) => {
    switch (question.kind) {
      case 'dns':
        return recordList(resolver, question.type, question.name);
      case 'dnsbl':
        return listed(resolver, question.zone, question.subject);
      case 'resolves':
        return resolvesForMail(resolver, question.domain).then(answerFrom);
      case 'property':
        return property(resolver, question.name, facts);
      default:
        return null;
    }
  };
}

async function recordList(resolver: Resolver, type: DnsType, text: string): Promise<Answer> {
  const ip = type === 'PTR' ? parseIp(text) : null;
  const name = ip === null ? text : reverseName(unmapped(ip));
  const found = await resolver.resolve(name, type);
  const reason = failureOf(found);
  return reason === null ? { ok: true, value: recordsOf(found).flatMap(asText) } : { ok: false, reason };
}

// A null MX leads to no host, so it is left out; the strings of a TXT record belong together.
function asText(record: string | readonly string[] | MailExchanger): readonly string[] {
  if (typeof record === 'string') return [record];
  if ('exchange' in record) return record.exchange === '' ? [] : [record.exchange];
  return [record.join('')];
}

async function listed(resolver: Resolver, zone: string, subject: string): Promise<Answer> {
  const listing = await askList(resolver, zone, subject);
  return listing.ok ? { ok: true, value: listing.answer } : listing;
}

function property(resolver: Resolver, name: string, facts: DnsFacts): Promise<Answer> | null {
  switch (name) {
    case 'client.host':
    case 'client.rdns':
    case 'client.rdns_status':
      return clientProperty(resolver, name, facts.clientIp);
    case 'helo.verified':
      return heloVerified(resolver, facts);
    default:
      return null;
  }
}

async function clientProperty(
  resolver: Resolver,
  name: 'client.host' | 'client.rdns' | 'client.rdns_status',
  address: string,
): Promise<Answer> {
  const reverse = await reverseDns(resolver, address);
  if (name === 'client.rdns_status') return { ok: true, value: reverse.status };
  if (reverse.status === 'none') return { ok: true, value: '' };
  if (name === 'client.rdns') {
    const [first] = reverse.names;
    if (first !== undefined) return { ok: true, value: first };
  }
  if (reverse.status === 'temperror') return { ok: false, reason: reverse.reason };
  return { ok: true, value: reverse.status === 'pass' ? reverse.host : '' };
}

async function heloVerified(resolver: Resolver, { clientIp, heloName }: DnsFacts): Promise<Answer> {
  const ip = parseIp(clientIp);
  const name = heloName();
  if (ip === null || name === '') return { ok: true, value: false };
  return answerFrom(await hasAddress(resolver, name, unmapped(ip)));
}

function answerFrom(certainty: Certainty): Answer {
  return certainty.known ? { ok: true, value: certainty.is } : { ok: false, reason: certainty.reason };
}
