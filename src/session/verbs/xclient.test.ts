// XCLIENT from a proxy that is trusted: what it says, by table; what is refused; and two sessions in a row on one channel, the
// proxy's and its client's, as whoever runs them puts them together. To everybody else it is a command that does not exist.

import { describe, expect, it } from 'vitest';
import { CUTTINGS, type Cutting, memoryChannel } from '../../../test/support/memory-channel.ts';
import { memoryQueue } from '../../../test/support/memory-queue.ts';
import { seededRandom } from '../../../test/support/random.ts';
import { WILLING_QUEUE } from '../../../test/support/scenario.ts';
import { NO_RULES } from '../../../test/support/services.ts';
import { CONFIG } from '../../../test/support/session-config.ts';
import { type Facts, type Policy, PROCEED, type Stage } from '../../policy/index.ts';
import { channelBehind } from '../../serve/channel-behind.ts';
import type { SessionConfig } from '../config.ts';
import type { SessionEvent } from '../events.ts';
import { STOCK_LIMITS } from '../limits.ts';
import { STOCK } from '../profile.ts';
import { type Ending, session } from '../session.ts';
import { heloTold, type Told } from './xclient.ts';

const AS_STOCK: SessionConfig = { ...CONFIG, profile: STOCK, limits: STOCK_LIMITS };
const PROXY: SessionConfig = { ...CONFIG, xclient: true };

interface Seen {
  readonly lines: readonly string[];
  readonly endings: readonly Ending[];
  readonly trace: readonly string[];
  readonly events: readonly SessionEvent[];
}

interface Play {
  readonly config?: SessionConfig;
  readonly cutting?: Cutting;
  /** The configuration of the session with the client that was named. */
  readonly behind?: (told: Told) => SessionConfig;
}

/** Sessions on one channel, until one ends otherwise than with XCLIENT. */
async function play(input: string, { config = PROXY, cutting = 'whole', behind }: Play = {}): Promise<Seen> {
  const client = memoryChannel([{ kind: 'send', octets: input }], false, cutting);
  const queue = memoryQueue({ script: WILLING_QUEUE, canRun: true, advance: client.advance });
  const events: SessionEvent[] = [];
  const endings: Ending[] = [];
  const log = (event: SessionEvent): void => void events.push(event);
  const rest = { ...NO_RULES, queue, clock: client.clock, log };
  let ending = await session(config, { ...rest, channel: client });
  let channel = channelBehind(client, new Uint8Array(0));
  for (endings.push(ending); ending.handover && behind; endings.push(ending)) {
    channel = channelBehind(channel, ending.handover.rest);
    ending = await session(behind(ending.handover.told), { ...rest, channel });
  }
  expect([...client.problems(), ...queue.problems()]).toEqual([]);
  const trace = queue.queued().map(({ message }) => message.split('\n', 1)[0] ?? '');
  return { lines: client.output().split('\r\n').slice(0, -1), endings, trace, events };
}

/** As a caller that takes its word for the client's name and address. */
const named = ({ ADDR, NAME, ...told }: Told): SessionConfig => ({
  ...CONFIG,
  client: { ...CONFIG.client, ip: ADDR ?? 'unknown', host: NAME ?? 'unknown' },
  helo: heloTold(told),
});

const toldBy = async (argument: string): Promise<Told | undefined> =>
  (await play(`XCLIENT ${argument}\r\n`)).endings[0]?.handover?.told;

