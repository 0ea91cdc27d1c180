// Verdicts as replies: the defaults of every stage, what a rule may say instead, and that its words cannot break the dialogue.

import { describe, expect, it } from 'vitest';
import type { Stage } from '../../policy/index.ts';
import type { Verdict } from '../../rules/index.ts';
import { type Reply, renderReply } from '../../smtp/index.ts';
import { decisionOf, editsOf, settingOf } from './ruling.ts';

function replyTo(verdict: Verdict, stage: Stage): Reply {
  const decision = decisionOf(verdict, stage, 'a.mfl:1');
  if (decision.kind !== 'reply') throw new Error(`no reply: ${decision.kind}`);
  expect(decision.rule).toBe('a.mfl:1');
  return decision.reply;
}

const firstWords = (reply: Reply): string => renderReply(reply, 'rfc').split(' ').slice(0, 2).join(' ');

describe('defaults', () => {
  it.each<[Stage, string, string]>([
    ['connect', '554 5.7.1', '421 4.7.0'],
    ['helo', '550 5.7.1', '450 4.7.1'],
    ['mail', '550 5.7.1', '451 4.7.1'],
    ['rcpt', '550 5.7.1', '451 4.7.1'],
    ['data', '554 5.7.1', '451 4.7.1'],
    ['headers', '550 5.7.1', '451 4.7.1'],
    ['message', '550 5.7.1', '451 4.7.1'],
    ['vrfy', '550 5.7.1', '450 4.7.1'],
    ['unrecognized', '502 5.5.1', '450 4.5.1'],
  ])('at %s: %s and %s', (stage, reject, defer) => {
    expect(firstWords(replyTo({ verdict: 'reject' }, stage))).toBe(reject);
    expect(firstWords(replyTo({ verdict: 'defer' }, stage))).toBe(defer);
    const drop = replyTo({ verdict: 'drop' }, stage);
    expect([firstWords(drop), drop.close]).toEqual(['421 4.7.0', true]);
  });

  it.each([
    ['reject', 554, undefined, '554 5.7.1'],
    ['reject', 553, '5.1.8', '553 5.1.8'],
    ['defer', 452, '4.5.3', '452 4.5.3'],
    ['defer', 450, undefined, '450 4.7.1'],
    ['drop', 554, undefined, '554 5.7.0'],
  ] as const)('%s with code %s and status %s is %s', (verdict, code, status, expected) => {
    const given = { verdict, code, ...(status === undefined ? {} : { status }) };
    expect(firstWords(replyTo(given, 'mail'))).toBe(expected);
  });
});

it.each([
  ['line ends', 'a\r\n250 ok', 'a 250 ok'],
  ['NUL and other controls', 'a\0b\x07c', 'a b?c'],
  ['octets that are not ASCII', 'gr\xfc\xdf', 'gr??'],
  ['nothing', '', '-'],
  ['blanks', ' \r\n ', '-'],
])('a text of %s stays one line', (_, text, expected) => {
  expect(replyTo({ verdict: 'reject', text }, 'rcpt').text).toEqual([expected]);
  expect(renderReply(replyTo({ verdict: 'reject', text }, 'rcpt'), 'rfc')).toBe(`550 5.7.1 ${expected}\r\n`);
});

it('a client that is refused at the door may say QUIT, one that is deferred may not', () => {
  expect(replyTo({ verdict: 'reject' }, 'connect').close).toBeUndefined();
  expect(replyTo({ verdict: 'defer' }, 'connect').close).toBe(true);
  expect(replyTo({ verdict: 'defer' }, 'mail').close).toBeUndefined();
});

it('other verdicts', () => {
  expect(replyTo({ verdict: 'reply', code: 250, text: 'fine\r\n' }, 'vrfy').text).toEqual(['fine ']);
  expect(decisionOf({ verdict: 'discard' }, 'message', 'a:1')).toEqual({ kind: 'discard', why: 'a:1' });
  expect(decisionOf({ verdict: 'quarantine' }, 'message', 'a:1')).toEqual({
    kind: 'quarantine',
    into: 'default',
    why: 'a:1',
  });
  for (const verdict of [
    { verdict: 'accept', scope: 'plain' },
    { verdict: 'undecided' },
    { verdict: 'user-filter' },
  ] as const) {
    expect(decisionOf(verdict, 'deliver' as Stage, 'a:1')).toEqual({ kind: 'proceed' });
  }
});

it('effects add up', () => {
  expect(
    editsOf([
      { effect: 'delay', seconds: 2 },
      { effect: 'tag', name: 'a', value: '' },
      { effect: 'delay', seconds: 3 },
      { effect: 'sender', address: 'a@b' },
      { effect: 'rcpt', how: 'add', address: 'c@d' },
      { effect: 'control', name: 'max_size', value: 1 },
      { effect: 'control', name: 'max_size', value: 2 },
      { effect: 'control', name: 'max_rcpts', value: 3 },
      { effect: 'control', name: 'on_error', value: 'reject' },
    ]),
  ).toEqual({
    delay: 5,
    envelope: [
      { edit: 'sender', address: 'a@b' },
      { edit: 'add-rcpt', address: 'c@d' },
    ],
    settings: { databytes: 2, recipients: 3 },
  });
  expect(editsOf([])).toEqual({});
});

it('a greeting of several lines stays within its reply', () => {
  expect(settingOf('greeting', 'one\r\ntwo\nthr\xe9e')).toEqual({ greetingText: ['one', 'two', 'thr?e'] });
});
