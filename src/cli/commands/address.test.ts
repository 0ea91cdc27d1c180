// Which texts are addresses and which are names: with and without
// brackets, complete and incomplete. A network or a zone is
// neither.

import { expect, it } from 'vitest';
import { isAddress } from './address.ts';

it.each([
  ['192.0.2.1', true],
  ['[192.0.2.1]', true],
  ['2001:db8::1', true],
  ['[IPv6:2001:db8::1]', true],
  ['[ipv6:::ffff:192.0.2.1]', true],
  ['192.0.2.1/24', false],
  ['192.0.2.256', false],
  ['192.0.2', false],
  ['fe80::1%eth0', false],
  ['mx.example.com', false],
  ['[mx.example.com]', false],
  ['[192.0.2.1', false],
  ['', false],
])('%j: %j', (text, answer) => expect(isAddress(text)).toBe(answer));
