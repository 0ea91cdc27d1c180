// Keys of addresses: which addresses are counted together, and that what is read is what the rest of the program reads.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ipNetworkOf, parseIp, unmapped } from '../../text/index.ts';
import { type AddressKey, readAddressKey, readNetworkKey } from './address-key.ts';

function addressKey(ip: string): AddressKey | null {
  const key = { high: 0, low: 0 };
  return readAddressKey(ip, key) ? key : null;
}

function networkKey(ip: string): AddressKey {
  const network = { high: 0, low: 0 };
  readNetworkKey(addressKey(ip) ?? network, network);
  return network;
}

it.each([
  ['192.0.2.1', '::ffff:192.0.2.1'],
  ['192.0.2.1', '::FFFF:c000:201'],
  ['192.0.2.1', '0:0:0:0:0:ffff:192.0.2.1'],
  ['2001:db8::1', '2001:DB8:0:0:ffff::'],
  ['2001:db8::1', '2001:db8:0:0:1:2:192.0.2.1'],
  ['2001:db8::', '2001:db8::%eth0'],
  ['fe80::1%eth0', 'fe80::2%lo'],
])('%s and %s are one client', (one, other) => {
  expect(addressKey(one)).toEqual(addressKey(other));
  expect(addressKey(one)).not.toBeNull();
});

it.each([
  ['192.0.2.1', '192.0.2.2'],
  ['2001:db8::1', '2001:db8:0:1::1'],
  ['192.0.2.1', '::192.0.2.1'],
  ['192.0.2.1', '0:0:c000:201::'],
  ['0.0.0.0', '::'],
])('%s and %s are two', (one, other) => {
  expect(addressKey(one)).not.toEqual(addressKey(other));
});

it.each([
  ['192.0.2.1', '192.0.2.255', true],
  ['192.0.2.1', '::ffff:192.0.2.255', true],
  ['192.0.2.1', '192.0.3.1', false],
  ['255.255.255.1', '255.255.255.2', true],
  ['2001:db8::1', '2001:db8::ffff:1', true],
  ['2001:db8:0:1::1', '2001:db8::1', false],
])('%s and %s in one network: %s', (one, other, together) => {
  expect(JSON.stringify(networkKey(one)) === JSON.stringify(networkKey(other))).toBe(together);
});

const PIECES = [
  '0',
  '1',
  '00',
  '255',
  '256',
  '01',
  'ffff',
  'FfFf',
  '12345',
  'g',
  '.',
  ':',
  '::',
  '192.0.2.1',
  ' ',
  '',
];

describe('any text', () => {
  const octet = fc.nat({ max: 255 });
  const inGroups = (separator: string, count: number, most: number, radix: number) =>
    fc
      .array(fc.oneof(fc.constant(0), fc.nat({ max: most })), { minLength: count, maxLength: count })
      .map((parts) => parts.map((part) => part.toString(radix)).join(separator));
  const text = fc.oneof(
    fc.array(fc.constantFrom(...PIECES), { maxLength: 17 }).map((parts) => parts.join('')),
    fc.array(fc.constantFrom(...PIECES), { maxLength: 9 }).map((parts) => parts.join(':')),
    inGroups('.', 4, 299, 10),
    inGroups(':', 8, 0xffff, 16).map((whole) => whole.replace(/(?:^|:)0(?::0)+(?::|$)/, '::')),
    octet.map((last) => `::ffff:192.0.2.${last}`),
  );

  it('has a key if and only if it is an address', () => {
    fc.assert(
      fc.property(text, (ip) => {
        expect(addressKey(ip) !== null).toBe(parseIp(ip) !== null);
      }),
      { numRuns: 5000 },
    );
  });

  it('has the key of the /24 or /64 that it is in', () => {
    fc.assert(
      fc.property(text, (ip) => {
        const octets = parseIp(ip);
        if (octets === null) return;
        const plain = unmapped(octets);
        // Multicast, whose keys are those of IPv4: no client has such an address.
        if (plain.length === 16 && plain.slice(0, 4).every((octet) => octet === 255)) return;
        const [first = ''] = ipNetworkOf(plain, plain.length === 4 ? 24 : 64).split('/');
        expect(networkKey(ip)).toEqual(addressKey(first));
      }),
      { numRuns: 5000 },
    );
  });
});