describe('attributes', () => {
  it.each<[string, Told]>([
    ['NAME=mail.example.org', { NAME: 'mail.example.org' }],
    ['NAME=my_host.Example.org', { NAME: 'my_host.Example.org' }],
    ['name=[UNAVAILABLE] addr=[tempUnavail]', { NAME: null, ADDR: null }],
    ['PROTO=[UNAVAILABLE] HELO=[UNAVAILABLE] PORT=[UNAVAILABLE]', { PROTO: null, HELO: null, PORT: null }],
    ['DESTADDR=[UNAVAILABLE] DESTPORT=+5BUNAVAILABLE]', { DESTADDR: null, DESTPORT: null }],
    ['ADDR=192.0.2.1', { ADDR: '192.0.2.1' }],
    ['ADDR=IPV6:2001:DB8:0::9', { ADDR: '2001:db8::9' }],
    ['ADDR=ipv6:::ffff:192.0.2.1', { ADDR: '192.0.2.1' }],
    ['ADDR=192+2E0.2.1', { ADDR: '192.0.2.1' }],
    ['PORT=1 DESTPORT=65535', { PORT: '1', DESTPORT: '65535' }],
    ['DESTADDR=IPV6:2001:db8::1', { DESTADDR: '2001:db8::1' }],
    ['PROTO=ESMTP', { PROTO: 'ESMTP' }],
    ['PROTO=smtp', { PROTO: 'SMTP' }],
    ['HELO=[192.0.2.1]', { HELO: '[192.0.2.1]' }],
    ['HELO=not+20a+20name+2B', { HELO: 'not a name+' }],
    [`NAME=${'a.'.repeat(126)}abc`, { NAME: `${'a.'.repeat(126)}abc` }],
    [' HELO=x   PROTO=SMTP ', { HELO: 'x', PROTO: 'SMTP' }],
  ])('%s', async (argument, told) => expect(await toldBy(argument)).toEqual(told));

  it.each([
    '',
    ' ',
    'ADDR',
    'ADDR=',
    'ADDR= 192.0.2.1',
    'ADDR=192.0.2.1 ADDR=192.0.2.1',
    'ADDR=192.0.2.1 addr=192.0.2.2',
    'LOGIN=user',
    'CONSTRUCTOR=x',
    'toString=x',
    'NAME=mail.example.org=',
    'NAME=mail.example.org;ADDR=192.0.2.1',
    'NAME=mail..example.org',
    'NAME=192.0.2.1',
    'NAME=[192.0.2.1]',
    'NAME=[unavailable',
    'NAME=m+C3+A4il.example.org',
    'NAME=mail+2',
    'NAME=mail+0D+0A',
    `NAME=${'a.'.repeat(127)}ab`,
    'ADDR=192.0.2.256',
    'ADDR=192.0.2.01',
    'ADDR=[192.0.2.1]',
    'ADDR=2001:db8::9',
    'ADDR=IPV6:192.0.2.1',
    'ADDR=IPV6:',
    'ADDR=IPV6:fe80::1%eth0',
    'ADDR=mail.example.org',
    'PORT=0',
    'PORT=65536',
    'PORT=025',
    'PORT=25x',
    'DESTPORT=-1',
    'PROTO=LMTP',
    'HELO=a+00b',
    'HELO=a+0D+0Ab',
    'HELO=+C3+A4',
    `HELO=${'x'.repeat(256)}`,
    'HELO=ok ADDR=bad',
  ])('%j is refused, and the session goes on as before', async (argument) => {
    const { lines, endings } = await play(`XCLIENT ${argument}\r\nQUIT\r\n`);
    expect(lines.slice(1)).toEqual([expect.stringMatching(/^501 5\.5\.4 /), expect.stringMatching(/^221 /)]);
    expect(endings).toEqual([{ how: 'quit', exit: 0, handover: null }]);
  });

  it('of any sort are refused or taken, and never make trouble', async () => {
    const random = seededRandom(7);
    const pieces = [
      'NAME=',
      'ADDR=',
      'PORT=',
      'HELO=',
      '[UNAVAILABLE]',
      'IPV6:',
      '+41',
      '+',
      '=',
      ' ',
      '1',
    ] as const;
    for (let round = 0; round < 500; round += 1) {
      const piece = (): string => (random.chance(0.2) ? random.octets(2) : random.pick(pieces));
      const argument = Array.from({ length: random.below(8) }, piece)
        .join('')
        .replace(/\n/g, '');
      const { endings } = await play(`XCLIENT ${argument}\r\n`);
      expect(['xclient', 'client-left'], JSON.stringify(argument)).toContain(endings[0]?.how);
    }
  });
});

