// Command lines (RFC 5321 §2.3.8; qmail's commands()): where a line ends, what a CR is worth, and the limit to the octet.
// Every input is read whole, in two pieces at every place, and octet by octet; the lines are the same.

import { describe, expect, it } from 'vitest';
import { fromOctets, toOctets } from '../text/index.ts';
import { LineReader, TOO_LONG } from './lines.ts';

const LIMIT = 8;

type Line = string | typeof TOO_LONG;

function read(
  pieces: readonly string[],
  limit: number,
): { readonly lines: readonly Line[]; readonly rest: string } {
  const reader = new LineReader(limit);
  const lines: Line[] = [];
  for (const piece of pieces) {
    const octets = toOctets(piece);
    reader.push(octets);
    for (let line = reader.next(); line !== null; line = reader.next()) lines.push(line);
    // The reader must not need them any more.
    octets.fill(0xee);
  }
  return { lines, rest: fromOctets(reader.rest()) };
}

function cuttings(input: string): readonly (readonly string[])[] {
  const places = Array.from({ length: input.length + 1 }, (_, place) => place);
  return [[input], Array.from(input), ...places.map((place) => [input.slice(0, place), input.slice(place)])];
}

describe('lines, with a limit of 8 octets', () => {
  it.each<[string, string, readonly Line[]]>([
    ['nothing', '', []],
    ['half a line', 'QUIT', []],
    ['half a line end', 'QUIT\r', []],
    ['CRLF', 'QUIT\r\nNOOP\r\n', ['QUIT', 'NOOP']],
    ['a bare LF', 'QUIT\nNOOP\n', ['QUIT', 'NOOP']],
    ['empty lines', '\r\n\n\r\n', ['', '', '']],
    ['one CR goes', 'a\r\r\n', ['a\r']],
    ['only at the end', 'a\rb\r\n\rc\n', ['a\rb', '\rc']],
    ['LF CR', 'a\n\rb\n', ['a', '\rb']],
    ['NUL and 8-bit octets', '\0\xff\x80\n', ['\0\xff\x80']],
    ['the limit', '12345678\r\n1\n', ['12345678', '1']],
    ['the limit and LF', '12345678\n1\n', ['12345678', '1']],
    ['a CR as the last of 8', '1234567\r\n1\n', ['1234567', '1']],
    ['a CR inside as the last of 8', '1234567\r\r\n1\n', ['1234567\r', '1']],
    ['a CR inside as the ninth', '12345678\r\r\n1\n', [TOO_LONG, '1']],
    ['one more', '123456789\r\n1\n', [TOO_LONG, '1']],
    ['one more and LF', '123456789\n1\n', [TOO_LONG, '1']],
    ['much more, told once', `${'x'.repeat(100)}\r\n1\r\n`, [TOO_LONG, '1']],
    ['twice in a row', '123456789\n123456789\n', [TOO_LONG, TOO_LONG]],
    ['only CRs', `${'\r'.repeat(9)}\n${'\r'.repeat(10)}\n`, ['\r'.repeat(8), TOO_LONG]],
    ['too long and unfinished', '12345678901234567890', []],
  ])('%s', (_, input, lines) => {
    for (const pieces of cuttings(input))
      expect(read(pieces, LIMIT).lines, JSON.stringify(pieces)).toEqual(lines);
  });

  it('skips ten megabytes without LF, tells so once, and leaves the next line whole', () => {
    const chunk = new Uint8Array(64 * 1024).fill(0x61);
    const reader = new LineReader(512);
    for (let n = 0; n < 160; n += 1) {
      reader.push(chunk);
      expect(reader.next()).toBe(null);
    }
    reader.push(toOctets('\r\nQUIT\r\n'));
    expect([reader.next(), reader.next(), reader.next()]).toEqual([TOO_LONG, 'QUIT', null]);
  });
});

describe('the octets behind a line', () => {
  it('are handed out once, and nothing else is', () => {
    const reader = new LineReader(LIMIT);
    reader.push(toOctets('DATA\r\nSubject: x\r\n\r\n'));
    expect(reader.next()).toBe('DATA');
    expect(fromOctets(reader.rest())).toBe('Subject: x\r\n\r\n');
    expect(reader.rest().length).toBe(0);
    expect(reader.next()).toBe(null);
  });

  it('can be given back and read on', () => {
    const reader = new LineReader(LIMIT);
    reader.push(toOctets('DATA\r\nx\r\n.\r\nRSET\r\nQUI'));
    expect(reader.next()).toBe('DATA');
    reader.push(reader.rest().subarray(6));
    expect([reader.next(), reader.next()]).toEqual(['RSET', null]);
    reader.push(toOctets('T\r\n'));
    expect(reader.next()).toBe('QUIT');
  });

  it('are none when the line came to its end with the chunk', () => {
    expect(read(['DATA\r\n'], LIMIT)).toEqual({ lines: ['DATA'], rest: '' });
  });
});
