// ESMTP parameters behind a path (RFC 5321 §4.1.2: Mail-parameters, esmtp-keyword, esmtp-value) and xtext (RFC 3461 §4), by
// table.

import { expect, it } from 'vitest';
import { decodeXtext, parseParameters } from './params.ts';

it.each<[string, Record<string, string>]>([
  ['', {}],
  [' ', {}],
  [' SIZE=1000', { SIZE: '1000' }],
  [' size=1000 body=8bitMIME', { SIZE: '1000', BODY: '8bitMIME' }],
  ['   A  B=c   ', { A: '', B: 'c' }],
  [' SMTPUTF8', { SMTPUTF8: '' }],
  [' X-1-2=3', { 'X-1-2': '3' }],
  [' 8BIT=x', { '8BIT': 'x' }],
  [' A=!"#<>~', { A: '!"#<>~' }],
  [' AUTH=<>', { AUTH: '<>' }],
  [' constructor=x', { CONSTRUCTOR: 'x' }],
])('reads %j', (text, parameters) => {
  expect(Object.fromEntries(parseParameters(text) ?? [['read', 'nothing']])).toEqual(parameters);
});

it.each([
  'SIZE=1',
  '\tSIZE=1',
  '> SIZE=1',
  ' SIZE=',
  ' =1',
  ' =',
  ' SIZE=1=2',
  ' SIZE==1',
  ' -X=1',
  ' X_Y=1',
  ' A.B',
  ' A=\x7f',
  ' A=\x1f',
  ' A=\xe9',
  ' \xc4=1',
  ' A\t=1',
  ' A=1\tB=2',
  ' A=1\r',
  ' SIZE=1\n',
  ' SIZE=1 SIZE=1',
  ' SIZE=1 BODY=7BIT size=2',
  ' A A',
])('refuses %j', (text) => expect(parseParameters(text)).toBe(null));

it('reads a very long list', () => {
  const words = Array.from({ length: 20_000 }, (_, n) => `K${n}=${n}`);
  expect(parseParameters(` ${words.join(' ')}`)?.size).toBe(20_000);
});

it.each([
  ['', ''],
  ['mail.example.org', 'mail.example.org'],
  ['+41+2B+3D+20', 'A+= '],
  ['+c3+A9+00', '\xc3\xa9\0'],
  ['+2B41', '+41'],
  ['!"#<>~', '!"#<>~'],
])('the xtext %j is %j', (text, octets) => expect(decodeXtext(text)).toBe(octets));

it.each(['+', '+4', 'a+4', '+4g', '++41', '=', 'a b', 'a\t', '\x7f', '\xe9', 'a\n'])(
  '%j is no xtext',
  (text) => expect(decodeXtext(text)).toBe(null),
);

it('decodes a very long xtext', () => expect(decodeXtext('+41b'.repeat(500_000))?.length).toBe(1_000_000));
