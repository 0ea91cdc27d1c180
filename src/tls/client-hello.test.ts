// What is read from a ClientHello (RFC 8446 §4.1.2, RFC 6066 §3): of real clients, of made-up ones, in pieces and in
// many records, and what is no hello at all.

import { describe, expect, it } from 'vitest';
import {
  caughtHello,
  inRecords,
  madeUpHello,
  serverName,
  signatureAlgorithms,
  supportedVersions,
} from '../../test/support/client-hellos.ts';
import { HELLO_OCTETS, parseClientHello } from './client-hello.ts';

const UNKNOWN = { kind: 'hello', serverName: null, ecdsa: true };
const hello = (name: string | null, ecdsa: boolean) => ({ kind: 'hello', serverName: name, ecdsa });
const octetsOf = (text: string): Uint8Array => Buffer.from(text, 'latin1');

describe('a real hello', () => {
  it.each([
    ['as Node sends it', { servername: 'mx.example.org' }, hello('mx.example.org', true)],
    ['without a name', {}, hello(null, true)],
    ['with a name in capitals', { servername: 'MX.Example.ORG' }, hello('mx.example.org', true)],
    ['of TLS 1.2', { maxVersion: 'TLSv1.2' }, hello(null, true)],
    ['of TLS 1.3', { minVersion: 'TLSv1.3' }, hello(null, true)],
    [
      'of TLS 1.2 with suites for RSA only',
      { maxVersion: 'TLSv1.2', ciphers: 'ECDHE-RSA-AES128-GCM-SHA256' },
      hello(null, false),
    ],
    [
      'with TLS 1.3 and suites of TLS 1.2 for RSA only',
      { ciphers: 'TLS_AES_128_GCM_SHA256:ECDHE-RSA-AES128-GCM-SHA256' },
      hello(null, true),
    ],
    ['with signatures by RSA only', { sigalgs: 'rsa_pss_rsae_sha256:RSA+SHA256' }, hello(null, false)],
    ['with P-384 only', { sigalgs: 'ECDSA+SHA384' }, hello(null, true)],
    [
      'of TLS 1.2 with ECDSA only',
      { maxVersion: 'TLSv1.2', ciphers: 'ECDHE-ECDSA-CHACHA20-POLY1305' },
      hello(null, true),
    ],
  ] as const)('%s', async (_, options, expected) => {
    const octets = await caughtHello(options);
    expect(parseClientHello(octets)).toEqual(expected);
    for (let end = 0; end < octets.length; end += 1)
      expect(parseClientHello(octets.subarray(0, end)), `${end} octets`).toEqual({ kind: 'incomplete' });
    const early = Buffer.concat([octets, octetsOf('\x14\x03\x03\0\x01\x01and what else there is')]);
    expect(parseClientHello(early)).toEqual(expected);
  });
});

describe('a hello in many records (RFC 8446 §5.1)', () => {
  const message = madeUpHello({
    extensions: [serverName('mx.example.org'), supportedVersions(0x0304), signatureAlgorithms(0x0403)],
  });

  it.each([1, 2, 3, 4, 5, 20, 64, message.length - 1, message.length])('of %i octets', (size) => {
    const octets = inRecords(message, size);
    expect(parseClientHello(octets)).toEqual(hello('mx.example.org', true));
    for (let end = 0; end < octets.length; end += 1)
      expect(parseClientHello(octets.subarray(0, end))).toEqual({ kind: 'incomplete' });
  });

  it('with something else between them is none', () => {
    const octets = inRecords(message, 40);
    octets[45] = 21;
    expect(parseClientHello(octets)).toEqual({ kind: 'no-tls' });
  });

  it('behind whose end another message begins', () => {
    expect(parseClientHello(inRecords([...message, 1, 0, 0, 9, 3], 50))).toEqual(
      hello('mx.example.org', true),
    );
  });
});

describe('whether it can check ECDSA', () => {
  const [TLS_1_2, TLS_1_3] = [0x0303, 0x0304];
  it.each([
    ['nothing is said', {}, false],
    ['suites are for it, and no algorithms are named', { suites: [0xc02b] }, false],
    ['both are', { suites: [0xc02b], extensions: [signatureAlgorithms(0x0403)] }, true],
    ['P-521 is', { suites: [0xc0af], extensions: [signatureAlgorithms(0x0804, 0x0603)] }, true],
    ['with SHA-1 only', { suites: [0xc02b], extensions: [signatureAlgorithms(0x0203)] }, false],
    ['Ed25519 is not', { extensions: [supportedVersions(TLS_1_3), signatureAlgorithms(0x0807)] }, false],
    ['no suite of TLS 1.2 is', { suites: [0xc02f], extensions: [signatureAlgorithms(0x0403)] }, false],
    [
      'suites of TLS 1.3 do not matter',
      { suites: [0x1301], extensions: [signatureAlgorithms(0x0503), supportedVersions(TLS_1_2, TLS_1_3)] },
      true,
    ],
    [
      'a list of versions without TLS 1.3',
      { suites: [0x1301], extensions: [signatureAlgorithms(0x0503), supportedVersions(TLS_1_2)] },
      false,
    ],
  ])('%s', (_, fields, ecdsa) => {
    expect(parseClientHello(inRecords(madeUpHello(fields)))).toEqual(hello(null, ecdsa));
  });
});

