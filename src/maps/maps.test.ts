// Tables as rules ask them: every kind of table, every way to ask, and changes on disk
// between two questions. Whatever is wrong with a table has to come out as a failure
// that says what it is, and never as "not found".

import {
  mkdirSync,
  mkdtempSync,
  renameSync,
  rmSync,
  symlinkSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { writeCdb } from '../control/index.ts';
import { type Maps, mapAnswers, openMaps } from './index.ts';
import type { MapMode } from './maps.ts';
import type { CompileRegex } from './table.ts';

// Stands in for the rule language's engine: JavaScript's, which is good enough for patterns of our own.
const compileRegex: CompileRegex = (pattern, insensitive) => {
  try {
    const regex = new RegExp(pattern, insensitive ? 'i' : '');
    return { ok: true, regex: { size: pattern.length, run: (text) => regex.exec(text) } };
  } catch {
    return { ok: false, problem: 'not a regular expression' };
  }
};

let directory = '';
let maps: Maps;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'mvmtr-test-'));
  maps = openMaps({ directory, compileRegex });
});

afterEach(() => {
  maps.close();
  rmSync(directory, { recursive: true, force: true });
});

const write = (name: string, text: string): void => writeFileSync(join(directory, name), text, 'latin1');
const value = (uri: string, key: string, mode: MapMode = 'value') => {
  const answer = maps.look(uri, key, mode);
  return answer.ok ? answer.value : answer;
};

const TABLES: Readonly<Record<string, string>> = {
  file: [
    '# comment',
    '',
    'Joe@example.org  ok and more \r',
    '\tann@example.org\t',
    'joe@example.org second',
    '@example.org all',
    '.example.org below',
    'caf\xe9 \xe9t\xe9',
  ].join('\n'),
  list: 'joe@example.org\n@Example.net\n.example.com\nexample.edu\n',
  cidr: '192.0.2.0/25 low\n192.0.2.0/24 all\n198.51.100.7\n2001:db8::/33 six\n0.0.0.0/0 any\n',
  regex: '^(dyn|dsl)[0-9]+\\. dynamic\n\\bmail\\b\n',
};

describe.each<[string, string, string, string]>([
  ['file', 'whatever the letter case, first entry', 'JOE@example.org', 'ok and more'],
  ['file', 'without a value', 'ann@example.org', 'ann@example.org'],
  ['file', 'absent', 'bob@example.org', ''],
  ['file', 'a comment is no entry', '#', ''],
  ['file', 'octets', 'caf\xe9', '\xe9t\xe9'],
  ['list', 'an address', 'joe@EXAMPLE.org', 'joe@example.org'],
  ['list', 'another one of the host', 'ann@example.org', ''],
  ['list', 'any address at a host', 'x@example.net', '@Example.net'],
  ['list', 'not below that host', 'x@mx.example.net', ''],
  ['list', 'an address below a domain', 'x@a.b.example.com', '.example.com'],
  ['list', 'a host below a domain', 'a.example.com', '.example.com'],
  ['list', 'not the domain itself', 'example.com', ''],
  ['list', 'a host', 'example.edu', 'example.edu'],
  ['list', 'the host is not its addresses', 'x@example.edu', ''],
  ['cidr', 'the first network', '192.0.2.127', 'low'],
  ['cidr', 'a network', '192.0.2.128', 'all'],
  ['cidr', 'one address', '198.51.100.7', '198.51.100.7'],
  ['cidr', 'mapped into IPv6', '::ffff:192.0.2.1', 'low'],
  ['cidr', 'IPv6, odd prefix', '2001:db8:7fff::1', 'six'],
  ['cidr', 'IPv6, beyond it', '2001:db8:8000::1', ''],
  ['cidr', 'all of IPv4', '203.0.113.1', 'any'],
  ['cidr', 'no address', 'example.org', ''],
  ['regex', 'a pattern', 'DSL12.example.org', 'dynamic'],
  ['regex', 'a pattern without a value', 'a-mail-b', '\\bmail\\b'],
  ['regex', 'no pattern', 'host.example.org', ''],
])('%s: %s', (scheme, _, key, expected) => {
  it(`${key} → "${expected}"`, () => {
    write(scheme, TABLES[scheme] as string);
    expect(value(`${scheme}:${scheme}`, key)).toBe(expected);
    expect(value(`${scheme}:${scheme}`, key, 'has')).toBe(expected !== '');
  });
});

describe('cdb', () => {
  it.each<[string, MapMode, string | boolean]>([
    ['joe@example.org', 'value', 'ok'],
    ['JOE@example.org', 'value', 'ok'],
    ['Mixed', 'value', 'as written'],
    ['mixed', 'value', ''],
    ['empty', 'value', ''],
    ['empty', 'has', true],
    ['none', 'has', false],
  ])('%s as %s', (key, mode, expected) => {
    writeCdb(join(directory, 'map.cdb'), [
      ['joe@example.org', 'ok'],
      ['Mixed', 'as written'],
      ['empty', ''],
    ]);
    expect(value('cdb:map.cdb', key, mode)).toBe(expected);
  });

  it('is opened again when another one has its name', () => {
    const path = join(directory, 'map.cdb');
    writeCdb(path, [['key', 'old']]);
    expect(value('cdb:map.cdb', 'key')).toBe('old');
    writeCdb(path, [['key', 'new']]);
    expect(value('cdb:map.cdb', 'key')).toBe('new');
  });

  it('cut short is a failure', () => {
    writeCdb(join(directory, 'map.cdb'), [['key', 'value']]);
    truncateSync(join(directory, 'map.cdb'), 2000);
    expect(value('cdb:map.cdb', 'key')).toEqual({ ok: false, reason: 'cdb:map.cdb: it ends in the middle' });
  });
});

