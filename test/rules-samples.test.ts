// The sample rules in control-samples/rules do what they say: each is compiled without an error and decides sessions in memory, with
// tables, DNS and the store of states made up for the purpose. What is not made up has no answer, as in a session that cannot
// reach it. Nothing sleeps: the waiting that rules ask for is added up.

import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ROOT } from '../src/build/bundle.mjs';
import { compileRules } from '../src/cli/commands/rule-files.ts';
import { runTests } from '../src/cli/commands/test-rules.ts';
import { badMailFrom } from '../src/policy/index.ts';
import { openSpool } from '../src/queue/index.ts';
import type { Lookup, Program, Value } from '../src/rules/index.ts';
import { driveHook } from '../src/rules/interpreter/index.ts';
import { beforeAnything, rulePolicy } from '../src/serve/rules/index.ts';
import { type SessionConfig, session, withSettings } from '../src/session/index.ts';
import { memoryChannel } from './support/memory-channel.ts';
import { memoryQueue } from './support/memory-queue.ts';
import { WILLING_QUEUE } from './support/scenario.ts';
import { NO_RULES } from './support/services.ts';
import { CONFIG } from './support/session-config.ts';

const SAMPLES = join(ROOT, 'control-samples/rules');
const names = readdirSync(SAMPLES).filter((name) => name.endsWith('.mfl'));

const EXAMPLES = [
  'backup-mx',
  'badmailfrom-override',
  'databytes-per-domain',
  'greylist-dynamic',
  'header-sanity',
  'one-policy',
  'spamtrap',
  'submission',
];

it('are the eight worked examples', () => {
  expect(names.toSorted()).toEqual(EXAMPLES.map((name) => `${name}.mfl`));
});

function programOf(name: string): Program {
  const compiled = compileRules(join(SAMPLES, `${name}.mfl`));
  if ('problem' in compiled) throw new Error(compiled.problem);
  expect(compiled.problems.filter(({ severity }) => severity === 'error')).toEqual([]);
  if (compiled.program === null) throw new Error(`${name} does not compile`);
  return compiled.program;
}

interface World {
  readonly ip?: string;
  readonly host?: string;
  readonly relay?: boolean;
  readonly port?: string;
  /** Answers by what is asked, words of the question joined by spaces. */
  readonly answers?: Readonly<Record<string, Value>>;
}

interface Played {
  /** Codes of the replies behind the greeting, one for each command. */
  readonly codes: string;
  readonly output: string;
  readonly waited: number;
  readonly reports: readonly string[];
  readonly log: readonly string[];
  readonly queued: readonly { readonly message: string; readonly envelope: string }[];
}

const question = ({ question: asked }: Lookup): string => Object.values(asked).flat().join(' ');

async function play(name: string, input: readonly string[], world: World = {}): Promise<Played> {
  const { ip = '198.51.100.7', host = 'mail.example.net', relay = false, port = '25', answers = {} } = world;
  const env = { TCPLOCALPORT: port };
  const controls = {
    badmailfrom: badMailFrom(['@lists.example.net']),
    relayClient: relay ? '' : null,
    isOurs,
  };
  const log: string[] = [];
  const reports: string[] = [];
  let waited = 0;
  const config: SessionConfig = {
    ...CONFIG,
    client: { ...CONFIG.client, ip, host, relayClient: controls.relayClient },
    hostName: 'mx2.example.org',
  };
  const policy = rulePolicy({
    program: programOf(name),
    driveHook,
    fixed: { client: config.client, env, version: '0', id: 'x' },
    controls,
    answer: async (lookup) => {
      const value = answers[question(lookup)];
      return value === undefined ? { ok: false, reason: question(lookup) } : { ok: true, value };
    },
    report: async ({ kind, key, weight }) => void reports.push(`${kind} ${key} ${weight}`),
    log: (event) => void (event.event === 'note' && log.push(`${event.where} ${event.level}: ${event.text}`)),
  });
  const init = await policy.init(beforeAnything(config, 0));
  if ('fault' in init) throw new Error(init.message);
  const steps = input.map((octets) => ({ kind: 'send', octets }) as const);
  const channel = memoryChannel(steps, false, 'whole');
  const queue = memoryQueue({ script: WILLING_QUEUE, canRun: true, advance: channel.advance });
  await session(
    { ...withSettings(config, init.settings ?? {}), policy },
    {
      ...NO_RULES,
      channel,
      queue,
      clock: channel.clock,
      sleep: async (seconds) => {
        waited += seconds;
      },
      spool: () => openSpool(),
      quarantine: async () => queue,
      log: () => {},
    },
  );
  const lines = channel.output().split('\r\n').slice(0, -1);
  const codes = lines.filter((line) => line[3] === ' ').map((line) => line.slice(0, 3));
  return {
    codes: codes.slice(1).join(' '),
    output: channel.output(),
    waited,
    reports,
    log,
    queued: queue.queued(),
  };
}

