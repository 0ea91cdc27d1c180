// The three ways of a message: straight on, after its header, after all of it. What arrives, when the queue is started, what edits do,
// and that nothing is lost or left open whatever is decided. The client's octets come whole and one by one.

import { describe, expect, it } from 'vitest';
import { type Came, type MadeUp, playMadeUp } from '../../test/support/made-up.ts';
import { type Decision, type Facts, PROCEED, type Ruling } from '../policy/index.ts';
import { fromOctets } from '../text/index.ts';
import { HEADER_HELD } from './limits.ts';

async function play(madeUp: MadeUp): Promise<Came> {
  const came = await playMadeUp(madeUp);
  expect(came.problems).toEqual([]);
  return came;
}

const OPEN = 'HELO client.example.net\r\nMAIL FROM:<a@b.example>\r\nRCPT TO:<u@c.example>\r\nDATA\r\n';
const sent = (message: string): string => `${OPEN}${message.replaceAll('\n', '\r\n')}.\r\nQUIT\r\n`;

/** The message behind its trace field. */
const content = ({ queued }: Came): string | undefined =>
  queued[0]?.message.replace(/^Received: [^\n]*\n [^\n]*\n/, '');

const lastReply = ({ replies }: Came): string => replies.at(-2) ?? '';

const refusal: Decision = {
  kind: 'reply',
  reply: { code: 550, enhanced: '7.1', text: ['no'] },
  rule: 'a.mfl:1',
};

const added: Ruling = { ...PROCEED, header: [{ edit: 'add', name: 'X-A', value: '1', last: false }] };

const MESSAGES: readonly (readonly [string, string])[] = [
  ['an empty one', ''],
  ['one without a header', '\nbody\n'],
  ['one without a body', 'Subject: s\n'],
  ['one with an empty body', 'Subject: s\n\n'],
  ['an ordinary one', 'Subject: s\n folded\nTo: u\n\nbody\n\nmore\n'],
  ['one with a line that is no field', 'Subject: s\nno field\nTo: u\n\nbody\n'],
  ['one that starts with no field', 'From somebody\nTo: u\n\nbody\n'],
  [
    'one of all octets',
    `Subject: s\n\n${Array.from({ length: 245 }, (_, n) => String.fromCharCode(n + 11))
      .join('')
      .replace('\r', '')}\0\t\n`,
  ],
  ['a long one', `Subject: s\n\n${'0123456789abcde\n'.repeat(5000)}`],
];

describe.each(['whole', 'octets'] as const)('input %s', (cutting) => {
  describe.each(['nothing', 'header', 'message'] as const)('%s held back', (holds) => {
    it.each(MESSAGES)('lets %s through as it came', async (_, message) => {
      const came = await play({
        rulings: { headers: PROCEED, message: PROCEED },
        holds,
        input: sent(message),
        cutting,
      });
      expect(content(came)).toBe(message);
      expect(lastReply(came)).toMatch(/^250 2\.0\.0 ok /);
    });
  });

  describe.each(['header', 'message'] as const)('%s held back', (holds) => {
    it.each(MESSAGES)('adds a field to %s and keeps the rest', async (_, message) => {
      const came = await play({ rulings: { headers: added }, holds, input: sent(message), cutting });
      expect(content(came)).toBe(`X-A: 1\n${message}`);
    });

    it('refuses at the end what its header has decided, and reads on', async () => {
      const input = sent('Subject: s\n\nbody\n');
      const came = await play({ rulings: { headers: { decision: refusal } }, holds, input, cutting });
      expect(came.replies.at(-2)).toBe('550 5.7.1 no');
      expect(came.replies.at(-1)).toMatch(/^221 /);
      expect(came.queued).toEqual([]);
    });

    it('queues nothing when the client leaves', async () => {
      const came = await play({
        rulings: { headers: PROCEED },
        holds,
        input: `${OPEN}Subject: s\r\n\r\nbo`,
        cutting,
      });
      expect(came.queued).toEqual([]);
    });

    it('shows rules so much of a header and keeps all of it', async () => {
      const field = `X-Long: ${'x'.repeat(90)}\n`;
      const count = Math.ceil(HEADER_HELD / field.length) + 10;
      const message = `${field.repeat(count)}\nbody\n`;
      let shown = 0;
      const headers = ({ message: facts }: Facts): Ruling => {
        shown = facts?.fields.length ?? 0;
        return added;
      };
      const came = await play({ rulings: { headers }, holds, input: sent(message), cutting: 'whole' });
      expect(content(came)).toBe(`X-A: 1\n${message}`);
      expect(shown).toBe(Math.floor(HEADER_HELD / field.length));
      expect(came.events).toContainEqual(expect.objectContaining({ event: 'note', level: 'warning' }));
    });

    it('forgets a message that has lost its recipients', async () => {
      const stage = holds === 'header' ? 'headers' : 'message';
      const ruling: Ruling = { ...PROCEED, envelope: [{ edit: 'remove-rcpt', address: 'u@c.example' }] };
      const came = await play({
        rulings: { [stage]: ruling },
        holds,
        input: sent('Subject: s\n\nbody\n'),
        cutting,
      });
      expect(lastReply(came)).toMatch(/^250 /);
      expect(came.queued).toEqual([]);
    });
  });
});

