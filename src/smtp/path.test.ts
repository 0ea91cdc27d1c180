// Reverse-path and forward-path (RFC 5321 §4.1.2), by table. What is accepted comes out unquoted and in printable ASCII, with
// one "@" that counts, the last; what the grammar does not have is refused, however near it is.

import { describe, expect, it } from 'vitest';
import { PATH_OCTETS, parsePath } from './path.ts';

const LONG_DOMAIN = `${'d'.repeat(60)}.example`;

/** A path of so many octets, brackets included. */
const pathOf = (octets: number): string => `<${'a'.repeat(octets - 3 - LONG_DOMAIN.length)}@${LONG_DOMAIN}>`;

describe('a mailbox (RFC 5321 §4.1.2: Mailbox)', () => {
  it.each([
    ['<a@b>', 'a@b'],
    ['<User@Example.COM>', 'User@Example.COM'],
    ['<a.b.c@example.com>', 'a.b.c@example.com'],
    ["<!#$%&'*+/=?^_`{|}~-@example.com>", "!#$%&'*+/=?^_`{|}~-@example.com"],
    ['<1@1.2.3.4>', '1@1.2.3.4'],
    ['<"a b"@example.com>', 'a b@example.com'],
    ['<"a.b."@example.com>', 'a.b.@example.com'],
    ['<".."@example.com>', '..@example.com'],
    ['<"a@b"@example.com>', 'a@b@example.com'],
    ['<"a>b"@example.com>', 'a>b@example.com'],
    ['<"<a>"@example.com>', '<a>@example.com'],
    ['<"a\\"b"@example.com>', 'a"b@example.com'],
    ['<"a\\\\"@example.com>', 'a\\@example.com'],
    ['<"\\a\\ \\@"@example.com>', 'a @@example.com'],
    ['<"a,b:c;d"@example.com>', 'a,b:c;d@example.com'],
    ['<"!~[]()"@example.com>', '!~[]()@example.com'],
    ['<a@[192.0.2.1]>', 'a@[192.0.2.1]'],
    ['<a@[IPv6:2001:db8::7]>', 'a@[IPv6:2001:db8::7]'],
    ['<"a b"@[192.0.2.1]>', 'a b@[192.0.2.1]'],
    ['<a@xn--bcher-kva.example>', 'a@xn--bcher-kva.example'],
  ])('%s', (text, address) => {
    expect(parsePath(text, 'reverse')).toEqual({ address, rest: '' });
    expect(parsePath(text, 'forward')).toEqual({ address, rest: '' });
  });

  it.each([
    '',
    '<',
    '>',
    'a@b',
    ' <a@b>',
    '<a@b',
    '<<a@b>',
    '<<a@b>>',
    '< a@b>',
    '<a@b >',
    '<a @b>',
    '<a@ b>',
    '<a>',
    '<@>',
    '<a@>',
    '<@b>',
    '<a@b@c>',
    '<a.@b>',
    '<.a@b>',
    '<a..b@c>',
    '<.@b>',
    '<a b@c>',
    '<a,b@c>',
    '<a;b@c>',
    '<a:b@c>',
    '<(a)b@c>',
    '<a\\b@c>',
    '<a"b@c>',
    '<a"b"@c>',
    '<"a"b@c>',
    '<"a".b@c>',
    '<"a@b>',
    '<a"@b>',
    '<"a"">',
    '<"a""b"@c>',
    '<"a\\"@c>',
    '<"a\\\r"@c>',
    '<"a\tb"@c>',
    '<"a\nb"@c>',
    '<"a\0b"@c>',
    '<"caf\xe9"@c>',
    '<"a\\\xe9"@c>',
    '<"a\x7f"@c>',
    '<caf\xe9@c>',
    '<a\x01@c>',
    '<a\x7f@c>',
    '<a\0b@c>',
    '<a\r\nb@c>',
    '<a@b\r\n>',
    '<a@b\n>',
    '<a@caf\xe9>',
    '<a@.b>',
    '<a@b.>',
    '<a@b..c>',
    '<a@-b>',
    '<a@b->',
    '<a@b_c>',
    '<a@b,c>',
    '<a@b c>',
    '<a@"b">',
    '<a@(b)>',
    '<a@b:25>',
    '<a@[b]>',
    '<a@[]>',
    '<a@[192.0.2.256]>',
    '<a@[192.0.2.1>',
    '<a@192.0.2.1]>',
    '<a@[192.0.2.1].b>',
    '<a@[192.0.2.1]b>',
    '<a@[[192.0.2.1]]>',
    '<a@[192.0.2.1\\]>',
    '<a@[IPv6:1::2::3]>',
    '<a@[2001:db8::7]>',
    `<a@${'b'.repeat(64)}>`,
    `<a@${'b.'.repeat(127)}cc>`,
  ])('not %j', (text) => {
    expect(parsePath(text, 'reverse')).toBe(null);
    expect(parsePath(text, 'forward')).toBe(null);
  });
});

