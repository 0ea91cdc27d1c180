// Words of a command line that say where to listen: every form, what is wrong with others and what to write instead, names of
// services, and lists in which one address includes another.

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { removeDirectory, scratchDirectory } from '../../../test/support/home.ts';
import {
  findOverlap,
  type ListenAddress,
  listenAddressText,
  parseListenAddress,
  parseServices,
  readServices,
  type Services,
} from './addresses.ts';

const SERVICES: Services = new Map([
  ['smtp', 25],
  ['submission', 587],
]);

const parse = (word: string) => parseListenAddress(word, () => SERVICES);

const tcp = (host: string | null, port: number): ListenAddress => ({ kind: 'tcp', host, port });

describe('an address', () => {
  it.each<[string, ListenAddress, string]>([
    ['25', tcp(null, 25), '25'],
    ['smtp', tcp(null, 25), '25'],
    ['65535', tcp(null, 65_535), '65535'],
    ['0:25', tcp('0.0.0.0', 25), '0.0.0.0:25'],
    ['0.0.0.0:25', tcp('0.0.0.0', 25), '0.0.0.0:25'],
    ['0:0', tcp('0.0.0.0', 0), '0.0.0.0:0'],
    ['192.0.2.1:25', tcp('192.0.2.1', 25), '192.0.2.1:25'],
    ['192.0.2.1:submission', tcp('192.0.2.1', 587), '192.0.2.1:587'],
    ['[2001:DB8:0::1]:25', tcp('2001:db8::1', 25), '[2001:db8::1]:25'],
    ['[2001:db8::1]:smtp', tcp('2001:db8::1', 25), '[2001:db8::1]:25'],
    ['[::]:25', tcp('::', 25), '[::]:25'],
    ['[::ffff:192.0.2.1]:25', tcp('192.0.2.1', 25), '192.0.2.1:25'],
    ['localhost:2525', tcp('127.0.0.1', 2525), '127.0.0.1:2525'],
    ['unix:/run/mvmtr/smtp', { kind: 'unix', path: '/run/mvmtr/smtp' }, 'unix:/run/mvmtr/smtp'],
    ['unix:/a:25', { kind: 'unix', path: '/a:25' }, 'unix:/a:25'],
  ])('%s', (word, address, text) => {
    expect(parse(word)).toEqual(address);
    expect(listenAddressText(address)).toBe(text);
  });

  it.each([
    ['', '"" is no port; write a number from 0 to 65535'],
    ['0', '"0" is no port; write 0:25 for all IPv4 addresses, 0:0 for any port'],
    ['65536', '"65536" is no port; write a number from 0 to 65535'],
    ['025', '"025" is no port'],
    ['25x', '"25x" is no port'],
    ['-25', '"-25" is no port'],
    ['smtpx', 'there is no service "smtpx" in /etc/services; write the port as a number'],
    ['192.0.2.1', '"192.0.2.1" has no port; write 192.0.2.1:25'],
    ['192.0.2.1:', '"" is no port'],
    ['192.0.2.1:25:25', 'an IPv6 address stands in brackets'],
    ['192.0.2.256:25', '"192.0.2.256" is no IPv4 address; write 25, 192.0.2.1:25'],
    ['192.0.2:25', '"192.0.2" is no IPv4 address'],
    ['192.0.2', '"192.0.2" is neither a port nor an address'],
    [':25', '"" is no IPv4 address'],
    ['2001:db8::1', 'an IPv6 address stands in brackets and a port follows; write [2001:db8::1]:25'],
    ['2001:db8::1:25', 'an IPv6 address stands in brackets'],
    ['2001:db8:0:0:0:0:0:0:1:25', 'an IPv6 address stands in brackets'],
    ['[2001:db8::1]', '"[2001:db8::1]" has no port; write [2001:db8::1]:25'],
    ['[192.0.2.1]:25', '"[192.0.2.1]" is no IPv6 address'],
    ['[fe80::1%eth0]:25', '"[fe80::1%eth0]" is no IPv6 address'],
    ['[::1]25', 'an IPv6 address stands in brackets'],
    ['localhost', '"localhost" has no port; write localhost:25'],
    [
      'mx.example.com:25',
      '"mx.example.com" is a name, and names may change what they stand for; write the IP',
    ],
    ['mx.example.com', '"mx.example.com" is neither a port nor an address'],
    ['*:25', '"*" is a name'],
    ['/run/smtp', '"/run/smtp" looks like a path; write unix:/run/smtp'],
    ['unix:', '"unix:" wants a full path'],
    ['unix:run/smtp', '"unix:run/smtp" wants a full path: unix:/run/mvmtr/smtp'],
    [`unix:/${'x'.repeat(107)}`, 'has at most 107 octets'],
    [`unix:/${'\u00fc'.repeat(54)}`, 'has at most 107 octets'],
  ])('"%s" is none', (word, problem) => {
    expect(parse(word)).toEqual({ problem: expect.stringContaining(problem) });
  });

  it('with a number does not need the services', () => {
    const unreadable = (): Services => {
      throw new Error('EACCES: permission denied');
    };
    expect(parseListenAddress('192.0.2.1:25', unreadable)).toEqual(tcp('192.0.2.1', 25));
    expect(parseListenAddress('smtp', unreadable)).toEqual({
      problem: '"smtp": EACCES: permission denied; write the port as a number',
    });
  });
});