const isOurs = (host: string): boolean => ['example.org', 'example.com'].includes(host);

const MAIL = 'EHLO mail.example.net\r\nMAIL FROM:<joe@example.net>\r\n';
const to = (...addresses: readonly string[]): string =>
  addresses.map((address) => `RCPT TO:<${address}>\r\n`).join('');

describe('backup-mx', () => {
  const map = (key: string): string => `map cdb:control/addrmap.cdb ${key} value`;
  const ours = { [map('@example.org')]: 'mx2.example.org' };
  const theirs = { [map('@example.com')]: 'mx1.example.org' };
  it.each<[string, string, Readonly<Record<string, Value>>, string]>([
    ['takes an address it knows', 'ok@example.org', { ...ours, [map('ok@example.org')]: 'ok' }, '250'],
    ['refuses one it does not', 'no@example.org', { ...ours, [map('no@example.org')]: '' }, '550'],
    ['refuses a closed one', 'old@example.org', { ...ours, [map('old@example.org')]: 'closed' }, '550'],
    [
      'sends away while the primary is up',
      'x@example.com',
      { ...theirs, 'function alive mx1.example.org': true },
      '451',
    ],
    [
      'stands in when it is down',
      'x@example.com',
      { ...theirs, 'function alive mx1.example.org': false },
      '250',
    ],
    ['leaves others to rcpthosts', 'x@example.net', { [map('@example.net')]: '' }, '553'],
    ['puts off when the table cannot be read', 'ok@example.org', {}, '451'],
  ])('%s', async (_, address, answers, code) => {
    expect((await play('backup-mx', [`${MAIL}${to(address)}`], { answers })).codes).toBe(`250 250 ${code}`);
  });
});

describe('badmailfrom-override', () => {
  const rcpt = to('user@example.org');
  const from = (sender: string): string => `EHLO a\r\nMAIL FROM:<${sender}>\r\n${rcpt}`;
  const host = { 'property client.host': 'mail.lists.example.net' };
  it.each<[string, string, Readonly<Record<string, Value>>, string]>([
    ['lets the one sender in', 'announce@lists.example.net', host, '250 250 250'],
    [
      'but not from elsewhere',
      'announce@lists.example.net',
      { 'property client.host': 'elsewhere.example', 'resolves lists.example.net': true },
      '250 250 553',
    ],
    [
      'leaves the others to badmailfrom',
      'x@lists.example.net',
      { 'resolves lists.example.net': true },
      '250 250 553',
    ],
    ['refuses made-up domains', 'x@a.invalid', {}, '250 550 503'],
    ['refuses what does not resolve', 'x@example.net', { 'resolves example.net': false }, '250 550 503'],
    ['puts off when DNS has no answer', 'x@example.net', {}, '250 451 503'],
    ['takes bounces', '', {}, '250 250 250'],
  ])('%s', async (_, sender, answers, codes) => {
    expect((await play('badmailfrom-override', [from(sender)], { answers })).codes).toBe(codes);
  });
});

