// Numbers and bracketed addresses as qmail's scan_ulong() and ip_scanbracket() read them: leading digits, wrapping where
// the C types wrap, exact however many digits there are.

import { describe, expect, it } from 'vitest';
import { scanBracketedIPv4 } from './ip.ts';
import { scanUnsignedLong } from './scan.ts';

it.each([
  ['', 0n, 0],
  ['x1', 0n, 0],
  [' 1', 0n, 0],
  ['-1', 0n, 0],
  ['+1', 0n, 0],
  ['\xb2', 0n, 0],
  ['0', 0n, 1],
  ['007', 7n, 3],
  ['10k', 10n, 2],
  ['1\n2', 1n, 1],
  ['18446744073709551615', 2n ** 64n - 1n, 20],
  ['18446744073709551616', 0n, 20],
  ['18446744073709551621!', 5n, 20],
  ['0'.repeat(500), 0n, 500],
  ['9'.repeat(500), BigInt.asUintN(64, 10n ** 500n - 1n), 500],
])('scan_ulong() of %j', (text, value, digits) => expect(scanUnsignedLong(text)).toEqual({ value, digits }));

describe('ip_scanbracket()', () => {
  it.each([
    ['[10.0.0.1]', '10.0.0.1'],
    ['[0.0.0.0]', '0.0.0.0'],
    ['[255.255.255.255]', '255.255.255.255'],
    ['[127.0.0.256]', '127.0.0.0'],
    ['[127.0.0.257]', '127.0.0.1'],
    ['[1000.0.0.1]', '232.0.0.1'],
    ['[010.000.0.00001]', '10.0.0.1'],
    ['[4294967296.4294967297.0.18446744073709551621]', '0.1.0.5'],
    [`[${'9'.repeat(5000)}.0.0.1]`, `${(10n ** 5000n - 1n) % 256n}.0.0.1`],
    [`[1${'0'.repeat(7)}.1${'0'.repeat(8)}.1.1]`, `${10 ** 7 % 256}.0.1.1`],
  ])('reads %j as %s', (host, ip) => expect(scanBracketedIPv4(host)).toBe(ip));

  it.each([
    '',
    '[]',
    '10.0.0.1',
    '[10.0.0.1',
    '10.0.0.1]',
    '[10.0.0]',
    '[10.0.0.]',
    '[.0.0.1]',
    '[10..0.1]',
    '[10.0.0.1.1]',
    '[10.0.0.1]x',
    '[10.0.0.1]\n',
    ' [10.0.0.1]',
    '[ 10.0.0.1]',
    '[10.0.0.-1]',
    '[10.0.0.+1]',
    '[10.0.0.0x1]',
    '[10.0.0.\xb9]',
    '[[10.0.0.1]]',
    '[IPv6:::1]',
    '[::ffff:10.0.0.1]',
  ])('takes %j for no address', (host) => expect(scanBracketedIPv4(host)).toBe(null));
});
