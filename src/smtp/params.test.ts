// ESMTP parameters behind a path (RFC 5321 §4.1.2: Mail-parameters, esmtp-keyword, esmtp-value), by table.

import { expect, it } from 'vitest';
import { parseParameters } from './params.ts';

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
