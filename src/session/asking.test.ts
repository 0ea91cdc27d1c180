// What the session does about a ruling, the same at every stage: replies, waiting, settings and how long they last, edits of the
// envelope. And what it tells the policy. Client, queue, clock and policy are made up.

import { describe, expect, it } from 'vitest';
import { type Came, type MadeUp, playMadeUp } from '../../test/support/made-up.ts';
import { CONFIG } from '../../test/support/session-config.ts';
import { type Decision, PROCEED, type Ruling, type Stage } from '../policy/index.ts';
import { withSettings } from './asking.ts';

async function play(madeUp: MadeUp): Promise<Came> {
  const came = await playMadeUp(madeUp);
  expect(came.problems).toEqual([]);
  return came;
}

const HELO = 'HELO client.example.net\r\n';
const TRANSACTION = 'MAIL FROM:<a@b.example>\r\nRCPT TO:<u@c.example>\r\n';
const MESSAGE = 'DATA\r\nSubject: s\r\n\r\nbody\r\n.\r\n';
const ALL = `${HELO}${TRANSACTION}${MESSAGE}QUIT\r\n`;

const refusal = (code: number, close = false): Decision => ({
  kind: 'reply',
  reply: { code, enhanced: '7.1', text: ['because'], ...(close ? { close } : {}) },
  rule: 'a.mfl:1',
});

const codes = ({ replies }: Pick<Came, 'replies'>): string =>
  replies.map((line) => line.slice(0, 3)).join(' ');

describe.each<[Stage, string]>([
  ['helo', '550 250 250 354 250 221'],
  ['mail', '250 550 503 503 500 221'],
  ['rcpt', '250 250 550 503 500 221'],
  ['data', '250 250 250 550 500 221'],
])('a refusal at %s', (stage) => {
  it('is what the client hears, and is logged with the rule', async () => {
    const { replies, events, queued } = await play({
      rulings: { [stage]: { decision: refusal(550) } },
      input: ALL,
    });
    expect(replies).toContain('550 5.7.1 because');
    expect(events).toContainEqual(expect.objectContaining({ event: 'refused', stage, rule: 'a.mfl:1' }));
    expect(queued.length).toBe(stage === 'helo' ? 1 : 0);
  });

  it('may end the session', async () => {
    const { replies, events } = await play({
      rulings: { [stage]: { decision: refusal(421, true) } },
      input: ALL,
    });
    expect(replies.at(-1)).toBe('421 4.7.1 because');
    expect(events.at(-1)).toMatchObject({ event: 'end', how: 'refused' });
  });

  it('is heard after the wait that goes with it', async () => {
    const ruling: Ruling = { decision: refusal(550), delay: 7 };
    expect((await play({ rulings: { [stage]: ruling }, input: ALL })).seconds).toBe(7);
  });
});

it('a client that is refused by its greeting is still who it was before', async () => {
  const { asked } = await play({
    rulings: {
      helo: ({ subject }) => (subject === 'bad' ? { decision: refusal(550) } : PROCEED),
      mail: PROCEED,
    },
    input: `${HELO}EHLO bad\r\n${TRANSACTION}QUIT\r\n`,
  });
  expect(asked.at(-1)?.[1].helo).toEqual({ name: 'client.example.net', esmtp: false });
});

describe('facts', () => {
  it('are those of the stage', async () => {
    const { asked } = await play({
      rulings: {
        helo: PROCEED,
        mail: PROCEED,
        rcpt: PROCEED,
        data: PROCEED,
        queued: PROCEED,
        disconnect: PROCEED,
      },
      input: ALL,
    });
    expect(asked.map(([stage, facts]) => [stage, facts.subject])).toEqual([
      ['helo', 'client.example.net'],
      ['mail', 'a@b.example'],
      ['rcpt', 'u@c.example'],
      ['data', ''],
      ['queued', '4712'],
      ['disconnect', 'quit'],
    ]);
    const [, atData] = asked[3] ?? [];
    expect(atData).toMatchObject({
      commands: 4,
      messages: 0,
      settings: { hostName: 'mx.example.com', databytes: 0, timeout: 20, heloTimeout: 10, dataTimeout: 30 },
      transaction: { reversePath: 'a@b.example', recipients: ['u@c.example'], tried: 1, refused: 0 },
      message: null,
    });
  });

  it('of an unknown command are its verb and its rest', async () => {
    const { asked, replies } = await play({
      rulings: {
        unrecognized: { decision: { kind: 'reply', reply: { code: 250, text: ['fine'] }, rule: 'r' } },
      },
      input: 'FROB a b\r\nQUIT\r\n',
    });
    expect(asked[0]?.[1]).toMatchObject({ subject: 'frob', rest: 'a b' });
    expect(replies[0]).toBe('250 fine');
  });
});

