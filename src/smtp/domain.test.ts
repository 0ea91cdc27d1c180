// Domain names and address literals (RFC 5321 §4.1.2, §4.1.3), with the lengths of RFC 1035 §2.3.4 to the octet. What passes
// as a domain passes in HELO as well; only "_" makes the difference.

import { describe, expect, it } from 'vitest';
import { isAddressLiteral, isDomain, isHeloName } from './domain.ts';

const LABEL_63 = 'a'.repeat(63);
const NAME_255 = `${LABEL_63}.${LABEL_63}.${LABEL_63}.${LABEL_63}`;

describe('domains (RFC 5321 §4.1.2: Domain)', () => {
  it.each([
    'a',
    '1',
    'localhost',
    'mx.example.com',
    'MX.Example.COM',
    '3com.example',
    'a-b.c--d.example',
    'xn--bcher-kva.example',
    '192.0.2.1',
    `${LABEL_63}.example`,
    NAME_255,
  ])('%s', (name) => {
    expect(isDomain(name)).toBe(true);
    expect(isHeloName(name)).toBe(true);
  });

  it.each([
    '',
    '.',
    '.example',
    'example.',
    'a..b',
    '-a.example',
    'a-.example',
    'a.-',
    '-',
    'a b',
    'a\tb',
    'a.example\n',
    'a.example\r',
    'a\0b',
    'a@b',
    'a,b',
    'a:25',
    'a/b',
    'b\xfccher.example',
    'a\x7f',
    '[a]',
    `${LABEL_63}a.example`,
    `a${NAME_255}`,
    `${NAME_255}.a`,
    'a.'.repeat(50_000),
    '-'.repeat(100_000),
  ])('not %j', (name) => {
    expect(isDomain(name)).toBe(false);
    expect(isHeloName(name)).toBe(false);
  });

  it.each(['my_pc', '_', '_a.example', 'a_.b-c_d.example'])('%s is good enough for HELO', (name) => {
    expect(isHeloName(name)).toBe(true);
    expect(isDomain(name)).toBe(false);
  });
});

describe('address literals (RFC 5321 §4.1.3)', () => {
  it.each([
    '[0.0.0.0]',
    '[192.0.2.1]',
    '[255.255.255.255]',
    '[001.002.003.004]',
    '[IPv6:::]',
    '[IPv6:::1]',
    '[ipv6:1::]',
    '[IPv6:2001:db8::7]',
    '[IPv6:2001:DB8:0:0:0:0:0:7]',
    '[IPv6:1:2:3:4:5:6:7:8]',
    '[IPv6:1:2:3::4:5:6]',
    '[IPv6:::ffff:192.0.2.1]',
    '[IPv6:::192.0.2.1]',
    '[IPv6:1:2:3:4:5:6:192.0.2.1]',
    '[IPv6:fe80::1:0]',
    '[IPv6:1:2:3:4:5:6::]',
    '[IPv6:1:2:3:4::192.0.2.1]',
  ])('%s', (literal) => {
    expect(isAddressLiteral(literal)).toBe(true);
    expect(isHeloName(literal)).toBe(true);
    expect(isDomain(literal)).toBe(false);
  });

  it.each([
    '',
    '[]',
    '[',
    '[192.0.2.1',
    '192.0.2.1]',
    '[192.0.2]',
    '[192.0.2.1.5]',
    '[192.0.2.256]',
    '[192.0.2.0001]',
    '[192.0.2.]',
    '[192.0.2.-1]',
    '[192.0.2.1 ]',
    '[192.0.2.1]x',
    '[192.0.2.1]\n',
    '[192.0.2.1\n]',
    '[192.0.2.\xb9]',
    '[mx.example.com]',
    '[2001:db8::7]',
    '[IPv6:]',
    '[IPv6::]',
    '[IPv6:::::]',
    '[IPv6:1::2::3]',
    '[IPv6:1:::2]',
    '[IPv6::1:2:3:4:5:6:7]',
    '[IPv6:1:2:3:4:5:6:7:]',
    '[IPv6:1:2:3:4:5:6:7]',
    '[IPv6:1:2:3:4:5:6:7:8:9]',
    '[IPv6:1:2:3:4:5:6:7:8::]',
    '[IPv6:1:2:3:4:5:6:7::]',
    '[IPv6:1:2:3:4:5::192.0.2.1]',
    '[IPv6:12345::]',
    '[IPv6:g::]',
    '[IPv6:fe80::1%eth0]',
    '[IPv6:192.0.2.1]',
    '[IPv6:192.0.2.1::]',
    '[IPv6:::192.0.2.1:1]',
    '[IPv6:::192.0.2.256]',
    '[IPv6:1:2:3:4:5:6:7:192.0.2.1]',
    '[IPv6: ::1]',
    '[IPv7:::1]',
    `[IPv6:${'1:'.repeat(50_000)}]`,
  ])('not %j', (literal) => {
    expect(isAddressLiteral(literal)).toBe(false);
    expect(isHeloName(literal)).toBe(false);
  });
});
