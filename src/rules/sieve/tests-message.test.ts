import { describe, expect, test } from 'vitest';
import { faultOf, holds, runScript, type World } from './script.fixture.ts';

async function table(world: World, rows: readonly (readonly [string, boolean])[]): Promise<void> {
  for (const [sieve, expected] of rows) expect([sieve, await holds(sieve, world)]).toEqual([sieve, expected]);
}

const MESSAGE = `Received: from c by d; Mon, 01 Jan 2001 10:00:00 +0100
Received: from a by b; Mon, 01 Jan 2001 09:00:00 +0000
From: "Sender, S." <sender+news@Example.NET>
To: group: joe@example.org, "J. D." <jd@example.com>;
Cc: broken address
Subject:  Make
\tmoney =?utf-8?Q?f=C3=A4st?= 
X-Empty:
X-Caffeine: C8H10N4O2

Body`;

describe('header (RFC 5228 §5.7)', () => {
  test('values', () =>
    table({ message: MESSAGE }, [
      ['header :is "subject" "Make\tmoney fäst"', true],
      ['header :is "SUBJECT" "make\tMONEY fäst"', true],
      ['header :is :comparator "i;octet" "subject" "make\tmoney fäst"', false],
      ['header :contains "subject" "MONEY"', true],
      ['header :contains ["x-none", "subject"] ["a", "b"]', true],
      ['header :contains "x-none" ""', false],
      ['header :is "x-empty" ""', true],
      ['header :contains "x-empty" ""', true],
      ['header :is "x-caffeine" ""', false],
      ['header :contains "x-caffeine" ""', true],
      ['header :matches "x-caffeine" "C*O?"', true],
    ]));

  test('index (RFC 5260 §6)', () =>
    table({ message: MESSAGE }, [
      ['header :index 1 :contains "received" "from c"', true],
      ['header :index 2 :contains "received" "from c"', false],
      ['header :index 1 :last :contains "received" "from a"', true],
      ['header :index 3 :contains "received" ""', false],
      ['header :index 1 :contains ["received", "subject"] "money"', true],
    ]));
});

test('address (RFC 5228 §5.1)', () =>
  table({ message: MESSAGE }, [
    ['address :is "from" "sender+news@example.net"', true],
    ['address :all :contains "from" "Sender, S."', false],
    ['address :domain :is "from" "example.net"', true],
    ['address :localpart :is "from" "sender+news"', true],
    ['address :user :is "from" "sender"', true],
    ['address :detail :is "from" "news"', true],
    ['address :detail :contains "to" ""', false],
    ['address :is ["to", "cc"] "JD@example.com"', true],
    ['address :localpart :contains "to" "group"', false],
    ['address :is "cc" "broken address"', true],
    ['address :domain :contains "cc" ""', false],
    ['address :domain :contains "x-none" ""', false],
  ]));

test('RFC 5233 §4: the separator is a setting', () =>
  table({ message: 'To: joe--x@example.org\n\n', properties: { 'sieve.recipient_delimiter': '-' } }, [
    ['address :user :is "to" "joe"', true],
    ['address :detail :is "to" "-x"', true],
  ]));

test('exists and size (RFC 5228 §5.5, §5.9)', () =>
  table({ message: 'From: a@b.test\nDate: x\n\n12345\n' }, [
    ['exists ["from", "DATE"]', true],
    ['exists ["from", "to"]', false],
    ['size :over 33', true],
    ['size :over 34', false],
    ['size :under 34', false],
    ['size :under 35', true],
  ]));

test('the logical tests (RFC 5228 §5.2, §5.3, §5.6, §5.8, §5.10)', () =>
  table({}, [
    ['true', true],
    ['false', false],
    ['not false', true],
    ['allof (true, true)', true],
    ['allof (true, false)', false],
    ['anyof (false, true)', true],
    ['anyof (false, false)', false],
    ['not anyof (not true, allof (true, false))', true],
  ]));

describe('envelope (RFC 5228 §5.4)', () => {
  test('addresses', () =>
    table({ from: 'Sender+x@Example.net', to: ['joe@example.org', 'ann@example.com'] }, [
      ['envelope :is "from" "sender+x@example.net"', true],
      ['envelope :all :is "FROM" "sender+x@example.net"', true],
      ['envelope :domain :is "to" "example.com"', true],
      ['envelope :detail :is "from" "x"', true],
      ['envelope :is ["from", "to"] "ann@example.com"', true],
      ['envelope :is "auth" "joe"', false],
    ]));

  test('the null path is the empty string for every part', () =>
    table({ from: '' }, [
      ['envelope :is "from" ""', true],
      ['envelope :domain :is "from" ""', true],
      ['envelope :localpart :is "from" ""', true],
      ['not envelope :contains "from" "@"', true],
    ]));

  test('the parts of other extensions come from the session', () =>
    table({ properties: { 'envelope.notify': 'SUCCESS', 'auth.user': 'joe' } }, [
      ['envelope :is "notify" "success"', true],
      ['envelope :is "auth" "joe"', true],
      ['envelope :contains "orcpt" ""', false],
    ]));
});

test('string (RFC 5229 §5)', async () => {
  const before = 'set "state" "${state} pending";';
  expect(await holds('string :matches " ${state} " "* pending *"', {}, before)).toBe(true);
  await table({}, [
    ['string :is ["a", "b"] ["c", "b"]', true],
    ['string :count "eq" :comparator "i;ascii-numeric" ["a", "", "b"] "2"', true],
    ['string :is "${unset}" ""', true],
  ]);
});

test('a header beyond the budget is not seen', async () => {
  const message = `A: 1\nB: ${'x'.repeat(70_000)}\nC: 3\n\n`;
  expect(await holds('exists "a"', { message })).toBe(true);
  expect(await holds('exists "c"', { message })).toBe(false);
  const run = await runScript('if exists "a" { keep; } if exists "b" { keep; }', { message });
  expect(run.end === 'done' && run.effects).toEqual([{ effect: 'tag', name: 'header-cut', value: '65536' }]);
});

test('a header of a megabyte and 20 000 fields are no trouble', async () => {
  expect(
    await faultOf('if header :contains "x" "y" { stop; }', { message: `X: ${'x'.repeat(1_048_576)}\n\n` }),
  ).toBeNull();
  const message = `${'X: 1\n'.repeat(20_000)}\n`;
  expect(await faultOf('if header :contains "x" "y" { stop; }', { message })).toBeNull();
});

test('the size is that of the whole message', async () => {
  const { programFor, inputFor } = await import('./script.fixture.ts');
  const { runMain } = await import('../interpreter/index.ts');
  const known = { message: { ok: true, value: '' } } as const;
  const input = { ...(await inputFor({ known })), message: { fields: [] } };
  const run = runMain(programFor('if size :over 1 { stop; }'), input);
  expect(run.end === 'failed' && run.fault.code).toBe('MFL-SIEVE-MESSAGE');
});

test('without a message the run stops with a question for it', async () => {
  const { programFor, inputFor } = await import('./script.fixture.ts');
  const { runMain } = await import('../interpreter/index.ts');
  const input = { ...(await inputFor({})), message: null };
  const run = runMain(programFor('if exists "x" { stop; }'), input);
  expect(run.end === 'needs' && run.lookup.key).toBe('message');
  expect((await runScript('if envelope "from" "x" { stop; }')).end).toBe('done');
});
