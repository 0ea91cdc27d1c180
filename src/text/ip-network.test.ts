// Networks as they are written, what is in them, and texts that are no network although some programs take them.

import { expect, it } from 'vitest';
import { parseIp, unmapped } from './ip-address.ts';
import { ipNetworkOf, isInNetwork, parseIpNetwork } from './ip-network.ts';

const octetsOf = (text: string) => unmapped(parseIp(text) ?? []);

it.each([
  ['192.0.2.0/24', '192.0.2.255', true],
  ['192.0.2.0/24', '192.0.3.0', false],
  ['192.0.2.9/24', '192.0.2.1', true],
  ['192.0.2.128/25', '192.0.2.127', false],
  ['192.0.2.128/25', '192.0.2.128', true],
  ['192.0.2.1', '192.0.2.1', true],
  ['192.0.2.1', '192.0.2.2', false],
  ['0.0.0.0/0', '255.255.255.255', true],
  ['0.0.0.0/0', '::1', false],
  ['::/0', '2001:db8::1', true],
  ['::/0', '192.0.2.1', false],
  ['2001:db8::/33', '2001:db8:7fff::1', true],
  ['2001:db8::/33', '2001:db8:8000::1', false],
  ['192.0.2.0/24', '::ffff:192.0.2.7', true],
  ['::ffff:192.0.2.0/120', '192.0.2.7', true],
  ['::ffff:192.0.2.7', '192.0.2.7', true],
])('%s and %s: %s', (network, address, expected) => {
  const parsed = parseIpNetwork(network);
  expect(parsed && isInNetwork(octetsOf(address), parsed)).toBe(expected);
});

it.each([
  '',
  '/',
  '192.0.2.0/',
  '192.0.2.0/33',
  '192.0.2.0/-1',
  '192.0.2.0/024',
  '192.0.2.0/24/24',
  '192.0.2/24',
  '192.0.2.0/255.255.255.0',
  '2001:db8::/129',
  '::ffff:192.0.2.0/24',
  'example.org/24',
])('"%s" is no network', (text) => {
  expect(parseIpNetwork(text)).toBeNull();
});

it.each([
  ['192.0.2.9', 24, '192.0.2.0/24'],
  ['192.0.2.9', 29, '192.0.2.8/29'],
  ['192.0.2.9', 0, '0.0.0.0/0'],
  ['192.0.2.9', 32, '192.0.2.9/32'],
  ['2001:db8:1:2:3::4', 64, '2001:db8:1:2::/64'],
  ['::ffff:192.0.2.9', 24, '192.0.2.0/24'],
])('%s with %i bits is in %s', (address, bits, expected) => {
  expect(ipNetworkOf(octetsOf(address), bits)).toBe(expected);
});
