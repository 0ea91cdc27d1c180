// What the resolver makes of every server there is: one that lies, one that is real, one that is not there. The
// same list is gone through on each runtime, over its own sockets. Reasons are for logs and not compared, but they
// have to be there. A check that waits for a time to be up uses a short one; all others have more time than they
// could need.

import { deepStrictEqual } from 'node:assert/strict';
import { dnsAnswers, type Resolver, remembering, stubResolver, type Transport } from '../../src/dns/index.ts';
import type { Answer, Lookup } from '../../src/rules/runtime.ts';
import type { Endpoint } from '../../src/sys/index.ts';

export interface Servers {
  readonly liar: Endpoint;
  readonly dead: Endpoint;
  readonly nsd: Endpoint | null;
}

export type ServerName = keyof Servers;

export interface Check {
  readonly title: string;
  readonly servers: readonly ServerName[];
  readonly tryTime: number;
  readonly totalTime: number;
  readonly rounds: number;
  readonly ask: (resolver: Resolver) => Promise<unknown>;
  readonly want: unknown;
}

const PATIENT = { tryTime: 20_000, totalTime: 25_000, rounds: 1 };
const BRIEF = { tryTime: 150, totalTime: 25_000, rounds: 1 };
const A_TRUE = records('192.0.2.1');

function records(...list: readonly unknown[]): unknown {
  return { outcome: 'records', records: list };
}

type Ask = Check['ask'];

const a =
  (name: string): Ask =>
  (resolver) =>
    resolver.resolve(name, 'A');

const count =
  (name: string): Ask =>
  async (resolver) => {
    const answer = await resolver.resolve(name, 'A');
    return answer.outcome === 'records' ? answer.records.length : answer;
  };

const CLIENT = '192.0.2.10';

const rule =
  (question: Lookup['question'], clientIp = CLIENT, helo = 'host.lie.example'): Ask =>
  (resolver) => {
    const answer = dnsAnswers(resolver, { clientIp, heloName: () => helo });
    return answer({ key: 'x', group: 'reputation', question }) ?? Promise.resolve('not ours');
  };

const client = (name: string, clientIp: string): Ask => rule({ kind: 'property', name }, clientIp);

const dns = (type: 'A' | 'AAAA' | 'MX' | 'TXT' | 'PTR', name: string): Ask =>
  rule({ kind: 'dns', type, name });

const list = (zone: string, subject: string): Ask => rule({ kind: 'dnsbl', zone, subject });

const ok = (value: unknown): unknown => ({ ok: true, value });
const FAILED = { ok: false };

const ALL_OCTETS = Array.from({ length: 255 }, (_, octet) => String.fromCharCode(octet)).join('');