describe('settings', () => {
  const small: Ruling = { ...PROCEED, settings: { databytes: 3 } };
  const twice = `${HELO}${TRANSACTION}${MESSAGE}${TRANSACTION}${MESSAGE}QUIT\r\n`;

  it.each<[string, Stage, string]>([
    ['made before a transaction last', 'helo', '250 250 250 354 552 250 250 354 552 221'],
    ['made at the greeting of the server last', 'connect', '250 250 250 354 552 250 250 354 552 221'],
  ])('%s', async (_, stage, expected) => {
    expect(codes(await play({ rulings: { [stage]: small }, input: twice }))).toBe(expected);
  });

  it('made in a transaction end with it', async () => {
    let times = 0;
    const rcpt = (): Ruling => (times++ === 0 ? small : PROCEED);
    expect(codes(await play({ rulings: { rcpt }, input: twice }))).toBe(
      '250 250 250 354 552 250 250 354 250 221',
    );
  });

  it('of a greeting last, even when it ends a transaction', async () => {
    const input = `${HELO}${TRANSACTION}${HELO}${TRANSACTION}${MESSAGE}QUIT\r\n`;
    let times = 0;
    const helo = (): Ruling => (times++ === 1 ? small : PROCEED);
    expect(codes(await play({ rulings: { helo }, input }))).toBe('250 250 250 250 250 250 354 552 221');
  });

  it('made in a transaction do not outlive it by a greeting', async () => {
    const helo: Ruling = { ...PROCEED, settings: { recipients: 5 } };
    const input = `${HELO}${TRANSACTION}${HELO}${TRANSACTION}${MESSAGE}QUIT\r\n`;
    let times = 0;
    const rcpt = (): Ruling => (times++ === 0 ? small : PROCEED);
    expect(codes(await play({ rulings: { helo, rcpt }, input }))).toBe('250 250 250 250 250 250 354 250 221');
  });

  it('change what is waited for', async () => {
    const { asked } = await play({
      rulings: { connect: { ...PROCEED, settings: { timeout: 5, dataTimeout: 6 } }, mail: PROCEED },
      input: ALL,
    });
    expect(asked.at(-1)?.[1].settings).toMatchObject({ timeout: 5, heloTimeout: 5, dataTimeout: 6 });
  });
});

it('a key that is not named is in the file of its certificate', () => {
  const settings = { tlsCertificates: ['/one', '/two', '/three'], tlsKeys: ['/one.key', ''] };
  expect(withSettings(CONFIG, settings).tls?.certificates).toEqual([
    { cert: '/one', key: '/one.key' },
    { cert: '/two', key: null },
    { cert: '/three', key: null },
  ]);
});

it('edits of the envelope are what the queue is given', async () => {
  const { queued, asked } = await play({
    rulings: {
      mail: { ...PROCEED, envelope: [{ edit: 'sender', address: 'x@y.example' }] },
      rcpt: ({ subject }) =>
        subject.startsWith('alias')
          ? { ...PROCEED, envelope: [{ edit: 'set-rcpt', address: 'real@c.example' }] }
          : PROCEED,
      data: {
        ...PROCEED,
        envelope: [
          { edit: 'add-rcpt', address: 'more@c.example' },
          { edit: 'remove-rcpt', address: 'u@c.example' },
        ],
      },
      queued: PROCEED,
    },
    input: `${HELO}${TRANSACTION}RCPT TO:<alias@c.example>\r\n${MESSAGE}QUIT\r\n`,
  });
  expect(queued[0]?.envelope).toBe('Fx@y.example\0Treal@c.example\0Tmore@c.example\0\0');
  expect(asked.at(-1)?.[1].transaction?.recipients).toEqual(['real@c.example', 'more@c.example']);
});

