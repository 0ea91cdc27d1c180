// PROXY headers of both versions by table: what they say, where they end, at which octet something shows that it is
// none. Every one of them is also cut at every octet, which must not change the answer.

import { describe, expect, it } from 'vitest';
import { fromOctets, toOctets } from '../../text/index.ts';
import { type ProxyHeader, parseProxyHeader, V1_OCTETS, V2_BLOCK_OCTETS } from './proxy-header.ts';

const parse = (octets: string): ProxyHeader => parseProxyHeader(toOctets(octets));

const SIGNATURE = '\r\n\r\n\0\r\nQUIT\n';
const number = (n: number): string => String.fromCharCode(n >> 8, n & 255);
const v2 = (command: number, family: number, block: string): string =>
  SIGNATURE + String.fromCharCode(command, family) + number(block.length) + block;
const tlv = (type: number, value: string): string => String.fromCharCode(type) + number(value.length) + value;

const PORTS = number(40000) + number(25);
const TCP4 = `\xcb\x00\x71\x09\xc0\x00\x02\x01${PORTS}`;
const IPV6 = '\x20\x01\x0d\xb8';
const TCP6 = `${IPV6}${'\0'.repeat(11)}\x09${IPV6}${'\0'.repeat(11)}\x01${PORTS}`;
const MAPPED = `${'\0'.repeat(10)}\xff\xff\xcb\x00\x71\x09${IPV6}${'\0'.repeat(11)}\x01${PORTS}`;
// Over the whole header with TCP4, NOOP in front and an authority behind.
const CHECKED = `${TCP4}${tlv(4, '\0\0')}${tlv(3, '\x8b\xba\xa6\xfe')}${tlv(5, 'abc')}`;

const OVER_4 = '203.0.113.9:40000 192.0.2.1:25';
const OVER_6 = '2001:db8::9:40000 2001:db8::1:25';

/** "source:port destination:port", or the word for another connection. */
function told(header: ProxyHeader): string {
  if (header.kind !== 'header') return header.kind;
  if (typeof header.connection === 'string') return header.connection;
  const { source, destination } = header.connection;
  return `${source.address}:${source.port} ${destination.address}:${destination.port}`;
}

const HEADERS: readonly (readonly [string, string, string])[] = [
  ['TCP4', 'PROXY TCP4 203.0.113.9 192.0.2.1 40000 25\r\n', OVER_4],
  ['TCP6', 'PROXY TCP6 2001:db8::9 2001:db8::1 40000 25\r\n', OVER_6],
  ['TCP6 in capitals and at length', 'PROXY TCP6 2001:DB8:0:0:0:0:0:9 2001:DB8::1 40000 25\r\n', OVER_6],
  ['IPv4 inside TCP6', 'PROXY TCP6 ::ffff:203.0.113.9 ::FFFF:C000:0201 40000 25\r\n', OVER_4],
  ['the lowest ports', 'PROXY TCP4 0.0.0.0 0.0.0.0 0 0\r\n', '0.0.0.0:0 0.0.0.0:0'],
  [
    'the highest of all',
    'PROXY TCP4 255.255.255.255 255.255.255.255 65535 65535\r\n',
    '255.255.255.255:65535 255.255.255.255:65535',
  ],
  ['UNKNOWN', 'PROXY UNKNOWN\r\n', 'unknown'],
  ['UNKNOWN with anything', 'PROXY UNKNOWN x  <> 99999 \r\n', 'unknown'],
  ['UNKNOWN of 107 octets', `PROXY UNKNOWN ${'f'.repeat(V1_OCTETS - 16)}\r\n`, 'unknown'],
  ['2, over IPv4', v2(0x21, 0x11, TCP4), OVER_4],
  ['2, over IPv6', v2(0x21, 0x21, TCP6), OVER_6],
  ['2, an IPv4 address in IPv6', v2(0x21, 0x21, MAPPED), '203.0.113.9:40000 2001:db8::1:25'],
  ['2, AF_UNIX', v2(0x21, 0x31, '\0'.repeat(216)), 'unknown'],
  ['2, AF_UNSPEC', v2(0x21, 0x00, ''), 'unknown'],
  ['2, AF_UNSPEC with a block of whatever', v2(0x21, 0x00, '\x03\xff'), 'unknown'],
  ['2, LOCAL', v2(0x20, 0x00, ''), 'own'],
  ['2, LOCAL with addresses', v2(0x20, 0x11, TCP4), 'own'],
  ['2, LOCAL of no known family', v2(0x20, 0xff, 'x'), 'own'],
  ['2, TLVs', v2(0x21, 0x11, TCP4 + tlv(0x01, 'smtp') + tlv(0xee, '') + tlv(0x20, 'x'.repeat(300))), OVER_4],
  ['2, a checksum', v2(0x21, 0x11, CHECKED), OVER_4],
  ['2, AF_UNIX with a TLV', v2(0x21, 0x31, '\0'.repeat(216) + tlv(4, '')), 'unknown'],
  [
    '2, the longest block',
    v2(0x21, 0x11, TCP4 + tlv(4, 'x'.repeat(V2_BLOCK_OCTETS - TCP4.length - 3))),
    OVER_4,
  ],
];

