// Which certificate a client gets, by name (RFC 6125 §6.4.3) and by what it can check.

import { expect, it } from 'vitest';
import type { Certificate } from './certificate.ts';
import { chooseCertificate } from './choose-certificate.ts';

type Written = `${Certificate['kind']} ${string}` | Certificate['kind'];

const read = (text: Written) => {
  const [kind, ...names] = text.split(' ') as [Certificate['kind'], ...string[]];
  return { kind, names, text };
};

const chosen = (
  [first, ...others]: readonly [Written, ...Written[]],
  serverName: string | null,
  ecdsa: boolean,
): string => chooseCertificate([read(first), ...others.map(read)], { serverName, ecdsa }).text;

const ONE = ['rsa a.example'] as const;
const TWO_KINDS = ['rsa a.example b.example', 'ecdsa b.example a.example'] as const;
const HOSTS = [
  'ecdsa a.example',
  'rsa a.example',
  'ecdsa b.example',
  'rsa *.b.example',
  'ecdsa *.b.example',
] as const;

it.each<[readonly [Written, ...Written[]], string | null, boolean, Written]>([
  [ONE, null, true, 'rsa a.example'],
  [ONE, 'b.example', false, 'rsa a.example'],
  [['ecdsa a.example'], null, false, 'ecdsa a.example'],
  [['ecdsa'], 'b.example', true, 'ecdsa'],
  [['rsa', 'ecdsa b.example'], null, true, 'rsa'],
  // both kinds for one host
  [TWO_KINDS, null, true, 'ecdsa b.example a.example'],
  [TWO_KINDS, null, false, 'rsa a.example b.example'],
  [TWO_KINDS, 'b.example', true, 'ecdsa b.example a.example'],
  [TWO_KINDS, 'c.example', true, 'ecdsa b.example a.example'],
  [TWO_KINDS, 'c.example', false, 'rsa a.example b.example'],
  // the very name goes before a wildcard, and that before the first one
  [HOSTS, null, true, 'ecdsa a.example'],
  [HOSTS, null, false, 'rsa a.example'],
  [HOSTS, 'b.example', true, 'ecdsa b.example'],
  [HOSTS, 'x.b.example', true, 'ecdsa *.b.example'],
  [HOSTS, 'x.b.example', false, 'rsa *.b.example'],
  [HOSTS, 'x.y.b.example', true, 'ecdsa a.example'],
  [HOSTS, '*.b.example', false, 'rsa *.b.example'],
  [['rsa a.example', 'ecdsa *.example', 'rsa b.example'], 'b.example', true, 'rsa b.example'],
  [['rsa a.example', 'ecdsa *.example', 'rsa b.example'], 'c.example', true, 'ecdsa *.example'],
  [['rsa a.example', 'ecdsa *.'], 'localhost', true, 'rsa a.example'],
  // what the client cannot check is nothing for it, whatever the names are
  [HOSTS, 'b.example', false, 'rsa a.example'],
  [['ecdsa a.example', 'rsa b.example'], 'a.example', false, 'rsa b.example'],
  [['ecdsa a.example', 'rsa b.example'], null, false, 'rsa b.example'],
  [['ecdsa a.example', 'ecdsa b.example'], 'b.example', false, 'ecdsa b.example'],
  [['ecdsa a.example', 'other b.example'], null, false, 'other b.example'],
  // the first name of the first certificate is ours
  [['rsa *.a.example', 'ecdsa *.a.example'], null, true, 'ecdsa *.a.example'],
  [['rsa x.a.example', 'ecdsa *.a.example'], null, true, 'rsa x.a.example'],
  [['other a.example', 'rsa a.example', 'rsa a.example z'], null, false, 'rsa a.example'],
])('of %j, asked for %j, ECDSA %j', (certificates, serverName, ecdsa, expected) => {
  expect(chosen(certificates, serverName, ecdsa)).toBe(expected);
});

it.each([null, 'a.example'])('of one certificate, asked for %j: without a look at it', (serverName) => {
  const asked = (): never => {
    throw new Error('was asked');
  };
  const only = Object.defineProperties({} as Certificate, { names: { get: asked }, kind: { get: asked } });
  for (const ecdsa of [true, false]) expect(chooseCertificate([only], { serverName, ecdsa })).toBe(only);
});
