import { describe, expect, test } from 'vitest';
import type { Answer, Value } from '../runtime.ts';
import { faultOf, holds, runScript, type World } from './script.fixture.ts';

const ok = (value: Value): Answer => ({ ok: true, value });

describe('environment (RFC 5183, and the table of the reference)', () => {
  const properties = {
    'server.name': 'mx.example.org',
    'server.version': '1.2.3',
    'client.ip': '192.0.2.1',
    'spf.result': 'pass',
    'tls.active': true,
  };
  const known = { 'property client.host': ok('client.example.net') };

  test.each([
    ['environment :is "name" "mvmtr"', true],
    ['environment :is "location" "MTA"', true],
    ['environment :is "phase" "pre"', true],
    ['environment :is "host" "mx.example.org"', true],
    ['environment :is "domain" "example.org"', true],
    ['environment :is "Remote-IP" "192.0.2.1"', true],
    ['environment :is "remote-host" "client.example.net"', true],
    ['environment :is "version" "1.2.3"', true],
    ['environment :is "vnd.mvmtr.spf" "pass"', true],
    ['environment :is "vnd.mvmtr.tls" "true"', true],
    ['environment :is "vnd.mvmtr.helo" ""', true],
    ['environment :matches "vnd.klingon" "*"', false],
  ])('%s', async (sieve, expected) => expect(await holds(sieve, { properties, known })).toBe(expected));

  test('settings name another product', async () => {
    expect(
      await holds('environment "name" "Other"', { properties: { 'sieve.environment.name': 'Other' } }),
    ).toBe(true);
  });
});

describe('spamtest and virustest (RFC 5235)', () => {
  const score = {
    'sieve.sieve_spamtest_status_header': 'X-Spam: score=(-?[0-9.]+)',
    'sieve.sieve_spamtest_max_value': '10',
    'sieve.sieve_virustest_status_header': 'X-Virus',
    'sieve.sieve_virustest_status_type': 'text',
    'sieve.sieve_virustest_text_value1': 'clean',
    'sieve.sieve_virustest_text_value5': 'found',
  };
  const strlen = {
    'sieve.sieve_spamtest_status_header': 'X-Bar',
    'sieve.sieve_spamtest_status_type': 'strlen',
    'sieve.sieve_spamtest_max_header': 'X-Max: ([0-9]+)',
  };
  const message = 'X-Spam: score=5.0\nX-Virus: found\nX-Bar: sssss\nX-Max: 5\n\n';

  test.each<[string, World['properties'], string, boolean]>([
    ['spamtest "5"', score, message, true],
    ['spamtest :percent "50"', score, message, true],
    ['spamtest :value "ge" :comparator "i;ascii-numeric" "3"', score, message, true],
    ['spamtest "10"', strlen, message, true],
    ['spamtest "1"', score, 'X-Spam: score=-3\n\n', true],
    ['spamtest "0"', score, 'X-Spam: none\n\n', true],
    ['spamtest "0"', score, 'X: y\n\n', true],
    ['spamtest "0"', {}, message, true],
    ['spamtest :count "eq" :comparator "i;ascii-numeric" "0"', {}, message, true],
    ['spamtest :count "eq" :comparator "i;ascii-numeric" "1"', score, message, true],
    ['spamtest :percent :count "eq" :comparator "i;ascii-numeric" "1"', score, 'X-Spam: score=0\n\n', true],
    ['spamtest :percent "0"', score, 'X-Spam: score=0\n\n', true],
    ['virustest "5"', score, message, true],
    ['virustest "1"', score, 'X-Virus: clean\n\n', true],
    ['virustest "0"', score, 'X-Virus: odd\n\n', true],
    ['virustest "5"', { 'virus.found': true }, message, true],
    ['spamtest "10"', { 'spam.score': 9, 'spam.required': 5 }, message, true],
  ])('%s', async (sieve, properties, text, expected) => {
    expect(await holds(sieve, { properties: properties ?? {}, message: text })).toBe(expected);
  });
});

test.each([
  ['ihave "fileinto"', true],
  ['ihave ["fileinto", "vnd.klingon"]', false],
  ['valid_notify_method "mailto:a@x.test"', true],
  ['valid_notify_method ["mailto:a@x.test", "xmpp:a@x.test"]', false],
  ['notify_method_capability :is "mailto:a@x.test" "Online" "maybe"', true],
  ['notify_method_capability :is "mailto:a@x.test" "colour" "maybe"', false],
])('%s', async (sieve, expected) => expect(await holds(sieve)).toBe(expected));

describe('what only the mail store knows', () => {
  test.each<[string, string, Value, boolean]>([
    ['mailboxexists ["A", "B"]', 'sieve mailboxexists [["A","B"]]', true, true],
    ['mailboxexists "A"', 'sieve mailboxexists [["A"]]', false, false],
    ['specialuse_exists "\\\\Junk"', 'sieve specialuse_exists ["",["\\\\Junk"]]', true, true],
    ['metadata :contains "INBOX" "/private/x" "al"', 'sieve metadata ["INBOX","/private/x"]', 'value', true],
    ['metadata :contains "INBOX" "/private/x" ""', 'sieve metadata ["INBOX","/private/x"]', false, false],
    ['duplicate', 'sieve duplicate ["","<1@x.test>",604800,false]', true, true],
    ['duplicate :handle "h" :seconds 60 :last', 'sieve duplicate ["h","<1@x.test>",60,true]', true, true],
    ['duplicate :uniqueid "u"', 'sieve duplicate ["","u",604800,false]', true, true],
    ['duplicate :header "x-none"', 'none', true, false],
  ])('%s', async (sieve, key, value, expected) => {
    const world = { message: 'Message-ID: <1@x.test>\n\n', known: { [key]: ok(value) } };
    expect(await holds(sieve, world)).toBe(expected);
  });

  test('is asked, and fails the script where nobody can say', async () => {
    const run = await runScript('if mailboxexists "A" { stop; }');
    expect(run.end === 'needs' && run.lookup.question).toMatchObject({
      kind: 'function',
      name: 'mailboxexists',
    });
    const known = { 'sieve mailboxexists [["A"]]': { ok: false, reason: 'no mail store here' } } as const;
    expect(await faultOf('if mailboxexists "A" { stop; }', { known })).toBe('MFL-RUN-LOOKUP');
  });
});