it('a policy that has nothing to say at a stage is not asked there', async () => {
  const { happened } = await play({ rulings: { rcpt: PROCEED }, input: ALL });
  expect(happened).toEqual(['rcpt', 'queue']);
});

describe('of a message that is refused', () => {
  const answer = (body: string): string =>
    `${HELO}${TRANSACTION}DATA\r\n${body}\r\n.\r\nRCPT TO:<u@c.example>\r\nQUIT\r\n`;
  const small: Ruling = { ...PROCEED, settings: { databytes: 3 } };

  it.each<[string, Partial<MadeUp> & Pick<MadeUp, 'rulings'>, string, number]>([
    ['by a hook before it', { rulings: { data: { decision: refusal(550) } } }, 'body', 550],
    [
      'by a hook that sees its header',
      { rulings: { headers: { decision: refusal(550) } }, holds: 'header' },
      'body',
      550,
    ],
    [
      'by a hook that sees all of it',
      { rulings: { message: { decision: refusal(451) } }, holds: 'message' },
      'body',
      451,
    ],
    ['for its size', { rulings: { mail: small } }, 'body', 552],
    ['for its hops', { rulings: {} }, 'Received: x\r\n'.repeat(CONFIG.limits.hops), 554],
    ['for a bare LF', { rulings: {} }, 'a\nb', 550],
    ['because no queue can be started', { rulings: {}, canRun: false }, 'body', 451],
  ])('the sender is known to the log and the policy: %s', async (_, { rulings, ...madeUp }, body, code) => {
    const { events, replies, asked } = await play({
      ...madeUp,
      rulings: { ...rulings, denied: PROCEED },
      input: answer(body),
    });
    const heard = asked.flatMap(([stage, { denied, transaction }]) =>
      stage === 'denied' ? [{ denied, transaction }] : [],
    );
    expect(events).toContainEqual(
      expect.objectContaining({ event: 'refused', stage: 'data', code, reversePath: 'a@b.example' }),
    );
    expect(heard[0]).toMatchObject({
      denied: { code },
      transaction: { reversePath: 'a@b.example', recipients: ['u@c.example'] },
    });
    // … and it is over then.
    expect(heard.at(-1)).toMatchObject({ denied: { code: 503 }, transaction: null });
    expect(codes({ replies: replies.slice(-2) })).toBe('503 221');
  });

  it('what was set for its transaction is over after the policy has heard of it', async () => {
    const { asked } = await play({
      rulings: { mail: small, denied: PROCEED, disconnect: PROCEED },
      input: answer('body'),
    });
    expect(asked.map(([stage, { transaction }]) => [stage, transaction === null])).toEqual([
      ['mail', false],
      ['denied', false],
      ['denied', true],
      ['disconnect', true],
    ]);
    expect(asked.at(-1)?.[1].settings.databytes).toBe(0);
  });

  it.each<[string, MadeUp['rulings'], string]>([
    ['a hook that throws', { message: () => thrown() }, 'fault'],
    [
      'a policy that throws when it hears of it',
      { message: { decision: refusal(550) }, denied: () => thrown() },
      'fault',
    ],
    [
      'a policy that has enough of it',
      { message: { decision: refusal(550) }, denied: { decision: refusal(421, true) } },
      'refused',
    ],
  ])('nothing keeps the transaction open: %s', async (_, rulings, how) => {
    const { asked, events } = await playMadeUp({
      rulings: { ...rulings, disconnect: PROCEED },
      holds: 'message',
      input: answer('body'),
    });
    expect(events.at(-1)).toMatchObject({ event: 'end', how });
    expect(asked.at(-1)).toMatchObject(['disconnect', { transaction: null }]);
  });
});

it('a reply that closes ends the session, whatever its code', async () => {
  const reply = { code: 250, text: ['bye'], close: true } as const;
  const { replies, events } = await play({
    rulings: { vrfy: { decision: { kind: 'reply', reply, rule: 'a.mfl:1' } } },
    input: `${HELO}VRFY x\r\nNOOP\r\n`,
  });
  expect(codes({ replies })).toBe('250 250');
  expect(events.at(-1)).toMatchObject({ event: 'end', how: 'refused' });
});

function thrown(): never {
  throw new Error('broken');
}
