// What a reply means for a question: its records, what is certainly not there, or a failure. Aliases (CNAME) are
// followed inside the reply; where they lead out of it, the result says which name to ask for next. Records that
// are not what their type promises are left out, names that cannot be a host's among them. Follows RFC 1034
// §3.6.2, RFC 2308 §2, RFC 7505.

import type { Resource } from 'dns-packet';
import { fromOctets, ipText, parseIp } from '../text/index.ts';
import type { DnsAnswer, DnsRecords, DnsType } from './answer.ts';
import { askableName, isHostName } from './name.ts';
import type { Question, Reply } from './wire.ts';

/** Aliases on the way to one answer. */
export const MOST_ALIASES = 8;

export type Judgement<Type extends DnsType> =
  | DnsAnswer<Type>
  | { readonly outcome: 'alias'; readonly name: string; readonly passed: number };

const TOO_MANY_ALIASES = { outcome: 'malformed', reason: 'aliases without an end' } as const;

/** `passed`: aliases behind us before this question. */
export function judge<Type extends DnsType>(
  question: Question & { readonly type: Type },
  reply: Extract<Reply, { kind: 'reply' }>,
  passed: number,
): Judgement<Type> {
  if (reply.rcode === 'SERVFAIL') return { outcome: 'servfail', reason: 'SERVFAIL' };
  if (reply.rcode !== 'NOERROR' && reply.rcode !== 'NXDOMAIN') {
    return { outcome: 'refused', reason: reply.rcode };
  }
  let { name } = question;
  let aliases = passed;
  for (let next = aliasOf(name, reply.answers); next !== undefined; next = aliasOf(name, reply.answers)) {
    aliases += 1;
    if (aliases > MOST_ALIASES) return TOO_MANY_ALIASES;
    if (next === null) return { outcome: 'malformed', reason: 'an alias to what cannot be a name' };
    name = next;
  }
  const records = reply.answers
    .filter((record) => record.type === question.type && sameName(record.name, name))
    .map(({ data }) => READ[question.type](data))
    .filter((record) => record !== null);
  if (records.length > 0) return { outcome: 'records', records: inOrder(question.type, records) };
  if (reply.rcode === 'NXDOMAIN') return { outcome: 'nxdomain' };
  if (name !== question.name) return { outcome: 'alias', name, passed: aliases };
  return reply.referral
    ? { outcome: 'servfail', reason: 'the server only refers to others' }
    : { outcome: 'nodata' };
}

// undefined: no alias of this name; null: one to something that is not a name.
function aliasOf(name: string, answers: readonly Resource[]): string | null | undefined {
  const record = answers.find((answer) => answer.type === 'CNAME' && sameName(answer.name, name));
  return record === undefined ? undefined : askableName(String(record.data));
}

const sameName = (theirs: string, ours: string): boolean => theirs.toLowerCase() === ours;

type Reader<Type extends DnsType> = (data: unknown) => DnsRecords[Type] | null;

const READ: { readonly [Type in DnsType]: Reader<Type> } = {
  A: address,
  AAAA: address,
  MX: exchanger,
  TXT: (data) => (data as readonly Uint8Array[]).map((string) => fromOctets(string)),
  PTR: (data) => hostName(data),
};

function address(data: unknown): string | null {
  const ip = parseIp(String(data));
  return ip === null ? null : ipText(ip);
}

function exchanger(data: unknown): DnsRecords['MX'] | null {
  const { preference, exchange: name } = data as { preference: number; exchange: string };
  const exchange = name === '.' ? '' : hostName(name);
  return exchange === null ? null : { preference, exchange };
}

function hostName(data: unknown): string | null {
  const name = askableName(String(data));
  return name !== null && isHostName(name) ? name : null;
}

const byText = (a: string, b: string): number => (a < b ? -1 : Number(a > b));

const ORDER: { readonly [Type in DnsType]: (a: DnsRecords[Type], b: DnsRecords[Type]) => number } = {
  A: byAddress,
  AAAA: byAddress,
  MX: (a, b) => a.preference - b.preference || byText(a.exchange, b.exchange),
  TXT: (a, b) => byText(a.join(''), b.join('')),
  PTR: byText,
};

function byAddress(a: string, b: string): number {
  const padded = (text: string): string =>
    (parseIp(text) ?? []).map((octet) => String(octet).padStart(3)).join('.');
  return byText(padded(a), padded(b));
}

function inOrder<Type extends DnsType>(
  type: Type,
  records: readonly DnsRecords[Type][],
): readonly DnsRecords[Type][] {
  return [...records].sort(ORDER[type]);
}
