// The addresses of this machine, as the system itself names them: all of
// IPv4, 0.0.0.0, and nothing else. Depends on no particular address being
// there.

import { networkInterfaces } from 'node:os';
import { expect, it } from 'vitest';
import { localAddresses } from './local-address.ts';

it('has every IPv4 address of every interface, and 0.0.0.0', () => {
  const all = Object.values(networkInterfaces()).flatMap((addresses) => addresses ?? []);
  const ipv4 = all.map(({ address }) => address).filter((address) => !address.includes(':'));
  expect([...localAddresses()].sort()).toEqual([...new Set([...ipv4, '0.0.0.0'])].sort());
});

it('does not have an address of somebody else', () => {
  expect(localAddresses().has('192.0.2.1')).toBe(false);
});
