// control/tlsclients, in qmail's syntax, and the addresses in certificates that may relay.

import { expect, it } from 'vitest';
import { clientLines, mayRelay } from './client-names.ts';

it.each([
  ['joe@example.org\nAnn@Example.ORG\n', ['joe@example.org', 'ann@example.org']],
  ['# joe@example.org\n\n \n\t\njoe@example.org \t\n', ['joe@example.org']],
  ['joe@example.org', ['joe@example.org']],
  ['joe@example.org # mine\n joe@example.org\njoe@example.org\r\n', []],
  ['b\xfcrger@example.org\na\0b\n', []],
  ['', []],
])('%j', (text, clients) => expect(clientLines(text)).toEqual(clients));

it('spaces in any number take no time', () => {
  expect(clientLines(`${'a '.repeat(200_000)}\n${' '.repeat(200_000)}b`)).toEqual([]);
});

it.each<[readonly string[], boolean]>([
  [['joe@example.org'], true],
  [['JOE@Example.ORG'], true],
  [['none@example.org', 'joe@example.org'], true],
  [['none@example.org'], false],
  [['joe@example.org.example'], false],
  [['joe@example.org\0'], false],
  [['joe@example.org '], false],
  [['\u017foe@example.org'], false],
  [['\u212aate@example.org'], false],
  [['kate@example.org'], true],
  [[''], false],
  [[], false],
])('%j may relay: %j', (emails, may) => {
  expect(mayRelay(emails, ['joe@example.org', 'kate@example.org', 'soe@example.org'])).toBe(may);
  expect(mayRelay(emails, [])).toBe(false);
});
