// Every bound of a session with a small number of its own, to the octet, the command and the second: what fits, what is one
// too many, and what the client hears then. Client, queue and clock are in memory; nothing sleeps.

import { describe, expect, it } from 'vitest';
import { VIRTUAL_START } from '../../test/support/memory-channel.ts';
import { playConfigured, type SeenInMemory } from '../../test/support/memory-player.ts';
import { type Step, WILLING_QUEUE } from '../../test/support/scenario.ts';
import { CONFIG } from '../../test/support/session-config.ts';
import type { SessionConfig } from './config.ts';
import { type Limits, OWN_LIMITS, REFUSALS_LOGGED, STOCK_LIMITS } from './limits.ts';
import { STOCK } from './profile.ts';

const AS_STOCK: Partial<SessionConfig> = { profile: STOCK, limits: STOCK_LIMITS };

const limited = (limits: Partial<Limits>): Partial<SessionConfig> => ({
  limits: { ...OWN_LIMITS, ...limits },
});

/**
 * @param input octets to send, or seconds of silence
 * @param exit the queue program's exit code
 */
async function play(
  input: readonly (string | number)[],
  config: Partial<SessionConfig>,
  exit = 0,
): Promise<SeenInMemory> {
  const steps = input.map(
    (part): Step =>
      typeof part === 'string' ? { kind: 'send', octets: part } : { kind: 'wait', milliseconds: part * 1000 },
  );
  const whole = { ...CONFIG, ...config };
  const queue = { ...WILLING_QUEUE, exits: [exit] };
  const scenario = {
    profile: whole.profile.name,
    arguments: [],
    control: {},
    env: {},
    steps,
    hold: false,
    queue,
  };
  const seen = await playConfigured(whole, { scenario, cutting: 'whole', canRun: true });
  expect(seen.problems).toEqual([]);
  return seen;
}

/** Codes of all replies behind the greeting. */
const codes = ({ output }: SeenInMemory): string =>
  output
    .split('\r\n')
    .slice(1, -1)
    .map((line) => line.slice(0, 3))
    .join(' ');

const howItEnded = ({ events }: SeenInMemory): unknown => events.at(-1);

const TRANSACTION = 'MAIL FROM:<a@b>\r\nRCPT TO:<u@c>\r\n';
const MESSAGE = 'x\r\n.\r\n';

it('errors: one more is answered, then 421', async () => {
  const seen = await play(['X\r\n'.repeat(5)], limited({ errors: 2 }));
  expect(codes(seen)).toBe('502 502 502 421');
  expect(seen.exit).toBe(1);
  expect(howItEnded(seen)).toMatchObject({ event: 'end', how: 'refused' });
});

describe('commands without mail', () => {
  it.each([
    ['as many as may be', 'NOOP\r\n'.repeat(3), '250 250 250'],
    ['one more', 'NOOP\r\n'.repeat(5), '250 250 250 421'],
    ['QUIT is heard all the same', `${'NOOP\r\n'.repeat(3)}QUIT\r\n`, '250 250 250 221'],
    ['those of a transaction do not count', `${'NOOP\r\n'.repeat(3)}${TRANSACTION}`, '250 250 250 250 250'],
    [
      'nor do they start the count anew',
      `NOOP\r\n${TRANSACTION}RSET\r\nNOOP\r\nNOOP\r\n`,
      '250 250 250 250 250 421',
    ],
    ['unknown verbs count', `${'X\r\n'.repeat(3)}NOOP\r\n`, '502 502 502 421'],
  ])('%s', async (_, input, replies) => {
    expect(codes(await play([input], limited({ commandsWithoutMail: 3 })))).toBe(replies);
  });

  it.each([
    ['an accepted message starts the count anew', 0, '250 250'],
    ['a refused one does not', 53, '451 421'],
  ])('%s', async (_, exit, replies) => {
    const input = ['NOOP\r\n'.repeat(3), `${TRANSACTION}DATA\r\n`, `${MESSAGE}NOOP\r\n`];
    const seen = await play(input, limited({ commandsWithoutMail: 3 }), exit);
    expect(codes(seen)).toBe(`250 250 250 250 250 354 ${replies}`);
  });
});

it('recipients: the rest is put off, and the message goes to those that fit', async () => {
  const seen = await play(
    [`MAIL FROM:<a@b>\r\n${'RCPT TO:<u@c>\r\n'.repeat(3)}DATA\r\n`, MESSAGE],
    limited({ recipients: 2 }),
  );
  expect(codes(seen)).toBe('250 250 250 452 354 250');
  expect(seen.queued.map(({ envelope }) => envelope)).toEqual(['Fa@b\0Tu@c\0Tu@c\0\0']);
});

