// Clients that send too much of something: endless lines, endless recipients, a hundred thousand commands at once. The
// session answers or hangs up, and what it holds in memory does not grow with what is sent. Everything here is
// determined; the random part is in session.test.ts.

import { expect, it } from 'vitest';
import { hopCounter } from '../../src/mail/index.ts';
import { dataDecoder, LineReader, TOO_LONG } from '../../src/smtp/index.ts';
import { playInMemory } from '../support/memory-player.ts';
import type { Scenario, Step } from '../support/scenario.ts';
import { WILLING_QUEUE } from '../support/scenario.ts';

function scenario(profile: Scenario['profile'], ...octets: readonly string[]): Scenario {
  return {
    profile,
    arguments: [],
    control: {
      me: { kind: 'file', octets: 'mx.example.com\n' },
      rcpthosts: { kind: 'file', octets: 'example.com\n' },
    },
    env: { TCPREMOTEIP: '203.0.113.9', TCPREMOTEHOST: 'client.example.net', TCPLOCALHOST: 'mx.example.com' },
    steps: octets.map((piece): Step => ({ kind: 'send', octets: piece })),
    hold: false,
    queue: WILLING_QUEUE,
  };
}

const TRANSACTION = 'MAIL FROM:<sender@example.net>\r\nRCPT TO:<user@example.com>\r\n';
const MEGABYTE = 1024 * 1024;

/** Reply lines without the greeting. */
async function replies(played: Scenario): Promise<readonly string[]> {
  const { output, problems } = await playInMemory(played, 'whole');
  expect(problems).toEqual([]);
  return output.split('\r\n').slice(1, -1);
}

it('answers a hundred thousand pipelined commands in the stock profile, without holding the replies back', async () => {
  const seen = await playInMemory(scenario('stock', 'NOOP\r\n'.repeat(100_000), 'QUIT\r\n'), 'whole');
  expect(seen.output).toBe(
    `220 mx.example.com ESMTP\r\n${'250 ok\r\n'.repeat(100_000)}221 mx.example.com\r\n`,
  );
  expect(seen.longestWrite).toBeLessThan(20_000);
});

it('hangs up on a hundred thousand pipelined commands in the mvmtr profile', async () => {
  const lines = await replies(scenario('mvmtr', 'NOOP\r\n'.repeat(100_000), 'QUIT\r\n'));
  expect(lines.length).toBeLessThan(200);
  expect(lines.at(-1)).toMatch(/^421 4\.7\.0 /);
});

it('skips a command line of a megabyte in the mvmtr profile and obeys the next one', async () => {
  const line = `MAIL FROM:<${'a'.repeat(MEGABYTE)}@example.net>\r\n`;
  const lines = await replies(scenario('mvmtr', line, 'NOOP\r\n', 'QUIT\r\n'));
  expect(lines.map((reply) => reply.slice(0, 9))).toEqual(['500 5.5.2', '250 2.0.0', '221 2.0.0']);
});

it('takes a command line of a megabyte in the stock profile, and refuses the address', async () => {
  const line = `MAIL FROM:<${'a'.repeat(MEGABYTE)}@example.net>\r\n`;
  const lines = await replies(scenario('stock', line, 'QUIT\r\n'));
  expect(lines).toEqual(['555 syntax error (#5.5.4)', '221 mx.example.com']);
});

it.each(['stock', 'mvmtr'] as const)(
  'takes a message line of eight megabytes in the %s profile',
  async (profile) => {
    const line = 'b'.repeat(8 * MEGABYTE);
    const played = scenario(profile, `${TRANSACTION}DATA\r\n`, `${line}\r\n.\r\n`, 'QUIT\r\n');
    const { queued, problems, exit } = await playInMemory(played, 'octets');
    expect([queued.length, exit, problems]).toEqual([1, 0, []]);
    expect(queued[0]?.message.endsWith(`\n${line}\n`)).toBe(true);
  },
);

it.each([
  ['before HELO', ''],
  ['after MAIL', 'MAIL FROM:<sender@example.net>\r\n'],
  ['within DATA', `${TRANSACTION}DATA\r\n`],
])('says nothing to half a line at the end of input, %s', async (_where, before) => {
  for (const half of ['Q', 'QUIT', 'QUIT\r', '.', '.\r', 'text\r', '\0']) {
    for (const profile of ['stock', 'mvmtr'] as const) {
      const whole = await playInMemory(scenario(profile, before), 'whole');
      const seen = await playInMemory(scenario(profile, before, half), 'whole');
      expect(seen).toMatchObject({ output: whole.output, exit: 1, queued: [], problems: [] });
    }
  }
});

it('has a bound on recipients in both profiles', async () => {
  const rcpt = `RCPT TO:<${'u'.repeat(500)}@example.com>\r\n`;
  const own = await replies(scenario('mvmtr', 'MAIL FROM:<>\r\n', rcpt.repeat(1050), 'QUIT\r\n'));
  expect(own.filter((line) => line.startsWith('250 2.1.5 ')).length).toBe(1000);
  expect(own.filter((line) => line.startsWith('452 4.5.3 ')).length).toBe(50);
  const stock = await replies(scenario('stock', 'MAIL FROM:<>\r\n', rcpt.repeat(80_000), 'QUIT\r\n'));
  expect(stock.at(-1)).toBe('421 out of memory (#4.3.0)');
});

it('holds no more of an endless command line than its limit, and of an endless message line next to nothing', () => {
  const chunk = new Uint8Array(65536).fill(0x61);
  const before = heldMemory();
  const lines = new LineReader(4096);
  const decoder = dataDecoder(hopCounter(), false);
  for (let n = 0; n < 4096; n += 1) {
    lines.push(chunk);
    expect(lines.next()).toBe(null);
    expect(decoder.feed(chunk).octets.length).toBe(65536);
  }
  lines.push(Uint8Array.of(0x0a));
  expect(lines.next()).toBe(TOO_LONG);
  // 256 MB went through; a tenth of it would have shown.
  expect(heldMemory() - before).toBeLessThan(64 * MEGABYTE);
});

function heldMemory(): number {
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
}
