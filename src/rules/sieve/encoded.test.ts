import { describe, expect, test } from 'vitest';
import { decodeCharacters, unicodeProblem } from './encoded-character.ts';
import { decodeWords, encodeWords } from './encoded-words.ts';

describe('RFC 2047', () => {
  test.each([
    ['plain', 'plain'],
    ['=?US-ASCII?Q?Keith_Moore?= <moore@cs.utk.example>', 'Keith Moore <moore@cs.utk.example>'],
    ['=?ISO-8859-1?Q?Andr=E9?= Pirard', 'André Pirard'],
    ['=?ISO-8859-1?B?SWYgeW91IGNhbiByZWFkIHRoaXMgeW8=?=', 'If you can read this yo'],
    ['(=?ISO-8859-1?Q?a?= b)', '(a b)'],
    ['(=?ISO-8859-1?Q?a?=  =?ISO-8859-1?Q?b?=)', '(ab)'],
    ['(=?ISO-8859-1?Q?a_b?=)', '(a b)'],
    ['(=?ISO-8859-1?Q?a?= =?ISO-8859-2?Q?_b?=)', '(a b)'],
    ['=?utf-8?B?w4Q=?=', 'Ä'],
    ['=?utf-8?B?YWJjZ?=', 'abc'],
    ['=?iso-8859-1?Q?=93?=', '“'],
    ['=?utf-8?Q?=C3?= =?utf-8?Q?=84?=', 'Ä'],
    ['=?windows-1252?Q?=80?=', '€'],
    ['=?iso-8859-15?q?=A4?=', '€'],
    ['=?utf-8*en?Q?a?=', 'a'],
    ['=?x-klingon?Q?a?= b', '=?x-klingon?Q?a?= b'],
    ['=?utf-8?X?a?=', '=?utf-8?X?a?='],
    ['=?utf-8?B?!!?=', '=?utf-8?B?!!?='],
    ['=?utf-8?Q?=FF?=', '\udcff'],
    ['gr\xc3\xbcn', 'grün'],
  ])('%s', (octets, text) => {
    expect(decodeWords(octets)).toBe(text);
  });

  test.each(['plain', 'für', 'ü'.repeat(100), '📧 mail'])('%s survives being encoded', (text) => {
    const octets = encodeWords(text);
    expect(octets).toMatch(/^[\x20-\x7e\r\n]*$/);
    expect(Math.max(...octets.split('\r\n').map((line) => line.length))).toBeLessThanOrEqual(76);
    expect(decodeWords(octets.replace(/\r\n/g, ''))).toBe(text);
  });
});

describe('encoded-character (RFC 5228 §2.4.2.4)', () => {
  test.each([
    ['$${hex:40}', '$@'],
    ['${hex: 40 }', '@'],
    ['${HEX: 40}', '@'],
    ['${hex:40', '${hex:40'],
    ['${hex:400}', '${hex:400}'],
    ['${hex:4${hex:30}}', '${hex:40}'],
    ['${unicode:40}', '@'],
    ['${ unicode:40}', '${ unicode:40}'],
    ['${UNICODE:40}', '@'],
    ['${UnICoDE:0000040}', '@'],
    ['${Unicode:40}', '@'],
    ['${Unicode:Cool}', '${Unicode:Cool}'],
    ['${unicode:200000}', '${unicode:200000}'],
    ['${hex: 24 24}', '$$'],
    ['${hex:C3 A4}', 'ä'],
    ['${hex:C3}${hex:A4}', 'ä'],
    ['${hex:FF}', '\udcff'],
    ['${unicode: 201C 48 201D}', '“H”'],
    ['${hex:}', '${hex:}'],
  ])('%s', (text, expected) => expect(decodeCharacters(text)).toBe(expected));

  test('a value that is no character is an error', () => {
    expect(unicodeProblem('x ${unicode:200000}')).toBe('${unicode:200000}');
    expect(unicodeProblem('${unicode:d800}')).not.toBeNull();
    expect(unicodeProblem('${unicode:40} ${hex:ff}')).toBeNull();
  });
});
