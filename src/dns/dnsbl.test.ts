// Zones of DNS lists with their filters, as they are written in rules, and the names that are asked for (RFC 5782
// §2). What the answers mean is tested with real messages, in test/dns/checks.ts; here a resolver is a plain
// object that notes the names.

import { expect, it } from 'vitest';
import { askList, parseListZone } from './dnsbl.ts';

const only = (octet: number) => [[octet, octet]];

it.each([
  ['zen.example.org', null],
  ['Zen.Example.org.', null],
  ['zen.example.org=127.0.0.2', [only(127), only(0), only(0), only(2)]],
  [
    'zen.example.org = 127.0.0.[2;4..7]',
    [
      only(127),
      only(0),
      only(0),
      [
        [2, 2],
        [4, 7],
      ],
    ],
  ],
  [
    'zen.example.org=127.[0..255].0.[ 2 ; 3 ]',
    [
      only(127),
      [[0, 255]],
      only(0),
      [
        [2, 2],
        [3, 3],
      ],
    ],
  ],
])('%s', (text, filter) => {
  expect(parseListZone(text)).toEqual({ zone: 'zen.example.org', filter });
});

it.each([
  '',
  '=127.0.0.2',
  'zen..example.org',
  'zen.example.org=',
  'zen.example.org=127.0.0',
  'zen.example.org=127.0.0.2.3',
  'zen.example.org=127.0.0.256',
  'zen.example.org=127.0.0.[]',
  'zen.example.org=127.0.0.[2',
  'zen.example.org=127.0.0.[7..4]',
  'zen.example.org=127.0.0.[2,3]',
  'zen.example.org=127.0.0.2=127.0.0.3',
])('"%s" is no zone', (text) => {
  expect(parseListZone(text)).toBeNull();
});

it.each([
  ['192.0.2.10', '10.2.0.192.list.example'],
  ['::ffff:192.0.2.10', '10.2.0.192.list.example'],
  ['Some.Example.org', 'some.example.org.list.example'],
  ['no name', undefined],
  ['', undefined],
])('"%s" is asked for as %s', async (subject, name) => {
  const asked: string[] = [];
  const resolver = {
    resolve: async (question: string) => {
      asked.push(question);
      return { outcome: 'nxdomain' } as const;
    },
    cancel: () => {},
  };
  expect(await askList(resolver, 'list.example', subject)).toEqual({ ok: true, answer: '' });
  expect(asked).toEqual(name === undefined ? [] : [name]);
});