const LIES: readonly (readonly [title: string, ask: Ask, want: unknown])[] = [
  ['a plain answer', a('plain.lie.example'), A_TRUE],
  ['a name with a dot at its end, in any letter case', a('Plain.LIE.example.'), A_TRUE],
  ['a datagram with another id is passed over', a('wrong-id.lie.example'), A_TRUE],
  ['one about another name', a('wrong-name.lie.example'), A_TRUE],
  ['one about another type', a('wrong-type.lie.example'), A_TRUE],
  ['one about nothing', a('no-question.lie.example'), A_TRUE],
  ['one about two things', a('two-questions.lie.example'), A_TRUE],
  ['one from another port', a('wrong-source.lie.example'), A_TRUE],
  ['our own question', a('echo.lie.example'), A_TRUE],
  ['garbage', a('garbage.lie.example'), A_TRUE],
  ['a question repeated in other letter case is ours', a('letter-case.lie.example'), A_TRUE],
  ['an answer about another name is none', a('not-ours.lie.example'), { outcome: 'nodata' }],
  ['records that are missing', a('missing.lie.example'), { outcome: 'malformed' }],
  ['an answer that ends too soon', a('short.lie.example'), { outcome: 'malformed' }],
  ['a name that points to itself', a('pointer.lie.example'), { outcome: 'malformed' }],
  ['a large datagram', count('large.lie.example'), 250],
  ['truncated, whole over TCP and in pieces', count('truncated.lie.example'), 1000],
  ['truncated, and TCP is closed', a('truncated.closes.lie.example'), { outcome: 'unreachable' }],
  ['truncated over TCP as well', a('truncated.again.lie.example'), { outcome: 'malformed' }],
  ['truncated, and something else over TCP', a('truncated.foreign.lie.example'), { outcome: 'malformed' }],
  ['a server that does not know EDNS', a('no-edns.lie.example'), A_TRUE],
  ['no such name', a('nxdomain.lie.example'), { outcome: 'nxdomain' }],
  ['nothing of this type', a('nodata.lie.example'), { outcome: 'nodata' }],
  ['nothing of this type, no SOA either', a('null-mx.lie.example'), A_TRUE],
  ['a server that fails', a('servfail.lie.example'), { outcome: 'servfail' }],
  ['a server that refuses', a('refused.lie.example'), { outcome: 'refused' }],
  ['a server that cannot', a('notimp.lie.example'), { outcome: 'refused' }],
  ['a server that only refers to others', a('referral.lie.example'), { outcome: 'servfail' }],
  ['an alias with its records', a('alias-inside.lie.example'), A_TRUE],
  ['an alias without them', a('alias-outside.lie.example'), A_TRUE],
  ['an alias to no name', a('alias-to-nothing.lie.example'), { outcome: 'nxdomain' }],
  ['an alias to no name, told at once', a('alias-nxdomain.lie.example'), { outcome: 'nxdomain' }],
  ['an alias to nothing of this type', a('alias-nodata.lie.example'), { outcome: 'nodata' }],
  ['aliases in a circle', a('alias-loop.lie.example'), { outcome: 'malformed' }],
  ['eight aliases', a('alias-chain-1-of-8.lie.example'), A_TRUE],
  ['nine aliases', a('alias-chain-1-of-9.lie.example'), { outcome: 'malformed' }],
  ['what cannot be a name', a('a..example'), { outcome: 'not-a-name' }],
  ['too long a label', a(`${'x'.repeat(64)}.example`), { outcome: 'not-a-name' }],
  ['too long a name', a(`${'x.'.repeat(127)}xx`), { outcome: 'not-a-name' }],
  ['the root', a('.'), { outcome: 'not-a-name' }],
  ['no ASCII', a('caf\xe9.example'), { outcome: 'not-a-name' }],
  ['addresses in order', a('several.lie.example'), records('10.0.0.1', '192.0.2.9', '192.0.2.10')],
  ['an IPv6 address', (resolver) => resolver.resolve('six.lie.example', 'AAAA'), records('2001:db8::10')],
  [
    'exchangers in order',
    (resolver) => resolver.resolve('several.lie.example', 'MX'),
    records(
      { preference: 10, exchange: 'c.lie.example' },
      { preference: 20, exchange: 'a.lie.example' },
      { preference: 20, exchange: 'b.lie.example' },
    ),
  ],
  [
    'strings apart, octet for octet',
    (resolver) => resolver.resolve('strings.lie.example', 'TXT'),
    records([ALL_OCTETS], ['first', ' second', '']),
  ],
  [
    'names that no host can have are left out',
    (resolver) => resolver.resolve('15.2.0.192.in-addr.arpa', 'PTR'),
    records('stranger.lie.example'),
  ],
];