describe('databytes-per-domain', () => {
  const answers = {
    'map cdb:control/databytes.cdb @example.org value': '1000',
    'map cdb:control/databytes.cdb @example.com value': '',
  };
  it('announces the ceiling', async () => {
    expect((await play('databytes-per-domain', ['EHLO a\r\n'])).output).toContain('SIZE 52428800');
  });
  it.each([
    ['refuses what is announced as larger', 'SIZE=2000', 'user@example.org', '250 250 552'],
    ['takes it for others', 'SIZE=2000', 'user@example.com', '250 250 250'],
  ])('%s', async (_, size, address, codes) => {
    const input = `EHLO a\r\nMAIL FROM:<a@b.example> ${size}\r\n${to(address)}`;
    expect((await play('databytes-per-domain', [input], { answers })).codes).toBe(codes);
  });
  it('holds the limit for the transaction and not longer', async () => {
    const message = `${'x'.repeat(70)}\r\n`.repeat(20);
    const send = (address: string): readonly string[] => [
      `MAIL FROM:<a@b.example>\r\n${to(address)}DATA\r\n`,
      `${message}.\r\n`,
    ];
    const input = ['EHLO a\r\n', ...send('user@example.org'), ...send('user@example.com')];
    const { codes } = await play('databytes-per-domain', input, { answers });
    expect(codes).toBe('250 250 250 354 552 250 250 354 250');
  });
});

describe('greylist-dynamic', () => {
  const greylist = (ip: string, sender: string, rcpt: string): string =>
    `function greylist ${ip} ${sender} ${rcpt} 300 129600 3024000`;
  const list = 'dnsbl dynamic.dnsbl.example=127.0.0.[10;11] 198.51.100.7';
  const wait = { [greylist('198.51.100.0/24', 'joe@example.net', 'user@example.org')]: true };
  it.each<[string, World, string, string]>([
    ['nobody’s name waits', { answers: { ...wait, 'property client.host': '' } }, 'user@example.org', '451'],
    [
      'a dynamic name waits',
      { answers: { ...wait, 'property client.host': 'dsl-7-100-51-198.example.net' } },
      'user@example.org',
      '451',
    ],
    [
      'a mail server does not',
      { answers: { ...wait, 'property client.host': 'mail.example.net', [list]: '' } },
      'user@example.org',
      '250',
    ],
    [
      'one on the list does',
      { answers: { ...wait, 'property client.host': 'mail.example.net', [list]: '127.0.0.10' } },
      'user@example.org',
      '451',
    ],
    [
      'a list that fails counts as no',
      { answers: { 'property client.host': 'mail.example.net' } },
      'user@example.org',
      '250',
    ],
    ['postmaster is never kept waiting', { answers: wait }, 'postmaster@example.org', '250'],
    ['nor are trusted networks', { ip: '192.0.2.9', answers: wait }, 'user@example.org', '250'],
    ['nor relay clients', { relay: true, answers: wait }, 'user@example.org', '250'],
    [
      'a greylist that fails lets pass',
      { answers: { 'property client.host': '' } },
      'user@example.org',
      '250',
    ],
  ])('%s', async (_, world, address, code) => {
    expect((await play('greylist-dynamic', [`${MAIL}${to(address)}`], world)).codes).toBe(`250 250 ${code}`);
  });
});

describe('header-sanity', () => {
  const GOOD = [
    'From: Joe <joe@example.net>',
    'Date: Tue, 3 Feb 2026 04:00:00 +0000',
    'Subject: hi',
    'Message-ID: <1@example.net>',
  ];
  const send = (fields: readonly string[], world?: World): Promise<Played> =>
    play(
      'header-sanity',
      [`${MAIL}${to('user@example.org')}DATA\r\n`, `${fields.join('\r\n')}\r\n\r\nhello\r\n.\r\n`],
      world,
    );
  it.each<[string, readonly string[], string]>([
    ['a good one', GOOD, '250'],
    ['no From', GOOD.slice(1), '550'],
    ['two', [...GOOD, 'From: eve@example.net'], '550'],
    ['a From without an address', ['From: nobody at all', ...GOOD.slice(1)], '550'],
    ['two subjects', [...GOOD, 'Subject: again'], '550'],
    ['a hundred hops', [...Array.from({ length: 101 }, () => 'Received: x'), ...GOOD], '554'],
  ])('%s', async (_, fields, code) => {
    expect((await send(fields)).codes).toBe(`250 250 250 354 ${code}`);
  });
  it('relay clients may send what they like', async () => {
    expect((await send([], { relay: true })).codes).toBe('250 250 250 354 250');
  });
  it.each([
    ['missing', GOOD.filter((field) => !field.startsWith('Date'))],
    ['unreadable', [...GOOD.filter((field) => !field.startsWith('Date')), 'Date: yesterday']],
    [
      'days ahead',
      [...GOOD.filter((field) => !field.startsWith('Date')), 'Date: Sun, 8 Feb 2026 04:00:00 +0000'],
    ],
  ])('a date that is %s is marked in the queued copy', async (_, fields) => {
    const { queued } = await send(fields);
    expect(queued[0]?.message).toContain('\nX-Header-Check: date\n');
  });
  it('only logs what it takes for bulk', async () => {
    const { codes, log } = await send([
      ...GOOD.slice(0, 2),
      'Subject: an undisclosed offer',
      ...GOOD.slice(3),
    ]);
    expect(codes).toBe('250 250 250 354 250');
    expect(log.join('\n')).toContain('would reject');
  });
});

