// Which keys are looked up for a client, and what a record means. What tcprules writes and tcprulescheck makes of it is
// compared with this in test/contract/tcprules.test.ts.

import { describe, expect, it } from 'vitest';
import type { CdbLookup } from '../../control/index.ts';
import { type RemoteClient, tcpVerdict } from './tcprules.ts';

const finding =
  (rules: Readonly<Record<string, string>>) =>
  (key: string): CdbLookup => {
    const value = rules[key];
    return value === undefined ? { kind: 'absent' } : { kind: 'found', value };
  };

const client = (ip: string | null, host: string | null = null, info: string | null = null): RemoteClient => ({
  ip,
  host,
  info,
});

/** Every key there is for a client, in order. */
function keysOf(of: RemoteClient): readonly string[] {
  const keys: string[] = [];
  const verdict = tcpVerdict((key) => {
    keys.push(key);
    return { kind: 'absent' };
  }, of);
  expect(verdict).toEqual({ kind: 'allow', variables: [] });
  return keys;
}

describe('the keys of a client', () => {
  it.each<[string, RemoteClient, readonly string[]]>([
    ['with an address', client('192.0.2.10'), ['192.0.2.10', '192.0.2.', '192.0.', '192.', '']],
    [
      'with a name',
      client('192.0.2.10', 'mx.example.com'),
      ['192.0.2.10', '=mx.example.com', '192.0.2.', '192.0.', '192.', '=.example.com', '=.com', '=', ''],
    ],
    [
      'with a user',
      client('192.0.2.10', null, 'joe'),
      ['joe@192.0.2.10', '192.0.2.10', '192.0.2.', '192.0.', '192.', ''],
    ],
    [
      'with all of it',
      client('10.0.0.1', 'a.example', 'joe'),
      [
        'joe@10.0.0.1',
        'joe@=a.example',
        '10.0.0.1',
        '=a.example',
        '10.0.0.',
        '10.0.',
        '10.',
        '=.example',
        '=',
        '',
      ],
    ],
    [
      'with a name without dots',
      client('10.0.0.1', 'a'),
      ['10.0.0.1', '=a', '10.0.0.', '10.0.', '10.', '=', ''],
    ],
    [
      'without an address',
      client(null, 'a.example', 'joe'),
      ['joe@=a.example', '=a.example', '=.example', '=', ''],
    ],
    ['of whom nothing is known', client(null), ['']],
    [
      'with an IPv6 address',
      client('2001:db8::25', null, 'joe'),
      ['joe@2001:db8::25', '2001:db8::25', '2001:db8::', '2001:db8:', '2001:', ''],
    ],
    ['with the address ::1', client('::1'), ['::1', '::', ':', '']],
    [
      'with a user who looks like a rule',
      client('10.0.0.1', null, '=@'),
      ['=@@10.0.0.1', ...keysOf(client('10.0.0.1'))],
    ],
  ])('%s', (_, of, keys) => expect(keysOf(of)).toEqual(keys));
});

describe('a record', () => {
  const verdictOf = (record: string) => tcpVerdict(finding({ '': record }), client('192.0.2.10'));

  it.each<[string, string, readonly (readonly [string, string])[]]>([
    ['that is empty', '', []],
    ['with a variable', '+RELAYCLIENT=\0', [['RELAYCLIENT', '']]],
    [
      'with the same variable twice',
      '+A=1\0+A=2\0',
      [
        ['A', '1'],
        ['A', '2'],
      ],
    ],
    ['with "=" in a value', '+A==b=c\0', [['A', '=b=c']]],
    ['with octets of any kind', '+A=\x01\n\xff\0', [['A', '\x01\n\xff']]],
    ['with a name that is empty, which tcprules takes', '+=x\0', [['', 'x']]],
    ['with a name that begins with "+"', '++A=x\0', [['+A', 'x']]],
  ])('%s allows', (_, record, variables) => {
    expect(verdictOf(record)).toEqual({ kind: 'allow', variables });
  });

  it.each([['D\0'], ['D\0+A=1\0'], ['+A=1\0D\0']])('%j denies', (record) =>
    expect(verdictOf(record)).toEqual({ kind: 'deny' }),
  );

  it.each([
    ['D'],
    ['+A=1'],
    ['D\0+A=1'],
    ['+A=1\0+B'],
    ['+A\0'],
    ['+\0'],
    ['\0'],
    ['+A=\0\0'],
    ['x\0'],
    ['Deny\0'],
    ['d\0'],
    ['A=1\0'],
    ['allow\0'],
  ])('%j is broken', (record) => {
    expect(verdictOf(record)).toEqual({
      kind: 'broken',
      reason: 'the rule for "" is not what tcprules writes',
    });
  });
});

describe('the first rule', () => {
  it('decides, whatever is said behind it', () => {
    const find = finding({ '192.0.2.': '+A=1\0', '192.': 'D\0', '': 'x' });
    expect(tcpVerdict(find, client('192.0.2.10'))).toEqual({ kind: 'allow', variables: [['A', '1']] });
    expect(tcpVerdict(find, client('192.0.3.10'))).toEqual({ kind: 'deny' });
    expect(tcpVerdict(find, client('198.51.100.1'))).toMatchObject({ kind: 'broken' });
  });

  it('is not looked for behind a key that could not be read', () => {
    const keys: string[] = [];
    const find = (key: string): CdbLookup => {
      keys.push(key);
      return key === '192.' ? { kind: 'broken', reason: 'EIO' } : { kind: 'absent' };
    };
    expect(tcpVerdict(find, client('192.0.2.10'))).toEqual({ kind: 'broken', reason: 'EIO' });
    expect(keys.at(-1)).toBe('192.');
  });
});