describe('what is special', () => {
  it.each([
    ['<>', 'reverse', ''],
    ['<Postmaster>', 'forward', 'Postmaster'],
    ['<pOSTMASTER>', 'forward', 'pOSTMASTER'],
    ['<postmaster@b>', 'forward', 'postmaster@b'],
    ['<postmasters@b>', 'forward', 'postmasters@b'],
  ] as const)('%s is a %s-path (RFC 5321 §4.1.1)', (text, kind, address) => {
    expect(parsePath(text, kind)).toEqual({ address, rest: '' });
  });

  it.each([
    ['<>', 'forward'],
    ['< >', 'reverse'],
    // In the grammar, but unquoted it would be "@b", which is nobody's mailbox.
    ['<""@b>', 'reverse'],
    ['<""@b>', 'forward'],
    ['<Postmaster>', 'reverse'],
    ['<postmasters>', 'forward'],
    ['<@a.example:postmaster>', 'forward'],
    ['<"postmaster">', 'forward'],
    ['<postmaster@>', 'forward'],
    ['<postmaster >', 'forward'],
    ['<root>', 'forward'],
  ] as const)('%s is no %s-path', (text, kind) => expect(parsePath(text, kind)).toBe(null));
});

describe('source routes (RFC 5321 §4.1.1.3, A-d-l)', () => {
  it.each([
    ['<@a:u@b>', 'u@b'],
    ['<@a.example,@b.example:u@c>', 'u@c'],
    ['<@a,@b,@c:"x:y"@d>', 'x:y@d'],
  ])('%s leaves %s', (text, address) => {
    expect(parsePath(text, 'forward')).toEqual({ address, rest: '' });
    expect(parsePath(text, 'reverse')).toEqual({ address, rest: '' });
  });

  it.each([
    '<@a>',
    '<@a:>',
    '<@:u@b>',
    '<a:u@b>',
    '<@a,b:u@c>',
    '<@a,:u@c>',
    '<@a,,@b:u@c>',
    '<@a @b:u@c>',
    '<@a, @b:u@c>',
    '<@a:@b:u@c>',
    '<@a..b:u@c>',
    '<@a_b:u@c>',
    '<@u@a:u@c>',
    '<@a\xe9:u@c>',
    '<@a:u@b',
    '<@a:<u@b>>',
  ])('not %j', (text) => {
    expect(parsePath(text, 'forward')).toBe(null);
    expect(parsePath(text, 'reverse')).toBe(null);
  });
});

describe('behind the bracket', () => {
  it.each([
    ['<a@b> SIZE=1', ' SIZE=1'],
    ['<a@b>x', 'x'],
    ['<a@b>>', '>'],
    ['<a@b> ', ' '],
    ['<a@b>,<c@d>', ',<c@d>'],
    ['<a@b>\xe9\0', '\xe9\0'],
    ['<"a>"@b> <c@d>', ' <c@d>'],
  ])('%j leaves %j for whoever reads on', (text, rest) => {
    expect(parsePath(text, 'forward')?.rest).toBe(rest);
  });
});

describe('the length of a path (RFC 5321 §4.5.3.1.3)', () => {
  it.each([
    ['one less', PATH_OCTETS - 1, true],
    ['the limit', PATH_OCTETS, true],
    ['one more', PATH_OCTETS + 1, false],
    ['far more', 200_000, false],
  ])('%s', (_, octets, accepted) => {
    const text = pathOf(octets);
    expect(text.length).toBe(octets);
    expect(parsePath(text, 'forward') !== null).toBe(accepted);
    expect(parsePath(`${text} SIZE=1`, 'reverse') !== null).toBe(accepted);
  });

  it('counts source route and quoting', () => {
    const route = `<@${'r'.repeat(60)}.example:`;
    const path = (local: number): string => `${route}"${'\\a'.repeat(local)}"@b>`;
    const most = Math.floor((PATH_OCTETS - path(0).length) / 2);
    expect(parsePath(path(most), 'forward')?.address).toBe(`${'a'.repeat(most)}@b`);
    expect(parsePath(path(most + 1), 'forward')).toBe(null);
  });

  it.each(['"', '\\', '<"', '<"\\', '<a.', '<@a,', '<a@[', '<a@b.'])(
    'refuses a hundred thousand of %j',
    (part) => {
      expect(
        parsePath(
          part.startsWith('<') ? `<${part.slice(1).repeat(100_000)}` : part.repeat(100_000),
          'forward',
        ),
      ).toBe(null);
    },
  );
});