/** With the octets up to and with the one that shows it, or how many come behind that. */
const OTHERS: readonly (readonly [string, string, string | number])[] = [
  ['a command', 'EHLO client.example.net\r\n', 'E'],
  ['a command that begins alike', 'PROXIMATE\r\n', 'PROXI'],
  ['lower case', 'proxy TCP4 203.0.113.9 192.0.2.1 40000 25\r\n', 'p'],
  ['noise', '\0\0\0\0', '\0'],
  ['an empty line', '\r\nEHLO', '\r\nE'],
  ['a bare line feed', '\n', '\n'],
  ['TLS', '\x16\x03\x01', '\x16'],
  ['another family', 'PROXY UDP4 203.0.113.9', 'PROXY UD'],
  ['TCP without its number', 'PROXY TCP 203.0.113.9', 'PROXY TCP '],
  ['two spaces', 'PROXY TCP4  203.0.113.9 192.0.2.1 40000 25\r\n', 'PROXY TCP4  '],
  [
    'two spaces later',
    'PROXY TCP4 203.0.113.9 192.0.2.1  40000 25\r\n',
    'PROXY TCP4 203.0.113.9 192.0.2.1  ',
  ],
  ['a tab', 'PROXY TCP4 203.0.113.9\t192.0.2.1 1 1\r\n', 'PROXY TCP4 203.0.113.9\t'],
  ['a leading zero in the address', 'PROXY TCP4 203.0.113.09 1', 'PROXY TCP4 203.0.113.09 '],
  ['an octet of 256', 'PROXY TCP4 256.0.113.9 1', 'PROXY TCP4 256.0.113.9 '],
  ['IPv6 in TCP4', 'PROXY TCP4 2001:db8::9', 'PROXY TCP4 2001:'],
  ['IPv4 in TCP6', 'PROXY TCP6 203.0.113.9 1', 'PROXY TCP6 203.0.113.9 '],
  ['a name', 'PROXY TCP4 mx.example.com', 'PROXY TCP4 m'],
  ['a zone', 'PROXY TCP6 fe80::1%eth0', 'PROXY TCP6 fe80::1%'],
  ['an address that does not end', `PROXY TCP4 ${'1'.repeat(50)}`, `PROXY TCP4 ${'1'.repeat(16)}`],
  [
    'a port with a leading zero',
    'PROXY TCP4 192.0.2.1 192.0.2.2 025 25\r\n',
    'PROXY TCP4 192.0.2.1 192.0.2.2 02',
  ],
  ['a port of 65536', 'PROXY TCP4 192.0.2.1 192.0.2.2 65536 25\r\n', 'PROXY TCP4 192.0.2.1 192.0.2.2 65536 '],
  [
    'a port of six digits',
    'PROXY TCP4 192.0.2.1 192.0.2.2 123456 25\r\n',
    'PROXY TCP4 192.0.2.1 192.0.2.2 123456',
  ],
  ['a negative port', 'PROXY TCP4 192.0.2.1 192.0.2.2 -1 25\r\n', 'PROXY TCP4 192.0.2.1 192.0.2.2 -'],
  ['a port that is missing', 'PROXY TCP4 192.0.2.1 192.0.2.2 25\r\n', 'PROXY TCP4 192.0.2.1 192.0.2.2 25\r'],
  ['one word more', 'PROXY TCP4 192.0.2.1 192.0.2.2 25 25 25\r\n', 'PROXY TCP4 192.0.2.1 192.0.2.2 25 25 '],
  ['a line feed alone', 'PROXY TCP4 192.0.2.1 192.0.2.2 25 25\n', 'PROXY TCP4 192.0.2.1 192.0.2.2 25 25\n'],
  [
    'a carriage return alone',
    'PROXY TCP4 192.0.2.1 192.0.2.2 25 25\r ',
    'PROXY TCP4 192.0.2.1 192.0.2.2 25 25\r ',
  ],
  ['UNKNOWN with a tail', 'PROXY UNKNOWNS\r\n', 'PROXY UNKNOWNS'],
  ['UNKNOWN with a control octet', 'PROXY UNKNOWN a\0b\r\n', 'PROXY UNKNOWN a\0'],
  [
    'UNKNOWN of 108 octets',
    `PROXY UNKNOWN ${'f'.repeat(V1_OCTETS - 15)}\r\n`,
    `PROXY UNKNOWN ${'f'.repeat(V1_OCTETS - 15)}\r`,
  ],
  ['a signature that is not', `${SIGNATURE.slice(0, -1)}\r`, `${SIGNATURE.slice(0, -1)}\r`],
  ['version 1 in the second form', v2(0x11, 0x11, TCP4), `${SIGNATURE}\x11`],
  ['version 3', v2(0x31, 0x11, TCP4), `${SIGNATURE}\x31`],
  ['a third command', v2(0x22, 0x11, TCP4), `${SIGNATURE}\x22`],
  ['datagrams', v2(0x21, 0x12, TCP4), `${SIGNATURE}\x21\x12`],
  ['no known family', v2(0x21, 0x41, TCP4), `${SIGNATURE}\x21\x41`],
  ['a family without a transport', v2(0x21, 0x10, TCP4), `${SIGNATURE}\x21\x10`],
  ['a block that is too long', `${SIGNATURE}\x21\x11\x10\x01`, `${SIGNATURE}\x21\x11\x10\x01`],
  ['a block that is far too long', `${SIGNATURE}\x20\x00\xff\xff`, `${SIGNATURE}\x20\x00\xff`],
  ['a block without room for its addresses', v2(0x21, 0x21, TCP4), `${SIGNATURE}\x21\x21\0\x0c`],
  ['a TLV without a length', v2(0x21, 0x11, `${TCP4}\x04\0`), `${SIGNATURE}\x21\x11\0\x0e`],
  ['a TLV beyond the end', v2(0x21, 0x11, `${TCP4}\x04\0\x02x`), 1],
  ['a TLV far beyond it', v2(0x21, 0x11, `${TCP4}\x04\xff\0x`), 2],
  ['a checksum of three octets', v2(0x21, 0x11, TCP4 + tlv(3, 'abc')), 3],
  ['two checksums', v2(0x21, 0x11, CHECKED + tlv(3, 'abcd')), 4],
  ['a wrong checksum', v2(0x21, 0x11, CHECKED.replace('\x8b\xba', '\x8b\xbb')), 0],
  ['a checksum of something else', v2(0x21, 0x11, CHECKED.replace('abc', 'abd')), 0],
];