describe('services', () => {
  it('are names and aliases of TCP ports', () => {
    const text = [
      '# smtp 1/tcp',
      'smtp\t\t25/tcp\t\tmail # mailer',
      'time 37/udp timserver',
      'submission 587/tcp msa#x',
      'msa 1/tcp',
      'many 65536/tcp',
      'none',
      '',
    ].join('\n');
    expect([...parseServices(text)]).toEqual([
      ['smtp', 25],
      ['mail', 25],
      ['submission', 587],
      ['msa', 587],
    ]);
  });

  it('come from a file that may be missing', () => {
    const directory = scratchDirectory();
    try {
      const file = join(directory, 'services');
      expect(readServices(file).size).toBe(0);
      writeFileSync(file, 'smtp 25/tcp\n');
      expect(readServices(file).get('smtp')).toBe(25);
      expect(() => readServices(directory)).toThrow(/EISDIR/);
    } finally {
      removeDirectory(directory);
    }
  });
});

describe('a list', () => {
  const overlap = (words: string): string | null => {
    const addresses = words.split(' ').map(parse);
    return findOverlap(addresses.filter((address): address is ListenAddress => !('problem' in address)));
  };

  it.each([
    ['25 25', '25 is there twice'],
    ['25 smtp', '25 is there twice'],
    ['0:25 0.0.0.0:25', '0.0.0.0:25 is there twice'],
    ['587 unix:/a unix:/b unix:/a', 'unix:/a is there twice'],
    ['25 192.0.2.1:25', '25 includes 192.0.2.1:25; leave one of them out'],
    ['[2001:db8::1]:25 25', '25 includes [2001:db8::1]:25'],
    ['0:25 25', '25 includes 0.0.0.0:25'],
    ['[::]:25 25', '25 includes [::]:25'],
    ['0:25 192.0.2.1:25', '0.0.0.0:25 includes 192.0.2.1:25'],
    ['[2001:db8::1]:25 [::]:25', '[::]:25 includes [2001:db8::1]:25'],
  ])('%s', (words, problem) => expect(overlap(words)).toContain(problem));

  it.each([
    '25 587 465',
    '0:25 [::]:25',
    '0:25 [2001:db8::1]:25',
    '192.0.2.1:25 192.0.2.2:25',
    '0:0 0:0 127.0.0.1:0',
    'unix:/a unix:/b',
    '25 192.0.2.1:587',
  ])('%s can be listened on', (words) => expect(overlap(words)).toBeNull());
});