const RULES: readonly (readonly [title: string, ask: Ask, want: unknown])[] = [
  ['dns_a', dns('A', 'several.lie.example'), ok(['10.0.0.1', '192.0.2.9', '192.0.2.10'])],
  ['dns_a of no name', dns('A', 'nxdomain.lie.example'), ok([])],
  ['dns_a of a failing server', dns('A', 'servfail.lie.example'), FAILED],
  ['dns_mx', dns('MX', 'several.lie.example'), ok(['c.lie.example', 'a.lie.example', 'b.lie.example'])],
  ['dns_mx, null MX', dns('MX', 'null-mx.lie.example'), ok([])],
  ['dns_txt', dns('TXT', 'strings.lie.example'), ok([ALL_OCTETS, 'first second'])],
  ['dns_ptr of an address', dns('PTR', '::ffff:192.0.2.11'), ok(['stranger.lie.example'])],
  ['dns_ptr of an IPv6 address', dns('PTR', '2001:db8::10'), ok(['host.lie.example'])],
  ['dns_ptr of a name', dns('PTR', '11.2.0.192.in-addr.arpa'), ok(['stranger.lie.example'])],
  ['resolves: an exchanger', rule({ kind: 'resolves', domain: 'several.lie.example' }), ok(true)],
  ['resolves: an address', rule({ kind: 'resolves', domain: 'plain.lie.example' }), ok(true)],
  ['resolves: an IPv6 address', rule({ kind: 'resolves', domain: 'six.lie.example' }), ok(true)],
  ['resolves: a null MX', rule({ kind: 'resolves', domain: 'null-mx.lie.example' }), ok(false)],
  ['resolves: no such domain', rule({ kind: 'resolves', domain: 'nxdomain.lie.example' }), ok(false)],
  ['resolves: neither', rule({ kind: 'resolves', domain: 'nodata.lie.example' }), ok(false)],
  ['resolves: no domain', rule({ kind: 'resolves', domain: '[192.0.2.1]' }), ok(false)],
  ['resolves: nobody knows', rule({ kind: 'resolves', domain: 'servfail.lie.example' }), FAILED],
  ['client.host', client('client.host', CLIENT), ok('host.lie.example')],
  ['client.host, IPv6', client('client.host', '2001:db8::10'), ok('host.lie.example')],
  ['client.host, IPv4 in IPv6', client('client.host', `::ffff:${CLIENT}`), ok('host.lie.example')],
  ['client.rdns is the first name', client('client.rdns', CLIENT), ok('host.lie.example')],
  ['client.rdns_status', client('client.rdns_status', CLIENT), ok('pass')],
  ['no way back: host', client('client.host', '192.0.2.11'), ok('')],
  ['no way back: rdns', client('client.rdns', '192.0.2.11'), ok('stranger.lie.example')],
  ['no way back: status', client('client.rdns_status', '192.0.2.11'), ok('fail')],
  ['no reverse name: host', client('client.host', '192.0.2.12'), ok('')],
  ['no reverse name: rdns', client('client.rdns', '192.0.2.12'), ok('')],
  ['no reverse name: status', client('client.rdns_status', '192.0.2.12'), ok('none')],
  ['reverse DNS fails: host', client('client.host', '192.0.2.13'), FAILED],
  ['reverse DNS fails: rdns', client('client.rdns', '192.0.2.13'), FAILED],
  ['reverse DNS fails: status', client('client.rdns_status', '192.0.2.13'), ok('temperror')],
  ['the way back fails: host', client('client.host', '192.0.2.14'), FAILED],
  ['the way back fails: rdns', client('client.rdns', '192.0.2.14'), ok('servfail.lie.example')],
  ['the way back fails: status', client('client.rdns_status', '192.0.2.14'), ok('temperror')],
  ['one way back fails, another leads home', client('client.rdns_status', '192.0.2.20'), ok('pass')],
  ['no address', client('client.rdns_status', 'unknown'), ok('none')],
  ['helo.verified', client('helo.verified', CLIENT), ok(true)],
  ['helo.verified, IPv6', client('helo.verified', '2001:db8::10'), ok(true)],
  ['helo.verified, another one', client('helo.verified', '192.0.2.11'), ok(false)],
  [
    'helo.verified, nobody knows',
    rule({ kind: 'property', name: 'helo.verified' }, CLIENT, 'servfail.lie.example'),
    FAILED,
  ],
  ['helo.verified, no name yet', rule({ kind: 'property', name: 'helo.verified' }, CLIENT, ''), ok(false)],
  ['a list', list('list.lie.example', '127.0.0.2'), ok('127.0.0.2')],
  ['a list with a filter', list('list.lie.example=127.0.0.[3;8..11]', '127.0.0.2'), ok('127.0.0.10')],
  ['a list whose filter nothing passes', list('list.lie.example=127.0.0.3', '127.0.0.2'), ok('')],
  ['a list that does not know the address', list('list.lie.example', '127.0.0.3'), ok('')],
  ['a list that refuses to say', list('list.lie.example', '127.0.0.4'), FAILED],
  ['a list that refuses, whatever the filter', list('list.lie.example=127.255.255.254', '127.0.0.4'), FAILED],
  ['a list that answers what no list does', list('list.lie.example', '127.0.0.5'), FAILED],
  ['a list that lists and refuses', list('list.lie.example', '127.0.0.6'), FAILED],
  ['a list that fails', list('list.lie.example', 'servfail'), FAILED],
  ['a list of domains', list('list.lie.example', 'Bad.Example.'), ok('127.0.1.2')],
  ['a list and an IPv6 address', list('list.lie.example', '2001:db8::1'), ok('127.0.0.3')],
  ['a list and what is neither', list('list.lie.example', 'a b'), ok('')],
  ['a zone that is none', list('list..example', '127.0.0.2'), FAILED],
  ['a filter that is none', list('list.lie.example=127.0.0', '127.0.0.2'), FAILED],
  ['another property', rule({ kind: 'property', name: 'spf.result' }), 'not ours'],
  ['another kind', rule({ kind: 'body' }), 'not ours'],
];

