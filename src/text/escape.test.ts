// Client text for a log line and for a reply line: whatever octets come in, printable ASCII comes out, and nothing in it
// can end the line or pass for a quote of ours. Every octet is tried.

import { describe, expect, it } from 'vitest';
import { forLog, forReply, LOG_TEXT_CHARACTERS } from './escape.ts';

const ALL_OCTETS = Array.from({ length: 256 }, (_, octet) => String.fromCharCode(octet));
const NOT_PRINTABLE = /[^\x20-\x7e]/;

describe('for a log line', () => {
  it.each([
    ['', ''],
    ['sender@example.net', 'sender@example.net'],
    ['two words', '"two words"'],
    [' ', '" "'],
    ['say "hi"', '"say \\x22hi\\x22"'],
    ['"', '\\x22'],
    ['a\\b', 'a\\x5cb'],
    ['\\x22', '\\x5cx22'],
    ['a\r\nb', 'a\\x0d\\x0ab'],
    ['\0\t\x1b[2J', '\\x00\\x09\\x1b[2J'],
    ['caf\xe9', 'caf\\xe9'],
    ['\x7f\x80\xa0\xff', '\\x7f\\x80\\xa0\\xff'],
  ])('%j becomes %s', (octets, text) => expect(forLog(octets)).toBe(text));

  it('keeps every octet within one field', () => {
    for (const text of ALL_OCTETS.flatMap((octet) => [forLog(octet), forLog(`a${octet}b c`)])) {
      expect(text).not.toMatch(NOT_PRINTABLE);
      const inside = text.startsWith('"') ? text.slice(1, -1) : text;
      expect(inside).not.toMatch(/"|\\(?!x[0-9a-f]{2})/);
      expect(text.startsWith('"') && text.endsWith('"')).toBe(text.includes(' '));
    }
  });

  it('tells apart what differs', () => {
    const texts = ALL_OCTETS.flatMap((octet) => [octet, `\\x${octet}`, `${octet} `]).map((text) =>
      forLog(text),
    );
    expect(new Set(texts).size).toBe(3 * ALL_OCTETS.length);
  });

  it.each([
    ['a'.repeat(LOG_TEXT_CHARACTERS), undefined, 'a'.repeat(LOG_TEXT_CHARACTERS)],
    ['a'.repeat(LOG_TEXT_CHARACTERS + 1), undefined, `${'a'.repeat(LOG_TEXT_CHARACTERS)}...`],
    ['abcdef', 3, 'abc...'],
    ['abcdef', 6, 'abcdef'],
    ['ab cd ef', 4, '"ab c..."'],
    ['abc def', 3, 'abc...'],
  ])('cuts %j to %j characters: %s', (octets, most, text) => expect(forLog(octets, most)).toBe(text));

  it.each(ALL_OCTETS)('is never longer than asked for, however many of %j there are', (octet) => {
    for (const most of [7, 8, 9, 10, LOG_TEXT_CHARACTERS]) {
      expect(forLog(octet.repeat(500), most).replaceAll('"', '').length).toBeLessThanOrEqual(most + 3);
    }
  });

  it('never cuts through an escape', () => {
    for (const most of [4, 5, 6, 7, 8]) expect(forLog('\xff\xff\xff', most)).toMatch(/^(\\xff)*\.\.\.$/);
  });

  it('shows no more of a megabyte than of a line that is a little too long', () => {
    expect(forLog('x'.repeat(1024 * 1024))).toBe(forLog('x'.repeat(LOG_TEXT_CHARACTERS + 1)));
  });
});

describe('for a reply line', () => {
  it('every octet is printable ASCII or a question mark', () => {
    for (const octet of ALL_OCTETS) {
      expect(forReply(`<${octet}>`)).toBe(NOT_PRINTABLE.test(octet) ? '<?>' : `<${octet}>`);
    }
  });
});
