// The header as fields and back: what no edit touches keeps every octet, whatever it is.

import { describe, expect, it } from 'vitest';
import { editHeader, type HeaderEdits, parseHeader } from './header.ts';

const NO_EDITS: HeaderEdits = { remove: new Set(), first: [], last: [] };

describe('parseHeader', () => {
  it.each([
    ['nothing', '', [], 0],
    ['a body only', '\nbody', [], 0],
    ['a field without a line end', 'A: b', [['A', ' b']], 4],
    [
      'fields and a body',
      'A: b\nC:d\n\nE: f\n',
      [
        ['A', ' b'],
        ['C', 'd'],
      ],
      9,
    ],
    [
      'folded fields',
      'A: b\n c\n\td\nE: f\n',
      [
        ['A', ' b\n c\n\td'],
        ['E', ' f'],
      ],
      16,
    ],
    ['blanks before the colon (RFC 5322 section 4.5)', 'A \t: b\n', [['A', ' b']], 7],
    [
      'an empty field',
      'A:\nB:\n',
      [
        ['A', ''],
        ['B', ''],
      ],
      6,
    ],
    ['octets of all kinds', 'A: \0\r\xff\n', [['A', ' \0\r\xff']], 7],
    ['a line that is no field', 'A: b\nno field\nC: d\n', [['A', ' b']], 5],
    ['a line that starts with white space first', ' A: b\nC: d\n', [], 0],
    ['a name with a space', 'From me\nA: b\n', [], 0],
  ])('finds %s', (_, text, fields, octets) => {
    expect(parseHeader(text)).toEqual({
      fields: fields.map(([name, body]) => ({ name, body })),
      octets,
    });
  });

  it('takes a long header in its stride', () => {
    const text = 'X-Field: value\n'.repeat(20_000);
    expect(parseHeader(text).fields.length).toBe(20_000);
    const folded = `A: b\n${' c\n'.repeat(300_000)}`;
    expect(parseHeader(folded)).toMatchObject({ fields: [{ name: 'A' }], octets: folded.length });
  });
});

describe('editHeader', () => {
  const edited = (text: string, edits: Partial<HeaderEdits>): string =>
    editHeader(text, parseHeader(text), { ...NO_EDITS, ...edits });

  it.each(['', 'A: b\n', 'A \t: b\n c\nB:\0\xff\r\n'])('keeps %j as it is without edits', (text) => {
    expect(edited(text, {})).toBe(text);
  });

  it.each([
    ['takes fields out, folding and all', { remove: new Set([1]) }, 'A: 1\nC: 3\n'],
    ['takes everything out', { remove: new Set([0, 1, 2]) }, ''],
    [
      'puts fields in front',
      {
        first: [
          { name: 'X', body: ' 1' },
          { name: 'Y', body: ' 2' },
        ],
      },
      'X: 1\nY: 2\nA: 1\nB: 2\n 2\nC: 3\n',
    ],
    ['puts fields at the end', { last: [{ name: 'X', body: ' 1' }] }, 'A: 1\nB: 2\n 2\nC: 3\nX: 1\n'],
  ])('%s', (_, edits, expected) => {
    expect(edited('A: 1\nB: 2\n 2\nC: 3\n', edits)).toBe(expected);
  });

  it('gives a last field without a line end one before it adds', () => {
    expect(edited('A: 1', { last: [{ name: 'X', body: ' 1' }] })).toBe('A: 1\nX: 1\n');
  });
});
