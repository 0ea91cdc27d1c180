// Both syntaxes of control files and the numbers in them, by table. What 'qmail' does here is what
// stock qmail-smtpd was seen to do, odd octets and all; 'extended' follows the manual's four rules.
// Pure: no files.

import { describe, expect, it } from 'vitest';
import { lineOf, listOf, octetsOf, parseDatabytes, secondsOf } from './syntax.ts';

const texts = (text: string, syntax: 'qmail' | 'extended'): readonly string[] =>
  listOf(text, syntax).map((entry) => entry.text);

describe('a list in qmail syntax', () => {
  it.each([
    ['nothing', '', []],
    ['plain lines', 'a\nb\n', ['a', 'b']],
    ['no line end at the end', 'a\nb', ['a', 'b']],
    ['comments', '# a\nb\n#c\n', ['b']],
    ['only comments', '# nobody\n#\n', []],
    ['a comment sign further on', 'a #b\n #c\n', ['a #b', ' #c']],
    ['blank lines', '\n \n\t\na\n\n', ['a']],
    ['trailing white space', 'a \t \nb\t\n', ['a', 'b']],
    ['leading white space', ' a\n\tb\n', [' a', '\tb']],
    ['carriage returns', 'a\r\nb\r\n', ['a\r', 'b\r']],
    ['other white space', 'a\v\nb\f\nc\xa0\n', ['a\v', 'b\f', 'c\xa0']],
    ['NUL inside', 'a\0b\n', ['a', 'b']],
    ['NUL twice, and at the end', 'a\0\0b\0\n', ['a', '', 'b', '']],
    ['white space before NUL', 'a \0b \n', ['a ', 'b']],
    ['NUL first', '\0a\nb\n', ['b']],
    ['NUL in a comment', '#a\0b\n', []],
    ['backslashes', '\\a\nb\\\nc\n', ['\\a', 'b\\', 'c']],
    ['8-bit octets', 'b\xc3\xbccher.example\n', ['b\xc3\xbccher.example']],
  ])('%s', (_, text, entries) => expect(texts(text, 'qmail')).toEqual(entries));

  it('knows the lines', () => {
    expect(listOf('#\n\na\nb\0c\n', 'qmail')).toEqual([
      { line: 3, text: 'a' },
      { line: 4, text: 'b' },
      { line: 4, text: 'c' },
    ]);
  });
});

describe('a list in extended syntax', () => {
  it.each([
    ['nothing', '', []],
    ['plain lines', 'a\nb', ['a', 'b']],
    ['comments and blank lines', '# a\n\n \t\r\nb\n', ['b']],
    ['carriage returns', 'a\r\nb \r\n', ['a', 'b']],
    ['leading white space', ' a\n # b\n', [' a', ' # b']],
    ['a leading backslash', '\\#a\n\\ b\n\\\\c\n', ['#a', ' b', '\\c']],
    ['a backslash alone', 'a\n\\\nb\n', ['a', '', 'b']],
    ['a trailing backslash', 'a\\\nb\nc\n', ['ab', 'c']],
    ['white space around the join', 'a \\ \t\n b\n', ['a  b']],
    ['comments and blank lines after it', 'a\\\n# no\n\n  \nb\n', ['ab']],
    ['several', 'a\\\nb\\\nc\nd\n', ['abc', 'd']],
    ['a literal line joined', 'a\\\n\\#b\n', ['a#b']],
    ['literal and joined', '\\#a\\\nb\n', ['#ab']],
    ['two backslashes alone', '\\\\\na\n', ['a']],
    ['nothing left to join', 'a\nb\\\n', ['a', 'b']],
    ['only comments left to join', 'b\\\n# c', ['b']],
    ['NUL', 'a\0b\n', ['a\0b']],
  ])('%s', (_, text, entries) => expect(texts(text, 'extended')).toEqual(entries));

  it('knows the line an entry starts on', () => {
    expect(listOf('# x\na\\\n\nb\nc\n', 'extended')).toEqual([
      { line: 2, text: 'ab' },
      { line: 5, text: 'c' },
    ]);
  });
});

describe('a line', () => {
  it.each([
    ['', ''],
    ['a\n', 'a'],
    ['a \t', 'a'],
    [' \t \n', ''],
    ['\na\n', ''],
    ['# a\nb\n', '# a'],
    [' \ta\n', ' \ta'],
    ['a\r\n', 'a\r'],
    ['\xa0a\v\f\xa0 \n', '\xa0a\v\f\xa0'],
    ['a\0b\n', 'a\0b'],
  ])('in qmail syntax: %j', (text, line) => expect(lineOf(text, 'qmail')).toEqual({ line: 1, text: line }));

  it.each([
    ['', null],
    ['# a\n\n', null],
    ['# a\nb\nc\n', { line: 2, text: 'b' }],
    ['\\# a\r\n', { line: 1, text: '# a' }],
    ['\\\nb\n', { line: 1, text: '' }],
  ])('in extended syntax: %j', (text, line) => expect(lineOf(text, 'extended')).toEqual(line));
});

describe('numbers', () => {
  it.each([
    ['', null, null],
    ['soon', null, null],
    [' 29', null, null],
    ['+29', null, null],
    ['-1', null, null],
    ['29 bytes at most', 29, 29],
    ['29.9', 29, 29],
    ['0029', 29, 29],
    ['0', 1, 0],
    ['0x1', 1, 0],
    ['1\0', 1, 1],
    ['2147483647', 2147483647, 2147483647],
    ['2147483648', 1, 2147483648],
    ['4294967294', 1, 4294967294],
    ['4294967295', 1, 4294967294],
    ['4294967296', 1, 0],
    ['4294967306', 10, 10],
    ['18446744073709551616', 1, 0],
    ['18446744073709551626', 10, 10],
  ])('%j is %j seconds, or %j octets', (text, seconds, octets) => {
    expect(secondsOf(text)).toBe(seconds);
    expect(octetsOf(text)).toBe(octets);
  });

  it.each([
    ['10', 10],
    ['10 bytes', 10],
    ['', 0],
    ['lots', 0],
    ['-1', 0],
    [' 10', 0],
    ['4294967295', 4294967294],
  ])('DATABYTES=%j', (text, octets) => expect(parseDatabytes(text)).toBe(octets));
});