it.each<[string, Partial<SessionConfig>, string]>([
  ['three of 3 octets fit in 9', limited({ envelope: 9 }), '250 250 250 250'],
  ['not in 8', limited({ envelope: 8 }), '250 250 250 452'],
  ['stock hangs up', { ...AS_STOCK, limits: { ...STOCK_LIMITS, envelope: 8 } }, '250 250 250 421'],
  [
    'what RELAYCLIENT adds counts',
    {
      profile: STOCK,
      limits: { ...STOCK_LIMITS, envelope: 14 },
      client: { ...CONFIG.client, relayClient: '.x' },
    },
    '250 250 250 421',
  ],
])('envelope: %s', async (_, config, replies) => {
  expect(codes(await play(['MAIL FROM:<a@b>\r\n', 'RCPT TO:<u@c>\r\n'.repeat(3)], config))).toBe(replies);
});

it.each<[string, Partial<SessionConfig>, string]>([
  ['mvmtr skips what is longer', limited({ commandLine: 8 }), '250 500 250'],
  ['stock hangs up', { ...AS_STOCK, limits: { ...STOCK_LIMITS, commandLine: 8 } }, '250 421'],
])('command line: %s', async (_, config, replies) => {
  expect(codes(await play(['NOOP 678\r\nNOOP 6789\r\nNOOP\r\n'], config))).toBe(replies);
});

describe('time', () => {
  it.each<[string, readonly (string | number)[], number]>([
    ['before HELO', ['NOOP\r\n', 60], 10],
    ['between commands', ['HELO a\r\n', 60], 20],
    ['within a message', [`HELO a\r\n${TRANSACTION}DATA\r\n`, 60], 30],
    ['from the last octets on', ['HELO a\r\n', 15, 'NO', 15, 'OP\r\n', 60], 50],
  ])('%s it is a timeout', async (_, input, seconds) => {
    const seen = await play(input, limited({ session: 1000 }));
    expect(seen.output).toMatch(/\r\n421 4\.4\.2 Timeout[^\r]*\r\n$/);
    expect(seen.ended - VIRTUAL_START).toBe(seconds * 1000);
    expect(howItEnded(seen)).toMatchObject({ event: 'end', how: 'timeout', seconds });
  });

  it.each<[string, readonly (string | number)[]]>([
    ['between commands', ['HELO a\r\n', 15, 'NOOP\r\n', 15, 'NOOP\r\n', 60]],
    ['within a message', [`HELO a\r\n${TRANSACTION}DATA\r\n`, 25, 'x\r\n', 60]],
  ])('%s the session ends when its own is over', async (_, input) => {
    const seen = await play(input, limited({ session: 35 }));
    expect(seen.output).toMatch(/\r\n421 4\.4\.2 This session[^\r]*\r\n$/);
    expect(seen.ended - VIRTUAL_START).toBe(35_000);
    expect([seen.exit, seen.queued]).toEqual([1, []]);
  });

  it('is not bounded in stock but by the timeout', async () => {
    const seen = await play([...Array.from({ length: 3000 }, () => [19, 'NOOP\r\n']).flat(), 'QUIT\r\n'], {
      ...AS_STOCK,
      timeouts: { helo: 20, command: 20, data: 20 },
    });
    expect(howItEnded(seen)).toMatchObject({ event: 'end', how: 'quit', seconds: 3000 * 19 });
  });
});

it('refusals logged: so many, and of the rest the number', async () => {
  const refused = REFUSALS_LOGGED + 10;
  const { events } = await play(['X\r\n'.repeat(refused), 'QUIT\r\n'], AS_STOCK);
  expect(events.filter(({ event }) => event === 'refused').length).toBe(REFUSALS_LOGGED);
  expect(events.at(-1)).toMatchObject({ event: 'end', how: 'quit', refused });
});

it('the dialogue in the log: when it is wanted, and never the message', async () => {
  const input = [`${TRANSACTION}DATA\r\n`, 'secret\r\n.\r\n', 'QUIT\r\n'];
  const { events } = await play(input, { verbose: true });
  const said = events.flatMap((event) => (event.event === 'said' ? [event] : []));
  const verbs = said.filter(({ by }) => by === 'client').map(({ text }) => text.slice(0, 4));
  expect(verbs).toEqual(['MAIL', 'RCPT', 'DATA', 'QUIT']);
  expect(said.filter(({ by }) => by === 'server').length).toBe(6);
  expect(JSON.stringify(events)).not.toContain('secret');
  expect((await play(input, {})).events.some(({ event }) => event === 'said')).toBe(false);
});