describe.each(HEADERS)('%s', (_, octets, says) => {
  it.each(['', 'EHLO client.example.net\r\n', '\0\xff', 'PROXY UNKNOWN\r\n', '\x03'])(
    'is read before %j',
    (rest) => {
      const header = parse(octets + rest);
      expect(header).toMatchObject({ kind: 'header', octets: octets.length });
      expect(told(header)).toBe(says);
    },
  );

  it('is not complete before its last octet', () => {
    for (let at = 0; at < octets.length; at += 1) {
      expect(parse(octets.slice(0, at)), `${at} octets`).toEqual({ kind: 'more' });
    }
  });
});

describe.each(OTHERS)('%s is none', (_, octets, shownBy) => {
  const shown = typeof shownBy === 'string' ? shownBy : octets.slice(0, octets.length - shownBy);

  it('at the octet that shows it, and for the same reason ever after', () => {
    expect(octets.startsWith(shown)).toBe(true);
    const found = parse(shown);
    expect(found).toEqual({ kind: 'bad', reason: expect.stringMatching(/^[a-z][ -~]{10,70}$/) });
    for (let at = 0; at < shown.length; at += 1) {
      expect(parse(octets.slice(0, at)), `${at} octets`).toEqual({ kind: 'more' });
    }
    for (let at = shown.length; at <= octets.length; at += 1) {
      expect(parse(octets.slice(0, at)), `${at} octets`).toEqual(found);
    }
  });
});

it('reads a part of a larger buffer', () => {
  const whole = toOctets(`xxx${v2(0x21, 0x11, CHECKED)}yyy`);
  expect(told(parseProxyHeader(whole.subarray(3)))).toBe(OVER_4);
  expect(fromOctets(whole.subarray(-3))).toBe('yyy');
});
