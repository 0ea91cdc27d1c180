import { describe, expect, test } from 'vitest';
import { addressPart, parseAddressList, parseOneAddress, parsePath } from './address.ts';

describe('lists (RFC 5322 §3.4)', () => {
  test.each([
    ['joe@example.org', ['joe@example.org']],
    ['Joe Q. Public <john.q.public@example.com>', ['john.q.public@example.com']],
    [
      '"Giant; \\"Big\\" Box" <sysservices@example.net>, <boss@nil.test>',
      ['sysservices@example.net', 'boss@nil.test'],
    ],
    [
      'A Group:Ed Jones <c@a.test>,joe@where.test,John <jdoe@one.test>;',
      ['c@a.test', 'joe@where.test', 'jdoe@one.test'],
    ],
    ['Undisclosed recipients:;', []],
    ['Pete(A nice \\) chap) <pete(his account)@silly.test(his host)>', ['pete@silly.test']],
    ['A(B(C)) <a@x.test>', ['a@x.test']],
    ['"joe blow"@example.org', ['"joe blow"@example.org']],
    ['"joe"@example.org', ['joe@example.org']],
    ['joe . blow @ example . org', ['joe.blow@example.org']],
    ['<@a.test,@b.test:joe@example.org>', ['joe@example.org']],
    ['joe@[192.0.2.1]', ['joe@[192.0.2.1]']],
    [', ,a@x.test,', ['a@x.test']],
    ['a@x.test,\r\n b@x.test', ['a@x.test', 'b@x.test']],
    ['=?utf-8?Q?J=C3=B6?= <joe@example.org>', ['joe@example.org']],
    ['"a@b" <c@d.test>', ['c@d.test']],
  ])('%j', (body, expected) => {
    expect(parseAddressList(body).map(({ text }) => text)).toEqual(expected);
    expect(parseAddressList(body).every(({ parts }) => parts !== null)).toBe(true);
  });

  test.each([
    ['not an address', 'not an address'],
    ['joe@@example.org', 'joe@@example.org'],
    ['Joe <joe@example.org', 'Joe <joe@example.org'],
    ['"unclosed <a@b.test>', '"unclosed <a@b.test>'],
    ['(unclosed a@b.test', '(unclosed a@b.test'],
    ['joe@', 'joe@'],
    ['<>', '<>'],
  ])('%j is none: only :all sees it (RFC 5228 §2.7.4)', (body, text) => {
    const [address] = parseAddressList(body);
    expect(address).toEqual({ text, parts: null });
    expect(address && addressPart(address, 'all', '+')).toBe(text);
    expect(address && addressPart(address, 'localpart', '+')).toBeNull();
  });

  test('long hostile fields take linear time', () => {
    const started = 'a '.repeat(60_000);
    expect(parseAddressList(`${started}@${' :'.repeat(60_000)}`).length).toBeGreaterThan(0);
    expect(parseAddressList('('.repeat(200_000))).toHaveLength(1);
  });
});

describe('parts (RFC 5228 §2.7.4, RFC 5233 §4)', () => {
  test.each([
    ['ken+sieve@example.org', 'user', 'ken'],
    ['ken+sieve@example.org', 'detail', 'sieve'],
    ['ken+a+b@example.org', 'detail', 'a+b'],
    ['ken+@example.org', 'detail', ''],
    ['ken@example.org', 'user', 'ken'],
    ['ken@example.org', 'detail', null],
    ['"a b+c"@example.org', 'localpart', 'a b+c'],
    ['ken@Example.ORG', 'domain', 'Example.ORG'],
  ] as const)('%s :%s is %j', (text, part, expected) => {
    expect(addressPart(parsePath(text), part, '+')).toBe(expected);
  });

  test('any of several separators counts, the first one decides', () => {
    expect(addressPart(parsePath('ken-a+b@example.org'), 'detail', '+-')).toBe('a+b');
  });
});

describe('paths (RFC 5321 §4.1.2)', () => {
  test.each([
    ['<joe@example.org>', 'joe@example.org'],
    ['joe@example.org', 'joe@example.org'],
    ['<@a.test:joe@example.org>', 'joe@example.org'],
    ['<>', ''],
    ['', ''],
    ['postmaster', 'postmaster'],
  ])('%j is %j', (path, text) => expect(parsePath(path).text).toBe(text));

  test.each(['all', 'localpart', 'domain', 'user', 'detail'] as const)(
    'the null path is empty for :%s (RFC 5228 §5.4)',
    (part) => expect(addressPart(parsePath('<>'), part, '+')).toBe(''),
  );
});

test.each([
  ['joe@example.org', 'joe@example.org'],
  ['Joe <joe@example.org>', 'joe@example.org'],
  ['a@x.test, b@x.test', undefined],
  ['joe', undefined],
  ['', undefined],
])('one address: %j', (text, expected) => expect(parseOneAddress(text)?.text).toBe(expected));