const NSD: readonly (readonly [title: string, ask: Ask, want: unknown])[] = [
  ['A', a('mail.zone.example'), records('192.0.2.25')],
  ['AAAA', (resolver) => resolver.resolve('mail.zone.example', 'AAAA'), records('2001:db8::25')],
  [
    'MX',
    (resolver) => resolver.resolve('both.zone.example', 'MX'),
    records(
      { preference: 10, exchange: 'mail.zone.example' },
      { preference: 20, exchange: 'second.zone.example' },
    ),
  ],
  [
    'null MX',
    (resolver) => resolver.resolve('nullmx.zone.example', 'MX'),
    records({ preference: 0, exchange: '' }),
  ],
  [
    'TXT',
    (resolver) => resolver.resolve('text.zone.example', 'TXT'),
    records(['another'], ['v=test ', 'one record', '\xc8\xff']),
  ],
  ['TXT over TCP', async (resolver) => lengthOf(await dns('TXT', 'long.zone.example')(resolver)), [4000]],
  ['CNAME', a('alias.zone.example'), records('192.0.2.25')],
  ['CNAME out of its zones', a('far.zone.example'), { outcome: 'refused' }],
  ['NXDOMAIN', a('nothing.zone.example'), { outcome: 'nxdomain' }],
  ['NODATA', (resolver) => resolver.resolve('second.zone.example', 'AAAA'), { outcome: 'nodata' }],
  ['NODATA between labels', a('b.zone.example'), { outcome: 'nodata' }],
  ['a wildcard', a('any.thing.wild.zone.example'), records('192.0.2.28')],
  ['a zone it does not have', a('elsewhere.example'), { outcome: 'refused' }],
  ['client.host', client('client.host', '192.0.2.25'), ok('mail.zone.example')],
  ['no way back', client('client.rdns_status', '192.0.2.26'), ok('fail')],
  ['resolves', rule({ kind: 'resolves', domain: 'nullmx.zone.example' }), ok(false)],
  ['dnsbl', list('list.example=127.0.0.4', '127.0.0.2'), ok('127.0.0.4')],
  ['not listed', list('list.example', '127.0.0.1'), ok('')],
];

function lengthOf(answer: unknown): unknown {
  const { value } = answer as Extract<Answer, { ok: true }>;
  return (value as readonly string[]).map((text) => text.length);
}

const on = (
  servers: readonly ServerName[],
  rows: readonly (readonly [string, Ask, unknown])[],
  times = PATIENT,
): readonly Check[] => rows.map(([title, ask, want]) => ({ title, servers, ask, want, ...times }));

/** Questions that are asked a second time; every runtime asks under its own name, because the server counts. */
const again = (runtime: string): Ask => a(`second-time.${runtime}.lie.example`);

export function checksFor(runtime: string): readonly Check[] {
  return [
    ...on(['liar'], LIES),
    ...on(['liar'], RULES),
    ...on(['liar'], [['a server that is silent', a('silent.lie.example'), { outcome: 'timeout' }]], BRIEF),
    ...on(['liar'], [['a server that needs asking twice', again(runtime), A_TRUE]], { ...BRIEF, rounds: 50 }),
    ...on(['liar'], [['the whole time is up', a('silent.lie.example'), { outcome: 'timeout' }]], {
      ...PATIENT,
      totalTime: 150,
    }),
    ...on(['dead'], [['a server that is not there', a('plain.lie.example'), { outcome: 'unreachable' }]]),
    ...on([], [['no server', a('plain.lie.example'), { outcome: 'unreachable' }]]),
    ...on(
      ['dead', 'liar'],
      [['the second server, when the first is not there', a('plain.lie.example'), A_TRUE]],
    ),
    ...on(
      ['liar', 'dead'],
      [['a certain no is not asked again', a('nxdomain.lie.example'), { outcome: 'nxdomain' }]],
    ),
    ...on(['liar'], [['giving up', givingUp, ['cancelled', 'cancelled']]]),
    ...on(['liar'], [['what is remembered', remembered, [true, true, false]]]),
    ...on(['nsd'], NSD),
  ];
}

async function givingUp(resolver: Resolver): Promise<unknown> {
  const first = resolver.resolve('silent.lie.example', 'A');
  resolver.cancel();
  return [(await first).outcome, (await resolver.resolve('plain.lie.example', 'A')).outcome];
}

// The same promise, so one question: also for another spelling, and not for another type.
async function remembered(resolver: Resolver): Promise<unknown> {
  const known = remembering(resolver);
  const first = known.resolve('plain.lie.example', 'A');
  const same = [
    known.resolve('plain.lie.example', 'A') === first,
    known.resolve('PLAIN.lie.example.', 'A') === first,
    (known.resolve('plain.lie.example', 'AAAA') as Promise<unknown>) === first,
  ];
  await first;
  return same;
}

export const nameOf = ({ servers, title }: Check): string => `${servers.join(', ') || 'nobody'}: ${title}`;

/** Rejects when the check fails. */
export async function runCheck(check: Check, transport: Transport, servers: Servers): Promise<void> {
  const { tryTime, totalTime, rounds } = check;
  const asked = check.servers.map((name) => servers[name]).filter((server) => server !== null);
  const resolver = stubResolver({ transport, servers: asked, tryTime, totalTime, rounds });
  deepStrictEqual(withoutReason(await check.ask(resolver)), check.want);
}

// Every failure has a reason, and nothing else has.
function withoutReason(result: unknown): unknown {
  if (typeof result !== 'object' || result === null || !('reason' in result)) return result;
  const { reason, ...rest } = result;
  deepStrictEqual([typeof reason, reason === ''], ['string', false]);
  return rest;
}
