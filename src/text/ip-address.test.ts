// Addresses in their one form (RFC 5952), texts that are no address although some
// programs read them as one, and the names made of addresses (RFC 1035 §3.5, RFC 3596
// §2.5).

import { expect, it } from 'vitest';
import { ipText, parseIp, reverseName, unmapped } from './ip-address.ts';

it.each([
  ['0.0.0.0', '0.0.0.0'],
  ['192.0.2.255', '192.0.2.255'],
  ['::', '::'],
  ['::1', '::1'],
  ['1::', '1::'],
  ['2001:DB8::0', '2001:db8::'],
  ['2001:db8:0:0:1:0:0:1', '2001:db8::1:0:0:1'],
  ['2001:0:0:1:0:0:0:1', '2001:0:0:1::1'],
  ['2001:db8:0:1:1:1:1:1', '2001:db8:0:1:1:1:1:1'],
  ['0:1:2:3:4:5:6:7', '0:1:2:3:4:5:6:7'],
  ['1:2:3:4:5:6:7::', '1:2:3:4:5:6:7:0'],
  ['64:ff9b::192.0.2.33', '64:ff9b::c000:221'],
  ['1:2:3:4:5:6:192.0.2.1', '1:2:3:4:5:6:c000:201'],
])('%s is %s', (text, canonical) => {
  const ip = parseIp(text);
  expect(ip && ipText(ip)).toBe(canonical);
});

it.each([
  '',
  'example.org',
  '192.0.2',
  '192.0.2.1.1',
  '192.0.2.256',
  '192.0.2.01',
  '192.0.2.1 ',
  '+1.0.0.0',
  '0x1.0.0.0',
  ':',
  ':::',
  '1:2:3:4:5:6:7',
  '1:2:3:4:5:6:7:8:9',
  '1::2::3',
  '1:2:3:4:5:6:7::8',
  '12345::',
  'g::',
  '::192.0.2.1:1',
  '1:2:3:4:5:6:7:192.0.2.1',
  '::192.0.2',
  '[::1]',
  'fe80::1%eth0',
  '192.0.2.0/24',
])('"%s" is no address', (text) => {
  expect(parseIp(text)).toBeNull();
});

it.each([
  ['::ffff:192.0.2.1', '192.0.2.1'],
  ['::192.0.2.1', '::c000:201'],
  ['1::ffff:192.0.2.1', '1::ffff:c000:201'],
  ['192.0.2.1', '192.0.2.1'],
])('%s without its mapping is %s', (text, plain) => {
  expect(ipText(unmapped(parseIp(text) ?? []))).toBe(plain);
});

it.each([
  ['192.0.2.10', '10.2.0.192.in-addr.arpa'],
  ['2001:db8::ab', `b.a.${'0.'.repeat(22)}8.b.d.0.1.0.0.2.ip6.arpa`],
])('the reverse name of %s', (text, name) => {
  expect(reverseName(parseIp(text) ?? [])).toBe(name);
});