it.each([
  ['header', 'headers', 'Subject: s\n'],
  ['header', 'headers', 'Subject: s\n\nbody\n'],
  ['message', 'message', 'Subject: s\n'],
] as const)(
  'with the %s held back, a policy that breaks at "%s" leaves no queue program behind',
  async (holds, stage, text) => {
    const broken = (): never => {
      throw new Error('broken');
    };
    const came = await playMadeUp({ rulings: { [stage]: broken }, holds, input: sent(text) });
    expect(came.problems).toEqual([expect.stringMatching(/^Error: broken/)]);
    expect(came.replies.at(-1)).toMatch(/^451 4\.3\.0 /);
    expect(came.queued).toEqual([]);
  },
);

describe('when the queue is started', () => {
  const input = sent('Subject: s\n\nbody\n');

  it.each([
    ['nothing', ['headers', 'message'].slice(2), ['queue']],
    ['header', ['headers'], ['queue', 'headers']],
    ['message', ['headers', 'message'], ['headers', 'message', 'queue']],
  ] as const)('with %s held back', async (holds, stages, expected) => {
    const rulings = Object.fromEntries(stages.map((stage) => [stage, PROCEED]));
    expect((await play({ rulings, holds, input })).happened).toEqual(expected);
  });

  it.each<[string, Decision]>([
    ['refused', refusal],
    ['discarded', { kind: 'discard', why: 'a.mfl:1' }],
  ])('never for a message that is %s when it is complete', async (_, decision) => {
    const came = await play({ rulings: { message: { decision } }, holds: 'message', input });
    expect(came.happened).toEqual(['message']);
  });

  it('not for one that is put aside', async () => {
    const decision: Decision = { kind: 'quarantine', into: 'suspects', why: 'a.mfl:1' };
    const came = await play({
      rulings: { message: { decision, header: added.header ?? [] } },
      holds: 'message',
      input,
    });
    expect(came.happened).toEqual(['message', 'place suspects']);
    expect(came.aside.suspects?.[0]?.message).toMatch(/\nX-A: 1\nSubject: s\n\nbody\n$/);
    expect(came.aside.suspects?.[0]?.envelope).toBe('Fa@b.example\0Tu@c.example\0\0');
  });
});

it('edits at each stage are about the header that the stage was shown', async () => {
  const rulings = {
    headers: { ...PROCEED, header: [{ edit: 'delete', fields: [1] }, ...(added.header ?? [])] } as Ruling,
    message: {
      ...PROCEED,
      header: [
        { edit: 'delete', fields: [0] },
        { edit: 'add', name: 'X-B', value: '2', last: false },
        { edit: 'add', name: 'X-C', value: '3', last: true },
      ],
    } as Ruling,
  };
  const came = await play({ rulings, holds: 'message', input: sent('A: 1\nB: 2\n 2\nC: 3\n\nbody\n') });
  expect(content(came)).toBe('X-B: 2\nA: 1\nC: 3\nX-C: 3\n\nbody\n');
});

it('a ruling about the message knows all of it', async () => {
  let known: unknown;
  let start = '';
  const message = ({ message: facts }: Facts): Ruling => {
    known = { ...facts?.complete, read: null, hops: facts?.hops };
    start = fromOctets(facts?.complete?.read(10) ?? new Uint8Array());
    return PROCEED;
  };
  await play({
    rulings: { message },
    holds: 'message',
    memoryOctets: 4,
    input: sent('Received: by x\n\n\xe4 line\na longer line\0\n'),
  });
  expect(known).toMatchObject({
    octets: 38,
    lines: 4,
    longestLine: 14,
    has8Bit: true,
    hasNul: true,
    hops: 1,
  });
  expect(start).toBe('Received: ');
});

it('the wait of a ruling is over before the reply', async () => {
  const late: Ruling = { ...PROCEED, delay: 4 };
  const came = await play({
    rulings: { headers: late, message: late },
    holds: 'message',
    input: sent('A: 1\n\n'),
  });
  expect(came.seconds).toBe(8);
});

it('a queue that cannot be started is told at the end of a message that was held back', async () => {
  const rulings = { message: PROCEED };
  const came = await play({ rulings, holds: 'message', input: sent('A: 1\n\n'), canRun: false });
  expect(lastReply(came)).toMatch(/^451 4\.3\.0 /);
});
