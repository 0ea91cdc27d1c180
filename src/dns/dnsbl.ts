// DNS lists (RFC 5782): an address turned round, or a domain, in front of the list's zone. An answer is a listing
// when it is in 127.0.0.0/8 and passes the filter behind the zone, "zone=127.0.0.[2;4..7]". Answers in
// 127.255.255.0/24 say that the list does not talk to us (over quota, public resolver): a failure, and never a
// listing, whatever the filter; so are answers outside 127/8.

import { parseIp, reversedLabels, unmapped } from '../text/index.ts';
import { type DnsAnswer, failureOf, type Resolver, recordsOf } from './answer.ts';
import { askableName } from './name.ts';

export type Listing =
  /** `answer` is '' when the subject is not listed, else the lowest answer that counts. */
  { readonly ok: true; readonly answer: string } | { readonly ok: false; readonly reason: string };

/** For each of the four octets: the ranges it may be in. */
type Filter = readonly (readonly (readonly [from: number, to: number])[])[];

export interface ListZone {
  readonly zone: string;
  readonly filter: Filter | null;
}

/** "zen.example.org", "zen.example.org=127.0.0.[2;4..7]"; null when it is neither. */
export function parseListZone(text: string): ListZone | null {
  const [name = '', pattern, ...more] = text.split('=');
  const zone = askableName(name.trim());
  if (zone === null || more.length > 0) return null;
  if (pattern === undefined) return { zone, filter: null };
  const filter = parseFilter(pattern.trim());
  return filter === null ? null : { zone, filter };
}

function parseFilter(pattern: string): Filter | null {
  const parts = /^(\d+|\[[^\]]*\])\.(\d+|\[[^\]]*\])\.(\d+|\[[^\]]*\])\.(\d+|\[[^\]]*\])$/.exec(pattern);
  if (parts === null) return null;
  const filter = parts.slice(1).map((part) => rangesOf(part.replace(/^\[|\]$/g, '')));
  return filter.every((ranges) => ranges !== null) ? filter : null;
}

function rangesOf(text: string): (readonly [number, number])[] | null {
  const ranges: [number, number][] = [];
  for (const item of text.split(';')) {
    const match = /^([0-9]{1,3})(?:\.\.([0-9]{1,3}))?$/.exec(item.trim());
    const from = Number(match?.[1]);
    const to = Number(match?.[2] ?? match?.[1]);
    if (!(from <= to && to <= 255)) return null;
    ranges.push([from, to]);
  }
  return ranges;
}

/** Whether the list has an address or a domain. A subject that is neither is on no list. */
export async function askList(resolver: Resolver, zoneText: string, subject: string): Promise<Listing> {
  const list = parseListZone(zoneText);
  if (list === null) return { ok: false, reason: `not a zone: ${zoneText}` };
  const ip = parseIp(subject);
  const front = ip === null ? askableName(subject) : reversedLabels(unmapped(ip));
  if (front === null) return { ok: true, answer: '' };
  const found = await resolver.resolve(`${front}.${list.zone}`, 'A');
  const failure = failureOf(found);
  return failure === null ? listingFrom(list, found) : { ok: false, reason: failure };
}

function listingFrom({ zone, filter }: ListZone, found: DnsAnswer<'A'>): Listing {
  const answers = recordsOf(found);
  const strange = answers.find((answer) => !answer.startsWith('127.') || answer.startsWith('127.255.255.'));
  if (strange !== undefined) return { ok: false, reason: `${zone} answers ${strange}, which is no listing` };
  return { ok: true, answer: answers.find((answer) => passes(answer, filter)) ?? '' };
}

function passes(answer: string, filter: Filter | null): boolean {
  if (filter === null) return true;
  const octets = parseIp(answer) ?? [];
  return filter.every((ranges, i) =>
    ranges.some(([from, to]) => from <= (octets[i] as number) && (octets[i] as number) <= to),
  );
}
