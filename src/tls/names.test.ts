// Names of certificates out of the texts that node:crypto makes of them, and what certificates are called in
// sentences (RFC 6125 §6.4).

import { expect, it } from 'vitest';
import { namesOf, titleOf } from './names.ts';

it.each<[string | undefined, string, readonly string[]]>([
  ['DNS:mx.example.org', 'CN=old.example.org', ['mx.example.org']],
  ['DNS:MX.Example.org, DNS:*.example.org, DNS:mx.example.org', '', ['mx.example.org', '*.example.org']],
  ['IP Address:192.0.2.1, email:a@b.example, DNS:a.example', '', ['a.example']],
  ['IP Address:2001:DB8:0:0:0:0:0:1, DNS:a.example', '', ['a.example']],
  ['URI:"http://a.example/, DNS:b.example", DNS:c.example', '', ['c.example']],
  ['DirName:"CN = a\\", DNS:b.example", DNS:c.example', '', ['c.example']],
  ['DNS:"a.example, DNS:b.example"', 'CN=c.example', []],
  ['othername:<unsupported>, DNS:a.example', '', ['a.example']],
  ['DNS:b\u00fccher.example, DNS:a b, DNS:, DNS:a.*.example, DNS:a.example', '', ['a.example']],
  ['DNS:_x.a-b.example', '', ['_x.a-b.example']],
  [undefined, 'C=TR\nCN=MX.example.org\nemailAddress=a@b.example', ['mx.example.org']],
  ['email:a@b.example', 'CN=mx.example.org', ['mx.example.org']],
  [undefined, 'CN=My first certificate', []],
  [undefined, 'O=Example', []],
  ['', '', []],
])('%j, %j', (subjectAltName, subject, names) => {
  expect(namesOf({ subjectAltName, subject })).toEqual(names);
});

it('names of absurd length take no time', () => {
  const subjectAltName = `DNS:${'a.'.repeat(100_000)}, URI:"${'\\"'.repeat(100_000)}`;
  expect(namesOf({ subjectAltName, subject: `CN=${'a-'.repeat(100_000)}*` })).toEqual([]);
});

it.each([
  ['CN=mx.example.org', 'CN=mx.example.org'],
  ['C=TR\nO=Example\nCN=My first certificate', 'CN=My first certificate'],
  ['C=TR\nO=Example', 'C=TR, O=Example'],
  ['', 'number 0A'],
])('%j is called %j', (subject, title) => expect(titleOf({ subject, serialNumber: '0A' })).toBe(title));
