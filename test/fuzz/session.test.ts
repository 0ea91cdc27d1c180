// Random dialogues with the session in memory: valid commands, damaged ones and plain noise, bodies that are mostly CR, LF
// and dots, cut into reads at random. Whatever comes in: the session ends, every reply line is well formed, nothing
// is queued that the client did not end properly and was not told 250 about, and no hand-off is left open.

import { expect, it } from 'vitest';
import { playConfigured, type SeenInMemory, withHome } from '../support/memory-player.ts';
import { FUZZ_SECONDS, fuzz, type Random } from '../support/random.ts';
import type { Scenario, Step } from '../support/scenario.ts';
import { WILLING_QUEUE } from '../support/scenario.ts';

const BASE: Omit<Scenario, 'profile' | 'steps' | 'hold'> = {
  arguments: [],
  control: {
    me: { kind: 'file', octets: 'mx.example.com\n' },
    rcpthosts: { kind: 'file', octets: 'example.com\n' },
    badmailfrom: { kind: 'file', octets: '@bad.example\n' },
    databytes: { kind: 'file', octets: '5000\n' },
  },
  env: { TCPREMOTEIP: '203.0.113.9', TCPREMOTEHOST: 'client.example.net', TCPLOCALHOST: 'mx.example.com' },
  queue: WILLING_QUEUE,
};

const COMMANDS = [
  'HELO client.example.net',
  'EHLO [192.0.2.7]',
  'MAIL FROM:<sender@example.net>',
  'MAIL FROM:<> SIZE=100 BODY=8BITMIME',
  'MAIL FROM:<x@bad.example>',
  'RCPT TO:<user@example.com>',
  'RCPT TO:<"a b"@example.com>',
  'RCPT TO:<user@[127.0.0.1]>',
  'RCPT TO:<user@example.org>',
  'DATA',
  'RSET',
  'NOOP',
  'VRFY x',
  'HELP',
] as const;

const NOISE = [
  '\r',
  '\n',
  '.',
  '\r\n',
  '\r\n.\r\n',
  '\n.\n',
  '\0',
  '<',
  '>',
  '@',
  '"',
  '\\',
  ' ',
  ':',
  '[',
  'a',
] as const;

function damaged(random: Random, line: string): string {
  const at = random.below(line.length + 1);
  const gone = random.chance(0.5) ? random.below(3) : 0;
  return (
    line.slice(0, at) +
    random.pick([random.octets(1 + random.below(3)), random.pick(NOISE)]) +
    line.slice(at + gone)
  );
}

function body(random: Random): string {
  const piece = (): string => (random.chance(0.3) ? random.octets(random.below(200)) : random.pick(NOISE));
  const lines = Array.from(
    { length: random.below(30) },
    () => piece() + random.pick(['\r\n', '\r\n', '\r\n', '']),
  );
  return lines.join('') + random.pick(['\r\n.\r\n', '\r\n.\r\n', '.\r\n', '']);
}

function part(random: Random): string {
  const dice = random.below(20);
  if (dice === 0) return random.octets(random.below(5000));
  if (dice < 4) return `${damaged(random, random.pick(COMMANDS))}\r\n`;
  if (dice < 9) return `${random.pick(COMMANDS)}${random.pick(['\r\n', '\n'])}`;
  if (dice === 9) return body(random);
  const opening = ['MAIL FROM:<sender@example.net>', 'RCPT TO:<user@example.com>', 'DATA'];
  return (
    opening.map((line) => `${random.chance(0.05) ? damaged(random, line) : line}\r\n`).join('') + body(random)
  );
}

function cutUp(random: Random, input: string): readonly Step[] {
  const steps: Step[] = [];
  for (let at = 0; at < input.length; ) {
    const size = random.chance(0.3) ? 1 + random.below(3) : 1 + random.below(500);
    steps.push({ kind: 'send', octets: input.slice(at, at + size) });
    at += size;
  }
  return steps;
}

const REPLY_LINE = /^[2-5][0-9]{2}[ -][\x20-\x7e]*$/;

function check(input: string, profile: Scenario['profile'], seen: SeenInMemory): void {
  expect(seen.problems).toEqual([]);
  expect(seen.output.endsWith('\r\n')).toBe(true);
  const lines = seen.output.slice(0, -2).split('\r\n');
  expect(lines.filter((line) => !REPLY_LINE.test(line))).toEqual([]);
  if (profile === 'mvmtr') expect(lines.filter((line) => line.length > 510)).toEqual([]);
  expect(seen.events.filter((event) => event.event === 'fault')).toEqual([]);
  expect(seen.events.filter((event) => event.event === 'end').length).toBe(1);
  // Told 250 exactly as often as something was queued.
  expect(lines.filter((line) => /^250 (2\.0\.0 )?ok [0-9]+ qp /.test(line)).length).toBe(seen.queued.length);
  // With line ends and dot-stuffing undone everywhere, every message is somewhere in the input, with its end behind it.
  const plain = input.replace(/(?<=\n)\.(?!\r)/g, '').replaceAll('\r\n', '\n');
  for (const { message } of seen.queued) {
    const content = message.replace(/^Received: [^\n]*\n {2}[^\n]*\n/, '');
    expect(plain.includes(`${content}.\n`), JSON.stringify(content)).toBe(true);
  }
}

it.each(['stock', 'mvmtr'] as const)(
  'answers random dialogues properly in the %s profile',
  async (profile) => {
    const scenario = { ...BASE, profile, steps: [], hold: false };
    await withHome(scenario, (config) =>
      fuzz(async (random) => {
        const input = Array.from({ length: random.below(40) }, () => part(random)).join('');
        const played = { ...scenario, steps: cutUp(random, input), hold: random.chance(0.2) };
        check(
          input,
          profile,
          await playConfigured(config, { scenario: played, cutting: 'whole', canRun: true }),
        );
      }),
    );
  },
  (FUZZ_SECONDS + 30) * 1000,
);
