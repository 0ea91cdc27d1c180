// Which hosts are ours, by table: the list, then the database behind it, then a database that cannot be read.
// What holds here is what stock qmail-smtpd was seen to do with the same lists. Databases live in a scratch
// directory that is removed.

import { truncateSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { removeDirectory, scratchDirectory } from '../../test/support/home.ts';
import { type CdbReader, openCdb, writeCdb } from '../control/index.ts';
import { rcptHosts } from './rcpthosts.ts';

let scratch: string;
beforeAll(() => {
  scratch = scratchDirectory();
});
afterAll(() => removeDirectory(scratch));

type Expectations = readonly (readonly [host: string, ours: boolean])[];

const withList = (entries: readonly string[], hosts: Expectations): void => {
  const isOurs = rcptHosts({ entries, more: null });
  expect(hosts.map(([host]) => [host, isOurs(host)])).toEqual(hosts);
};

describe('rcpthosts', () => {
  it.each<[string, readonly string[], Expectations]>([
    [
      'nothing listed',
      [],
      [
        ['example.com', false],
        ['localhost', false],
        ['', false],
      ],
    ],
    [
      'an exact entry',
      ['example.com'],
      [
        ['example.com', true],
        ['www.example.com', false],
        ['com', false],
      ],
    ],
    ['a parent domain', ['www.example.com'], [['example.com', false]]],
    [
      'a wildcard',
      ['.example.com'],
      [
        ['a.b.example.com', true],
        ['example.com', false],
        ['xexample.com', false],
      ],
    ],
    [
      'hosts that start with dots',
      ['.example.com'],
      [
        ['.example.com', true],
        ['..example.com', true],
      ],
    ],
    [
      'doubled dots',
      ['.example.com'],
      [
        ['www..example.com', true],
        ['www.example..com', false],
      ],
    ],
    [
      'a dot',
      ['.'],
      [
        ['example.com.', true],
        ['.', true],
        ['example.com', false],
        ['', false],
      ],
    ],
    [
      'a trailing dot',
      ['example.com', 'example.org.'],
      [
        ['example.com.', false],
        ['example.org', false],
        ['example.org.', true],
      ],
    ],
    [
      'several wildcards',
      ['.c', '.b.c'],
      [
        ['a.b.c', true],
        ['b.c', true],
        ['c', false],
      ],
    ],
    [
      'letter case',
      ['Example.COM', '.ORG'],
      [
        ['eXAMPLE.com', true],
        ['www.example.Org', true],
      ],
    ],
    [
      'letters beyond ASCII',
      ['caf\xc9.example'],
      [
        ['CAF\xc9.example', true],
        ['caf\xe9.example', false],
      ],
    ],
    ['addresses', ['user@example.com', '@example.com'], [['example.com', false]]],
    [
      'an empty entry',
      ['', 'a'],
      [
        ['', false],
        ['a', true],
      ],
    ],
    [
      'white space',
      ['example.com'],
      [
        [' example.com', false],
        ['example.com ', false],
      ],
    ],
  ])('%s', (_, entries, hosts) => withList(entries, hosts));
});

describe('morercpthosts.cdb', () => {
  const ask = (keys: readonly string[], hosts: readonly string[]): readonly boolean[] => {
    const more = database(keys);
    try {
      return hosts.map(rcptHosts({ entries: ['example.com'], more }));
    } finally {
      more.close();
    }
  };

  const database = (keys: readonly string[]): CdbReader => {
    const path = join(scratch, 'more.cdb');
    writeCdb(
      path,
      keys.map((key) => [key, '']),
    );
    return openCdb(path);
  };

  it.each<[string, readonly string[], Expectations]>([
    [
      'an empty one',
      [],
      [
        ['example.org', false],
        ['example.com', true],
      ],
    ],
    [
      'a host',
      ['more.example.org'],
      [
        ['more.example.org', true],
        ['MORE.example.org', true],
        ['example.com', true],
      ],
    ],
    [
      'a wildcard',
      ['.example.org'],
      [
        ['www.example.org', true],
        ['a.b.example.org', true],
        ['example.org', false],
      ],
    ],
    [
      'a key in upper case',
      ['MORE.example.org'],
      [
        ['MORE.example.org', false],
        ['more.example.org', false],
      ],
    ],
    [
      '8-bit keys',
      ['b\xfccher.example'],
      [
        ['B\xfcCHER.example', true],
        ['b\xdccher.example', false],
      ],
    ],
    ['an empty host', [''], [['', false]]],
  ])('%s', (_, keys, hosts) =>
    expect(
      ask(
        keys,
        hosts.map(([host]) => host),
      ),
    ).toEqual(hosts.map(([, ours]) => ours)),
  );

  it('is broken: a fault, but only once a host is looked up in it', () => {
    const more = database(['more.example']);
    truncateSync(more.path, 0);
    const isOurs = rcptHosts({ entries: ['example.com'], more });
    expect(isOurs('example.com')).toBe(true);
    expect(isOurs('')).toBe(false);
    let thrown: unknown;
    try {
      isOurs('more.example');
    } catch (fault) {
      thrown = fault;
    }
    expect(thrown).toEqual({ fault: 'control', file: more.path, reason: 'it ends in the middle' });
    more.close();
  });
});