it.each([
  ['joe+lists@mx.example.org', 'joe+lists@mx.example.org here', 'here'],
  ['joe+lists@mx.example.org', 'joe@mx.example.org plain\n@mx.example.org host', 'plain'],
  ['+joe@mx.example.org', '@mx.example.org host\n.example.org domain', 'host'],
  ['joe@mx.example.org', '.org top\n.example.org domain', 'domain'],
  ['joe@mx.example.org', '.mx.example.org itself', ''],
  ['joe@example+plus.org', 'joe@example wrong', ''],
  ['joe', 'joe local', 'local'],
])('address %s in "%s"', (address, table, expected) => {
  write('file', table);
  expect(value('file:file', address, 'address')).toBe(expected);
});

describe('the file behind a table', () => {
  it('is read again when it has another size, and when it has another time', () => {
    write('file', 'key old\n');
    utimesSync(join(directory, 'file'), 1000, 1000);
    expect(value('file:file', 'key')).toBe('old');
    write('file', 'key newer\n');
    utimesSync(join(directory, 'file'), 1000, 1000);
    expect(value('file:file', 'key')).toBe('newer');
    write('file', 'key again\n');
    utimesSync(join(directory, 'file'), 2000, 2000);
    expect(value('file:file', 'key')).toBe('again');
  });

  it('is read again when another file has its name', () => {
    write('file', 'key one\n');
    write('next', 'key two\n');
    for (const name of ['file', 'next']) utimesSync(join(directory, name), 1000, 1000);
    expect(value('file:file', 'key')).toBe('one');
    renameSync(join(directory, 'next'), join(directory, 'file'));
    expect(value('file:file', 'key')).toBe('two');
  });

  it('is missed when it has gone, and found when it is back', () => {
    write('file', 'key value\n');
    expect(value('file:file', 'key')).toBe('value');
    rmSync(join(directory, 'file'));
    expect(value('file:file', 'key')).toEqual({ ok: false, reason: 'file:file: ENOENT' });
    write('file', 'key value\n');
    expect(value('file:file', 'key')).toBe('value');
  });

  it('may have any name, and be a link', () => {
    mkdirSync(join(directory, 'caf\u00e9'));
    writeFileSync(join(directory, 'caf\u00e9/a:b'), 'key value\n');
    symlinkSync('caf\u00e9/a:b', join(directory, 'link'));
    expect(value('file:caf\xc3\xa9/a:b', 'key')).toBe('value');
    expect(value(`file:${directory}/link`, 'key')).toBe('value');
  });
});

describe('a failure, and never an absence, is', () => {
  it.each([
    ['a table that is not there', 'list:missing', /^list:missing: ENOENT$/],
    ['a cdb that is not there', 'cdb:missing', /ENOENT/],
    ['a directory', 'file:directory', /not a file/],
    ['a cdb that is a directory', 'cdb:directory', /not a file/],
    ['a bad network', 'cidr:bad-network', /line 2 is no address/],
    ['a prefix too long', 'cidr:bad-prefix', /line 1 is no address/],
    ['a bad pattern', 'regex:bad-pattern', /line 3: not a regular expression/],
    ['a kind that is not known', 'ldap:file', /no table is called like this/],
    ['no kind', 'file', /no table is called like this/],
    ['no path', 'file:', /not a usable path/],
    ['a way up', 'file:../etc/passwd', /not a usable path/],
    ['a NUL', 'file:a\0b', /not a usable path/],
    ['a text table too long', 'file:long', /too long/],
  ])('%s', (_, uri, reason) => {
    mkdirSync(join(directory, 'directory'));
    write('bad-network', '192.0.2.1\nexample.org\n');
    write('bad-prefix', '192.0.2.0/33\n');
    write('bad-pattern', '\na\n(\n');
    write('long', '');
    truncateSync(join(directory, 'long'), 17 * 1024 * 1024);
    expect(value(uri, 'key')).toEqual({ ok: false, reason: expect.stringMatching(reason) });
    expect(value(uri, 'key', 'has')).toEqual({ ok: false, reason: expect.stringMatching(reason) });
  });

  it('patterns that would cost too much', () => {
    write('regex', 'a*b\n');
    expect(value('regex:regex', 'x'.repeat(40_000_000 / 3 + 1))).toMatchObject({ ok: false });
  });
});

it('keeps few tables open at a time, and every one of them answers', () => {
  const names = Array.from({ length: 100 }, (_, n) => `map${n}`);
  for (const name of names) writeCdb(join(directory, name), [['key', name]]);
  for (const round of [1, 2]) {
    expect(names.map((name) => [round, value(`cdb:${name}`, 'key')])).toEqual(
      names.map((name) => [round, name]),
    );
  }
});

describe('look-ups', () => {
  it('in tables are answered', async () => {
    write('file', 'key value\n');
    const question = { kind: 'map', uri: 'file:file', key: 'key', mode: 'has' } as const;
    const answer = mapAnswers(maps)({ key: 'x', group: 'authorisation', question });
    expect(await answer).toEqual({ ok: true, value: true });
  });

  it('of another kind are left to others', () => {
    const lookup = { key: 'x', group: 'authorisation', question: { kind: 'body' } } as const;
    expect(mapAnswers(maps)(lookup)).toBeNull();
  });
});