it.each([
  [
    { HELO: 'mail.example.org', PROTO: 'ESMTP' },
    { name: 'mail.example.org', esmtp: true },
  ],
  [
    { HELO: 'mail.example.org', PROTO: 'SMTP' },
    { name: 'mail.example.org', esmtp: false },
  ],
  [{ HELO: 'mail.example.org' }, { name: 'mail.example.org', esmtp: false }],
  [{ HELO: null, PROTO: 'ESMTP' }, null],
  [{ PROTO: 'ESMTP' }, null],
] as const)('%j introduces the client as %j', (told, helo) => expect(heloTold(told)).toEqual(helo));

const TOLD = 'XCLIENT NAME=mail.example.org ADDR=192.0.2.9 HELO=mail.example.org PROTO=ESMTP\r\n';
const MESSAGE = 'MAIL FROM:<a@b>\r\nRCPT TO:<u@c>\r\nDATA\r\nx\r\n.\r\n';

describe('two sessions in a row', () => {
  it.each(CUTTINGS)(
    'the client is greeted, and what came behind XCLIENT is its own (%s)',
    async (cutting) => {
      const input = `EHLO proxy.example\r\n${TOLD}${MESSAGE}QUIT\r\n`;
      const { lines, endings, trace, events } = await play(input, { cutting, behind: named });
      expect(lines.map((line) => line.slice(0, 4))).toEqual([
        ...['220 ', ...Array(6).fill('250-'), '250 '],
        ...['220 ', '250 ', '250 ', '354 ', '250 ', '221 '],
      ]);
      expect(lines[7]).toBe('250 XCLIENT NAME ADDR PORT PROTO HELO DESTADDR DESTPORT');
      expect(endings.map(({ how, exit }) => [how, exit])).toEqual([
        ['xclient', 1],
        ['quit', 0],
      ]);
      expect(trace).toEqual(['Received: from mail.example.org (mail.example.org [192.0.2.9])']);
      expect(events.filter(({ event }) => event === 'connect').length).toBe(2);
      expect(events.find(({ event }) => event === 'end')).toMatchObject({ how: 'xclient', refused: 0 });
    },
  );

  it.each([
    ['without HELO', 'XCLIENT ADDR=192.0.2.9\r\n', '', 'unknown (unknown [192.0.2.9])', 'SMTP'],
    [
      'with HELO',
      'XCLIENT HELO=one.example ADDR=192.0.2.9\r\n',
      '',
      'one.example (unknown [192.0.2.9])',
      'SMTP',
    ],
    [
      'whose client introduces itself',
      'XCLIENT HELO=one.example PROTO=SMTP ADDR=192.0.2.9\r\n',
      'EHLO two.example\r\n',
      'two.example (unknown [192.0.2.9])',
      'ESMTP',
    ],
  ])('the trace field after XCLIENT %s', async (_, told, helo, from, protocol) => {
    const seen = await play(`EHLO proxy.example\r\n${told}${helo}${MESSAGE}`, {
      behind: (by) => ({
        ...named(by),
        profile: {
          ...CONFIG.profile,
          received: (trace) => `Received: ${trace.protocol} ${CONFIG.profile.received(trace)}`,
        },
      }),
    });
    expect(seen.trace).toEqual([`Received: ${protocol} Received: from ${from}`]);
  });

  it('or three, each with what is known by then', async () => {
    let all: Told = {};
    const { lines, endings } = await play('XCLIENT HELO=x PROTO=SMTP\r\nXCLIENT ADDR=192.0.2.9\r\nQUIT\r\n', {
      behind(told) {
        all = { ...all, ...told };
        return { ...named(all), xclient: true };
      },
    });
    expect(lines.map((line) => line.slice(0, 3))).toEqual(['220', '220', '220', '221']);
    expect(endings.map(({ how }) => how)).toEqual(['xclient', 'xclient', 'quit']);
    expect(all).toEqual({ HELO: 'x', PROTO: 'SMTP', ADDR: '192.0.2.9' });
  });

  it('the client that was named can be turned away', async () => {
    const policy: Policy = {
      speaksAt: (stage) => stage === 'connect',
      holds: 'nothing',
      ask: () => ({
        decision: { kind: 'reply', reply: { code: 554, enhanced: '7.1', text: ['No'] }, rule: 'x' },
      }),
    };
    const { lines } = await play(`${TOLD}${MESSAGE}`, { behind: (told) => ({ ...named(told), policy }) });
    expect(lines.map((line) => line.slice(0, 3)).slice(0, 3)).toEqual(['220', '554', '503']);
  });

  it('the client that was named is not believed in its turn', async () => {
    const { lines } = await play(`${TOLD}EHLO x\r\nXCLIENT ADDR=127.0.0.1\r\n`, { behind: named });
    expect(lines.slice(2, 3)).toEqual(['250-mx.example.com']);
    expect(lines.filter((line) => line.includes('XCLIENT'))).toEqual([]);
    expect(lines.at(-1)).toMatch(/^502 /);
  });

  it('what rules are asked, and told of the end', async () => {
    const asked: [Stage, Facts][] = [];
    const policy: Policy = {
      speaksAt: () => true,
      holds: 'nothing',
      ask(stage, facts) {
        asked.push([stage, facts]);
        return PROCEED;
      },
    };
    await play(`${TOLD}MAIL FROM:<a@b>\r\nQUIT\r\n`, {
      config: { ...PROXY, policy },
      behind: (told) => ({ ...named(told), policy }),
    });
    expect(asked.map(([stage, { subject, helo }]) => [stage, subject, helo?.name])).toEqual([
      ['connect', '203.0.113.9', undefined],
      ['disconnect', 'xclient', undefined],
      ['connect', '192.0.2.9', 'mail.example.org'],
      ['mail', 'a@b', 'mail.example.org'],
      ['disconnect', 'quit', 'mail.example.org'],
    ]);
  });
});

