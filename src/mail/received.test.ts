// The Received field in both wordings: qmail's (received.c) and RFC 5321 §4.4. Names come from the client and from DNS, so
// whatever octets they are made of, the field stays two lines, and its brackets and semicolon stay ours.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { qmailReceived, rfcReceived, type Trace } from './received.ts';

const TRACE: Trace = {
  host: 'client.example.net',
  ip: '203.0.113.9',
  info: null,
  helo: null,
  by: 'mx.example.com',
  protocol: 'SMTP',
  tls: null,
  at: Date.UTC(2026, 10, 7, 4, 5, 6),
};
const STAMP = '7 Nov 2026 04:05:06 -0000';

describe('in qmail’s wording (received.c: received())', () => {
  it.each<[string, Partial<Trace>, string]>([
    ['plain', {}, 'client.example.net (203.0.113.9)'],
    ['another HELO', { helo: 'pc' }, 'client.example.net (HELO pc) (203.0.113.9)'],
    ['an empty HELO', { helo: '' }, 'client.example.net (HELO ) (203.0.113.9)'],
    ['TCPREMOTEINFO', { info: 'joe' }, 'client.example.net (joe@203.0.113.9)'],
    ['an empty TCPREMOTEINFO', { info: '' }, 'client.example.net (@203.0.113.9)'],
    [
      'IPv6',
      { ip: '2001:db8::7', helo: '[IPv6:2001:db8::7]' },
      'client.example.net (HELO [IPv6:2001:db8::7]) (2001:db8::7)',
    ],
    ['hostile', { helo: 'a)\r\nX: b', info: '(;' }, 'client.example.net (HELO a???X:?b) (??@203.0.113.9)'],
  ])('%s', (_, part, from) => {
    const text = `Received: from ${from}\n  by mx.example.com with SMTP; ${STAMP}\n`;
    expect(qmailReceived({ ...TRACE, ...part })).toBe(text);
  });
});

describe('in the wording of RFC 5321 §4.4', () => {
  it.each<[string, Partial<Trace>, string]>([
    ['without HELO', {}, 'client.example.net (client.example.net [203.0.113.9])'],
    ['HELO', { helo: 'pc' }, 'pc (client.example.net [203.0.113.9])'],
    ['TCPREMOTEINFO', { info: 'joe' }, 'client.example.net (client.example.net [203.0.113.9] ident joe)'],
    ['an empty TCPREMOTEINFO', { info: '' }, 'client.example.net (client.example.net [203.0.113.9])'],
    ['hostile', { host: 'a\nb', helo: '\xe9 (c)' }, '???c? (a?b [203.0.113.9])'],
  ])('%s', (_, part, from) => {
    const text = `Received: from ${from}\n  by mx.example.com with SMTP; ${STAMP}\n`;
    expect(rfcReceived({ ...TRACE, ...part })).toBe(text);
  });

  it('names the protocol (RFC 3848)', () => {
    expect(rfcReceived({ ...TRACE, protocol: 'ESMTP' })).toContain('\n  by mx.example.com with ESMTP; ');
  });
});

it.each([
  ['ESMTPS', 'TLSv1.3', 'TLS_AES_256_GCM_SHA384', 'ESMTPS (TLSv1.3 TLS_AES_256_GCM_SHA384)'],
  ['ESMTPSA', 'TLSv1.2', 'ECDHE-RSA-AES128-GCM-SHA256', 'ESMTPSA (TLSv1.2 ECDHE-RSA-AES128-GCM-SHA256)'],
  ['ESMTPS', 'TLS)\n(', 'a;b', 'ESMTPS (TLS??? a?b)'],
])('tells of TLS: %s %j %j', (protocol, version, cipher, words) => {
  const trace = { ...TRACE, protocol, tls: { version, cipher } };
  for (const received of [qmailReceived, rfcReceived]) {
    expect(received(trace)).toContain(`\n  by mx.example.com with ${words}; ${STAMP}\n`);
  }
});

describe('whatever the names are', () => {
  const name = fc.array(fc.integer({ min: 0, max: 255 })).map((octets) => String.fromCharCode(...octets));
  const hostile = fc.record({
    host: name,
    ip: name,
    info: fc.option(name),
    helo: fc.option(name),
    by: name,
    protocol: fc.constant('SMTP'),
    tls: fc.option(fc.record({ version: name, cipher: name })),
    at: fc.constant(TRACE.at),
  });
  const SAFE = String.raw`[A-Za-z0-9.@%+/=:[\]?-]*`;

  it.each([
    ['qmail’s', qmailReceived, String.raw`${SAFE}(?: \(HELO ${SAFE}\))? \(${SAFE}\)`],
    ['the RFC’s', rfcReceived, String.raw`${SAFE} \(${SAFE} \[${SAFE}\](?: ident ${SAFE})?\)`],
  ])('%s wording keeps its form', (_, received, from) => {
    const form = new RegExp(
      String.raw`^Received: from ${from}\n {2}by ${SAFE} with SMTP(?: \([A-Za-z0-9._?-]* [A-Za-z0-9._?-]*\))?; ${STAMP}\n$`,
    );
    fc.assert(
      fc.property(hostile, (trace) => form.test(received(trace))),
      { numRuns: 500 },
    );
  });
});