describe('one-policy', () => {
  const map = (address: string): string => `map file:control/profiles ${address} address`;
  const answers = {
    [map('a@example.org')]: '',
    [map('b@example.org')]: '',
    [map('strict@example.org')]: 'strict',
  };
  it.each([
    ['equals go together', ['a@example.org', 'b@example.org'], '250 250'],
    ['others come by themselves', ['a@example.org', 'strict@example.org', 'b@example.org'], '250 452 250'],
    ['the first one decides', ['strict@example.org', 'a@example.org'], '250 452'],
  ])('%s', async (_, addresses, codes) => {
    expect((await play('one-policy', [`${MAIL}${to(...addresses)}`], { answers })).codes).toBe(
      `250 250 ${codes}`,
    );
  });
  it('starts anew with the next transaction', async () => {
    const input = `${MAIL}${to('strict@example.org')}RSET\r\nMAIL FROM:<joe@example.net>\r\n${to('a@example.org')}`;
    expect((await play('one-policy', [input], { answers })).codes).toBe('250 250 250 250 250 250');
  });
});

describe('spamtrap', () => {
  const map = (address: string): string => `map list:control/spamtraps ${address} has`;
  const answers = {
    'function reputation 198.51.100.7': 0,
    [map('trap@example.org')]: true,
    [map('user@example.org')]: false,
  };
  it('refuses, remembers and slows down; the second time it hangs up', async () => {
    const input = `${MAIL}${to('user@example.org', 'trap@example.org', 'trap@example.org', 'user@example.org')}`;
    const { codes, waited, reports } = await play('spamtrap', [input], { answers });
    expect(codes).toBe('250 250 250 550 421');
    expect(waited).toBe(15);
    expect(reports).toEqual([
      'spamtrap 198.51.100.7 10',
      'spamtrap 198.51.100.0/24 2',
      'spamtrap 198.51.100.7 10',
      'spamtrap 198.51.100.0/24 2',
    ]);
  });
  it('turns a bad reputation away at the door', async () => {
    const { output } = await play('spamtrap', ['EHLO a\r\n'], {
      answers: { 'function reputation 198.51.100.7': -50 },
    });
    expect(output).toMatch(/^554 5\.7\.1 Poor reputation[^\r]*\r\n$/);
  });
  it('has enough of guessing', async () => {
    const foreign = Array.from({ length: 6 }, (_, n) => `u${n}@example.net`);
    const table = Object.fromEntries(foreign.map((address) => [map(address), false]));
    const { codes, reports } = await play('spamtrap', [`${MAIL}${to(...foreign)}`], {
      answers: { ...answers, ...table },
    });
    expect(codes).toBe('250 250 553 553 553 553 553 421');
    expect(reports).toEqual(['dictionary 198.51.100.7 3']);
  });
});

describe('submission', () => {
  it.each([
    ['25', '250 250 250'],
    ['587', '250 530 503'],
    ['465', '250 530 503'],
  ])('on port %s: %s', async (port, codes) => {
    expect((await play('submission', [`${MAIL}${to('user@example.org')}`], { port })).codes).toBe(codes);
  });
});

it('have tests of their own, which pass', async () => {
  let printed = '';
  const print = (text: string): void => {
    printed += text;
  };
  const code = await runTests(
    { paths: [SAMPLES], format: 'human', compat: false },
    { out: print, err: print },
  );
  expect(code, printed).toBe(0);
  for (const name of EXAMPLES) expect(printed).toMatch(new RegExp(`^ok .*/${name}\\.svtest `, 'm'));
});

it.each(EXAMPLES)('%s has no compiled file beside it', (name) => {
  expect(existsSync(join(SAMPLES, `${name}.mflc`))).toBe(false);
});