describe('within a transaction', () => {
  it.each([
    [PROXY, /^503 5\.5\.1 /],
    [{ ...AS_STOCK, xclient: true }, /^503 .* \(#5\.5\.1\)$/],
  ])('it is refused, and the transaction goes on', async (config, refusal) => {
    const { lines, endings } = await play(`MAIL FROM:<a@b>\r\n${TOLD}RCPT TO:<u@c>\r\nRSET\r\n${TOLD}`, {
      config,
    });
    expect(lines.slice(1).map((line) => line.slice(0, 3))).toEqual(['250', '503', '250', '250']);
    expect(lines[2]).toMatch(refusal);
    expect(endings[0]?.how).toBe('xclient');
  });
});

describe('to everybody else it does not exist', () => {
  const UNKNOWN = TOLD.replace('XCLIENT', 'YCLIENT');

  it.each([CONFIG, AS_STOCK])('no octet is different', async (config) => {
    for (const input of ['', 'EHLO x\r\n', 'MAIL FROM:<a@b>\r\n']) {
      const [known, unknown] = [
        await play(input + TOLD, { config }),
        await play(input + UNKNOWN, { config }),
      ];
      expect(known.lines).toEqual(unknown.lines);
      expect(known.endings).toEqual(unknown.endings);
      expect(known.lines.at(-1)).toMatch(/^502 /);
    }
  });

  it('rules hear of it as of any other', async () => {
    const asked: (readonly string[])[] = [];
    const policy: Policy = {
      speaksAt: (stage) => stage === 'unrecognized',
      holds: 'nothing',
      ask(_, { subject, rest = '' }) {
        asked.push([subject, rest]);
        return PROCEED;
      },
    };
    await play('XCLIENT ADDR=192.0.2.9\r\n', { config: { ...CONFIG, policy } });
    await play('XCLIENT ADDR=192.0.2.9\r\n', { config: { ...PROXY, policy } });
    expect(asked).toEqual([['xclient', 'ADDR=192.0.2.9']]);
  });
});

it.each([
  [PROXY, '250 XCLIENT NAME ADDR PORT PROTO HELO DESTADDR DESTPORT'],
  [{ ...AS_STOCK, xclient: true }, '250 XCLIENT NAME ADDR PORT PROTO HELO DESTADDR DESTPORT'],
  [CONFIG, '250 LIMITS RCPTMAX=1000'],
  [AS_STOCK, '250 8BITMIME'],
])('the last line of EHLO', async (config, last) => {
  const { lines } = await play('EHLO client.example.net\r\n', { config });
  expect(lines.at(-1)).toBe(last);
  expect((await play('HELO client.example.net\r\n', { config })).lines.length).toBe(2);
});
