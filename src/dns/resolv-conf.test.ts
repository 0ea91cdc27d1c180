// Name servers as resolv.conf(5) lists them, and as people write them down in a control file. What means nothing
// is passed over, as the C library does; what is missing has the C library's meaning; what cannot be read is
// thrown.

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parseResolvConf, parseServer, readResolvConf } from './resolv-conf.ts';

const DEFAULTS = { tryTime: 2000, rounds: 2, totalTime: 10_000 };
const LOCAL = [
  { address: '127.0.0.1', port: 53 },
  { address: '::1', port: 53 },
];
const at = (...addresses: readonly string[]) => addresses.map((address) => ({ address, port: 53 }));

describe('resolv.conf', () => {
  it.each([
    ['empty', '', { ...DEFAULTS, servers: LOCAL }],
    [
      'two servers',
      'nameserver 192.0.2.1\nnameserver\t2001:db8::1\r\n',
      { servers: at('192.0.2.1', '2001:db8::1') },
    ],
    [
      'comments',
      '# nameserver 192.0.2.1\n;nameserver 192.0.2.2\n nameserver 192.0.2.3 # here\n',
      { servers: at('192.0.2.3') },
    ],
    [
      'names and other words',
      'nameserver ns.example.org\nnameservers 192.0.2.1\nsearch a.example\n',
      { servers: LOCAL },
    ],
    [
      'three at most',
      ['1', '2', '3', '4'].map((n) => `nameserver 192.0.2.${n}\n`).join(''),
      { servers: at('192.0.2.1', '192.0.2.2', '192.0.2.3') },
    ],
    ['a link-local server', 'nameserver fe80::1%eth0', { servers: at('fe80::1%eth0') }],
    ['options', 'options rotate timeout:3 attempts:5\n', { tryTime: 3000, rounds: 5 }],
    ['the last options', 'options timeout:3\noptions timeout:1\n', { tryTime: 1000 }],
    ['options out of range', 'options timeout:0 attempts:0\n', { tryTime: 1000, rounds: 1 }],
    ['options too long', 'options timeout:30\n', { tryTime: 10_000 }],
    ['options that are none', 'options timeout: attempts:x timeout:1000\n', DEFAULTS],
  ])('%s', (_, text, settings) => {
    expect(parseResolvConf(text)).toMatchObject(settings);
  });

  it('that is missing means this machine, and one that cannot be read is a failure', () => {
    const directory = mkdtempSync(join(tmpdir(), 'mvmtr-test-'));
    try {
      writeFileSync(join(directory, 'resolv.conf'), 'nameserver 192.0.2.1\n');
      expect(readResolvConf(join(directory, 'resolv.conf')).servers).toEqual(at('192.0.2.1'));
      expect(readResolvConf(join(directory, 'missing')).servers).toEqual(LOCAL);
      expect(() => readResolvConf(directory)).toThrow(/EISDIR/);
    } finally {
      rmSync(directory, { recursive: true, force: true });
    }
  });
});

it.each([
  ['192.0.2.53', '192.0.2.53', 53],
  ['192.0.2.53:5353', '192.0.2.53', 5353],
  ['2001:db8::53', '2001:db8::53', 53],
  ['[2001:db8::53]', '2001:db8::53', 53],
  ['[2001:db8::53]:5353', '2001:db8::53', 5353],
])('%s is a server', (text, address, port) => {
  expect(parseServer(text)).toEqual({ address, port });
});

it.each([
  '',
  'ns.example.org',
  '192.0.2.53:',
  '192.0.2.53:0',
  '192.0.2.53:65536',
  '192.0.2.53%eth0',
  '[::1',
  'fe80::1%',
])('"%s" is no server', (text) => {
  expect(parseServer(text)).toBeNull();
});
