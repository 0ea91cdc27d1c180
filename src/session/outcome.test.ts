// A queue program's own words on their way to the client. In our dialect they are cleaned: no octet of theirs ends a line or
// starts a reply, and a status code in them counts only if its class is that of the reply. In qmail's they go as they are.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Outcome } from '../queue/index.ts';
import { type Reply, type ReplyDialect, renderReply } from '../smtp/index.ts';
import { outcomeAnswer } from './outcome.ts';

const OWN_TEXT_LINES = 8;

type Refusal = Exclude<Outcome, { kind: 'queued' }>;

function replyTo(outcome: Refusal, dialect: ReplyDialect): Reply {
  const { reply } = outcomeAnswer(outcome, dialect);
  if (reply === null) throw new Error('there is no reply');
  return reply;
}

const answered = (permanent: boolean, text: string): Refusal => ({
  kind: 'answered',
  permanent,
  text,
  why: 'exit 82',
});

describe('what the table of exit codes says', () => {
  const failed = { kind: 'failed', detail: '3.0', text: 'qq trouble', why: 'exit 62' } as const;

  it.each<[Refusal, string, string]>([
    [{ ...failed, permanent: false }, '451 qq trouble (#4.3.0)\r\n', '451 4.3.0 qq trouble\r\n'],
    [{ ...failed, permanent: true }, '554 qq trouble (#5.3.0)\r\n', '554 5.3.0 qq trouble\r\n'],
  ])('%j', (outcome, qmail, rfc) => {
    expect(renderReply(replyTo(outcome, 'qmail'), 'qmail')).toBe(qmail);
    expect(renderReply(replyTo(outcome, 'rfc'), 'rfc')).toBe(rfc);
  });

  it('the log hears why', () => {
    expect(outcomeAnswer({ ...failed, permanent: true }, 'rfc')).toMatchObject({
      rule: 'queue',
      why: 'exit 62',
    });
    expect(outcomeAnswer(answered(true, 'x'), 'rfc')).toMatchObject({ rule: 'queue', why: 'exit 82' });
  });
});

describe('the program’s own words in our dialect', () => {
  it.each<[string, boolean, string, string]>([
    ['plain', true, 'no thanks', '554 5.3.0 no thanks\r\n'],
    ['plain, for a while', false, 'not now', '451 4.3.0 not now\r\n'],
    ['a status code in front', true, '5.7.1 spam', '554 5.7.1 spam\r\n'],
    ['a status code in front, for a while', false, '4.7.1 later', '451 4.7.1 later\r\n'],
    ['a status code behind', true, 'spam (#5.7.1)', '554 5.7.1 spam\r\n'],
    ['a status code behind, and a line end', true, 'spam (#5.7.1)\n', '554 5.7.1 spam\r\n'],
    ['of another class', true, '4.7.1 later', '554 5.3.0 4.7.1 later\r\n'],
    ['of another class behind', false, 'spam (#5.7.1)', '451 4.3.0 spam (#5.7.1)\r\n'],
    ['of success', true, '2.0.0 ok', '554 5.3.0 2.0.0 ok\r\n'],
    ['of success, for a while', false, '2.0.0 ok', '451 4.3.0 2.0.0 ok\r\n'],
    ['in the middle', true, 'spam 5.7.1 spam', '554 5.3.0 spam 5.7.1 spam\r\n'],
    ['too many digits', true, '5.7.1000 spam', '554 5.3.0 5.7.1000 spam\r\n'],
    ['not a status code', true, '5.7 spam', '554 5.3.0 5.7 spam\r\n'],
    ['a reply of their own', true, '250 ok', '554 5.3.0 250 ok\r\n'],
    ['several lines', true, 'one\ntwo', '554-5.3.0 one\r\n554 5.3.0 two\r\n'],
    ['another reply injected', true, 'no\r\n250 2.0.0 ok\r\n', '554-5.3.0 no\r\n554 5.3.0 250 2.0.0 ok\r\n'],
    ['a CR alone', true, 'no\r250 ok', '554-5.3.0 no\r\n554 5.3.0 250 ok\r\n'],
    ['blank lines and spaces', true, '\n\n  one  \n \n', '554 5.3.0 one\r\n'],
    ['8-bit and control octets', true, 'caf\xe9\0\t\x7f\x85!', '554 5.3.0 caf?????!\r\n'],
  ])('%s', (_, permanent, text, wire) => {
    expect(renderReply(replyTo(answered(permanent, text), 'rfc'), 'rfc')).toBe(wire);
  });

  it.each(['', '\n', ' \r\n ', '5.7.1 ', '(#5.7.1)'])('%j leaves words of ours', (text) => {
    expect(renderReply(replyTo(answered(true, text), 'rfc'), 'rfc')).toMatch(
      /^554 5\.[37]\.[01] The queue program [\x20-\x7e]+\r\n$/,
    );
  });

  it('is no more than eight lines', () => {
    expect(replyTo(answered(true, 'x\n'.repeat(100)), 'rfc').text.length).toBe(OWN_TEXT_LINES);
  });

  it('is one well-formed reply of the right class, whatever the words are', () => {
    const octet = fc.integer({ min: 0, max: 255 }).map((code) => String.fromCharCode(code));
    const piece = fc.oneof(
      octet,
      fc.constantFrom('\r\n', '\n', '250 ok', '5.7.1 ', '(#4.7.1)', 'x'.repeat(600)),
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 30 }), fc.boolean(), (pieces, permanent) => {
        const sent = renderReply(replyTo(answered(permanent, pieces.join('')), 'rfc'), 'rfc');
        const start = permanent ? '554([ -])5' : '451([ -])4';
        const line = new RegExp(String.raw`^${start}\.[0-9]{1,3}\.[0-9]{1,3} [\x20-\x7e]+$`);
        const lines = sent.split('\r\n');
        expect(lines.pop()).toBe('');
        expect(lines.length).toBeLessThanOrEqual(OWN_TEXT_LINES);
        expect(lines.map((one) => line.exec(one)?.[1])).toEqual([...lines.slice(1).map(() => '-'), ' ']);
        expect(Math.max(...lines.map((one) => one.length))).toBeLessThanOrEqual(510);
      }),
      { numRuns: 1000 },
    );
  });
});

describe('the program’s own words in qmail’s dialect (qmail_close())', () => {
  it.each([
    [true, '5.7.1 spam', '554 5.7.1 spam\r\n'],
    [false, 'one\ntwo', '451 one\ntwo\r\n'],
    [true, 'caf\xe9 (#5.7.1)', '554 caf\xe9 (#5.7.1)\r\n'],
    [true, '', '554 \r\n'],
  ])('permanent %j: %j', (permanent, text, wire) => {
    expect(renderReply(replyTo(answered(permanent, text), 'qmail'), 'qmail')).toBe(wire);
  });
});