describe('the host name (RFC 6066 §3)', () => {
  it.each([
    ['mail.example.org', 'mail.example.org'],
    ['MAIL.Example.org', 'mail.example.org'],
    ['mail.example.org.', 'mail.example.org'],
    ['_dane.xn--bcher-kva.example', '_dane.xn--bcher-kva.example'],
    ['localhost', 'localhost'],
    ['', null],
    ['.', null],
    ['a..b', null],
    ['.example.org', null],
    ['*.example.org', null],
    ['192.0.2.1', null],
    ['2001:db8::1', null],
    ['b\xfccher.example', null],
    ['a b', null],
    ['mail.example.org\0.example.net', null],
    ['mail.example.org\n', null],
    [`${'a'.repeat(63)}.example`, `${'a'.repeat(63)}.example`],
    [`${'a'.repeat(64)}.example`, null],
    [`${'a.'.repeat(126)}a`, `${'a.'.repeat(126)}a`],
    [`${'a.'.repeat(127)}a`, null],
  ])('%j is %j', (name, expected) => {
    const octets = inRecords(madeUpHello({ extensions: [serverName(name)] }));
    expect(parseClientHello(octets)).toEqual(hello(expected, false));
  });

  it('is the first one', () => {
    const octets = inRecords(madeUpHello({ extensions: [serverName('a.example', 'b.example')] }));
    expect(parseClientHello(octets)).toEqual(hello('a.example', false));
  });

  it.each([
    ['an empty extension', []],
    ['a list that is longer than the extension', [0, 9, 0, 0, 1, 97]],
    ['a name that is longer than the list', [0, 4, 0, 0, 9, 97]],
    ['another type of name', [0, 4, 1, 0, 1, 97]],
  ])('is not known from %s', (_, content) => {
    const octets = inRecords(madeUpHello({ extensions: [[0, content]] }));
    expect(parseClientHello(octets)).toEqual(hello(null, false));
  });
});

describe('left to the library is', () => {
  const good = madeUpHello({ extensions: [serverName('a.example')] });

  it.each([
    ['a hello with nothing in it', [1, 0, 0, 0]],
    ['one that ends within a field', [1, 0, 0, 40, ...good.slice(4, 44)]],
    ['one with less than its extensions say', [1, 0, 0, good.length - 5, ...good.slice(4, -1)]],
    ['one with an octet too many', [1, 0, 0, good.length - 3, ...good.slice(4), 0]],
  ])('%s', (_, message) => {
    const octets = inRecords(message);
    const expected = message.length === good.length + 1 ? hello('a.example', false) : UNKNOWN;
    expect(parseClientHello(octets)).toEqual(expected);
  });

  it('one that says it is too long', () => {
    const longest = [1, 0, (HELLO_OCTETS - 4) >> 8, (HELLO_OCTETS - 4) & 255];
    expect(parseClientHello(inRecords(longest))).toEqual({ kind: 'incomplete' });
    expect(parseClientHello(inRecords([1, 0, 0x40, 0]))).toEqual(UNKNOWN);
    expect(parseClientHello(inRecords([1, 0xff, 0xff, 0xff]))).toEqual(UNKNOWN);
  });

  it('one that comes in too small pieces', () => {
    const octets = inRecords([1, 0, 0x30, 0, ...new Array<number>(4000).fill(0)], 1);
    expect(octets.length).toBeGreaterThan(HELLO_OCTETS + 1000);
    expect(parseClientHello(octets)).toEqual(UNKNOWN);
    expect(parseClientHello(octets.subarray(0, HELLO_OCTETS))).toEqual({ kind: 'incomplete' });
  });

  it('and one of the greatest size is read', () => {
    const padding = new Array<number>(HELLO_OCTETS - good.length - 4).fill(0);
    const message = madeUpHello({ extensions: [serverName('a.example'), [21, padding]] });
    expect(message.length).toBe(HELLO_OCTETS);
    expect(parseClientHello(inRecords(message))).toEqual(hello('a.example', false));
    expect(parseClientHello(inRecords(message, 300))).toEqual(hello('a.example', false));
  });
});

it.each([
  ['EHLO', octetsOf('EHLO client.example.net\r\n')],
  ['one octet of it', octetsOf('E')],
  ['a hello of SSL 2', Uint8Array.of(0x80, 0x2e, 1, 3, 1, 0, 21, 0, 0, 0, 16)],
  ['an alert', Uint8Array.of(21, 3, 1, 0, 2, 2, 40)],
  ['application data', Uint8Array.of(23, 3, 3, 0, 1, 0)],
  ['a record of TLS 4', Uint8Array.of(22, 4)],
  ['DTLS', Uint8Array.of(22, 0xfe, 0xfd)],
  ['an empty record', Uint8Array.of(22, 3, 1, 0, 0)],
  ['a record that is too long', Uint8Array.of(22, 3, 1, 0x40, 1)],
  ['the hello of a server', Uint8Array.of(22, 3, 1, 0, 4, 2)],
])('%s is no TLS', (_, octets) => {
  expect(parseClientHello(octets)).toEqual({ kind: 'no-tls' });
});

it('nothing at all is incomplete', () => {
  expect(parseClientHello(new Uint8Array(0))).toEqual({ kind: 'incomplete' });
});
