// Replies on the wire (RFC 5321 §4.2), in qmail's dialect and in that of RFC 2034: where the enhanced code stands, how several
// lines are marked, and where a line is cut.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { REPLY_LINE_OCTETS, type Reply, renderReply, statusOf } from './reply.ts';

it.each<[string, Reply, string, string]>([
  ['no enhanced code', { code: 354, text: ['go'] }, '354 go\r\n', '354 go\r\n'],
  ['success', { code: 250, enhanced: '1.5', text: ['ok'] }, '250 ok\r\n', '250 2.1.5 ok\r\n'],
  ['a deferral', { code: 451, enhanced: '3.0', text: ['no'] }, '451 no (#4.3.0)\r\n', '451 4.3.0 no\r\n'],
  ['a refusal', { code: 553, enhanced: '7.1', text: ['no'] }, '553 no (#5.7.1)\r\n', '553 5.7.1 no\r\n'],
  [
    'several lines',
    { code: 250, text: ['mx', 'PIPELINING', '8BITMIME'] },
    '250-mx\r\n250-PIPELINING\r\n250 8BITMIME\r\n',
    '250-mx\r\n250-PIPELINING\r\n250 8BITMIME\r\n',
  ],
  [
    'several lines with an enhanced code (RFC 2034 §4)',
    { code: 554, enhanced: '6.0', text: ['a', 'b'] },
    '554-a (#5.6.0)\r\n554 b (#5.6.0)\r\n',
    '554-5.6.0 a\r\n554 5.6.0 b\r\n',
  ],
  ['no text', { code: 250, text: [''] }, '250 \r\n', '250 \r\n'],
  ['no text but a code', { code: 554, enhanced: '3.0', text: [''] }, '554  (#5.3.0)\r\n', '554 5.3.0 \r\n'],
  ['a close changes nothing', { code: 421, text: ['bye'], close: true }, '421 bye\r\n', '421 bye\r\n'],
])('%s', (_, reply, qmail, rfc) => {
  expect(renderReply(reply, 'qmail')).toBe(qmail);
  expect(renderReply(reply, 'rfc')).toBe(rfc);
});

describe('the length of a line (RFC 5321 §4.5.3.1.5)', () => {
  it.each([
    ['fits', REPLY_LINE_OCTETS - 6, REPLY_LINE_OCTETS],
    ['is one too long', REPLY_LINE_OCTETS - 5, REPLY_LINE_OCTETS],
    ['is far too long', 100_000, REPLY_LINE_OCTETS],
    ['is one octet from it', REPLY_LINE_OCTETS - 7, REPLY_LINE_OCTETS - 1],
  ])('when the text %s', (_, length, octets) => {
    expect(renderReply({ code: 250, text: ['x'.repeat(length)] }, 'rfc').length).toBe(octets);
  });

  it('counts the enhanced code, and is cut in every line', () => {
    const text: Reply['text'] = ['x'.repeat(600), 'y', 'z'.repeat(501)];
    const lines = renderReply({ code: 550, enhanced: '7.1', text }, 'rfc').split('\r\n');
    expect(lines).toEqual([
      `550-5.7.1 ${'x'.repeat(500)}`,
      '550-5.7.1 y',
      `550 5.7.1 ${'z'.repeat(500)}`,
      '',
    ]);
  });

  it('is not cut in qmail’s dialect, where the queue program’s words go out as they are', () => {
    expect(renderReply({ code: 451, text: ['x'.repeat(2000)] }, 'qmail')).toBe(`451 ${'x'.repeat(2000)}\r\n`);
  });
});

it('marks every line but the last with "-", whatever the lines are', () => {
  const line = fc.string({ unit: 'grapheme-ascii', maxLength: 700 });
  const text = fc.array(line, { minLength: 1, maxLength: 12 }).map((lines) => lines as [string, ...string[]]);
  fc.assert(
    fc.property(text, fc.constantFrom('qmail', 'rfc'), (lines, dialect) => {
      const sent = renderReply({ code: 550, enhanced: '7.1', text: lines }, dialect).split('\r\n');
      expect(sent.pop()).toBe('');
      expect(sent.map((one) => one.slice(0, 4))).toEqual([...lines.slice(1).map(() => '550-'), '550 ']);
    }),
  );
});

it('the class of a status is that of its reply (RFC 2034 §4)', () => {
  const text: Reply['text'] = ['x'];
  expect([250, 451, 553].map((code) => statusOf({ code, enhanced: '7.1', text }))).toEqual([
    '2.7.1',
    '4.7.1',
    '5.7.1',
  ]);
  expect(statusOf({ code: 354, text })).toBe('');
});
