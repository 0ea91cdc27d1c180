// Literals judged by themselves: what is and what is not a header name, an address, a zone, a network, a table. Both sides of every
// line, with the addresses of RFC 5737 and RFC 3849.

import { describe, expect, it } from 'vitest';
import {
  badFlag,
  isAddress,
  isAddressHeader,
  isDatePart,
  isDnsZone,
  isHeaderName,
  isNetwork,
  isScriptName,
  isVariableName,
  isZone,
  mapProblem,
} from './literals.ts';

const judged = (judge: (text: string) => boolean, good: readonly string[], bad: readonly string[]): void => {
  it.each(good)('takes %j', (text) => expect(judge(text)).toBe(true));
  it.each(bad)('refuses %j', (text) => expect(judge(text)).toBe(false));
};

describe('header names', () =>
  judged(isHeaderName, ['Subject', 'X-A', 'a!b'], ['', 'two words', 'a:', 'tab\t', 'caf\xe9']));

describe('headers with addresses', () => judged(isAddressHeader, ['From', 'resent-to'], ['subject', '']));

describe('addresses', () =>
  judged(
    isAddress,
    ['a@b.example', 'Name <a@b.example>', '"a b"@b.example', 'a@[192.0.2.1]', 'a.b+c@x'],
    ['', 'a', '@b', 'a@', 'a b@c.example', 'a@b c', '<a@b.example> x', 'a..b@c.example', '.a@c.example'],
  ));

describe('date parts', () => judged(isDatePart, ['year', 'WEEKDAY', 'std11'], ['', 'century']));

describe('time zones', () => judged(isZone, ['+0200', '-0000'], ['', 'CET', '0200', '+200', '+02:00']));

describe('variables', () =>
  judged(isVariableName, ['a', '_a1', 'global.x'], ['', '1a', 'a-b', 'a.', '.a', 'a'.repeat(65)]));

describe('names of scripts', () =>
  judged(isScriptName, ['a', 'a b.sieve', '..'], ['', 'a/b', 'a\0', 'x'.repeat(257)]));

describe('networks', () =>
  judged(
    isNetwork,
    [
      '192.0.2.1',
      '192.0.2.0/24',
      '0.0.0.0/0',
      '::',
      '::1/128',
      '2001:db8::/32',
      '::ffff:192.0.2.1',
      '1:2:3:4:5:6:7:8',
    ],
    [
      '',
      '192.0.2',
      '192.0.2.256',
      '192.0.2.01',
      '192.0.2.0/33',
      '192.0.2.0/',
      '192.0.2.0/8/8',
      ':::',
      '1::2::3',
      '2001:db8::/129',
      '1:2:3:4:5:6:7',
      '1:2:3:4:5:6:7:8:9',
      '12345::',
      '::ffff:192.0.2.0/24',
    ],
  ));

describe('DNS zones', () =>
  judged(
    isDnsZone,
    ['zen.example.org', 'a.b.', 'zen.example.org=127.0.0.[2;3]', '_x.example', 'a.example=127.0.0.2'],
    [
      '',
      'localhost',
      'not a zone',
      '.example.org',
      'a..b',
      '-a.example',
      `${'a'.repeat(64)}.example`,
      'a.example=',
      'a.example=x',
    ],
  ));

describe('tables', () => {
  it.each(['cdb:control/a.cdb', 'file:/etc/x', 'list:control/y', 'cidr:a', 'regex:b'])('takes %j', (uri) =>
    expect(mapProblem(uri)).toBeNull(),
  );
  it.each(['sqlite:a', 'http:b', 'socket:c'])('leaves %j for later', (uri) =>
    expect(mapProblem(uri)).toBe('later'),
  );
  it.each(['', 'a', 'ldap:x', 'cdb:', ':x'])('refuses %j', (uri) => {
    expect(mapProblem(uri)).not.toBeNull();
    expect(mapProblem(uri)).not.toBe('later');
  });
});

describe('flags', () => {
  it.each(['\\Seen', 'work', '\\Seen \\Flagged  x', '', '$label'])('takes %j', (text) =>
    expect(badFlag(text)).toBeNull(),
  );
  it.each([
    ['\\Nonsense', '\\Nonsense'],
    ['a (b', '(b'],
    ['x*', 'x*'],
  ])('of %j refuses %j', (text, flag) => expect(badFlag(text)).toBe(flag));
});
