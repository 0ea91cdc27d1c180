// Where the references in a string are, and what only looks like one and stays text (RFC 5229 §3).

import { describe, expect, it } from 'vitest';
import { piecesOf } from './template.ts';

const shown = (text: string): string =>
  piecesOf(text)
    .map((piece) => {
      if (piece.piece === 'text') return JSON.stringify(piece.text);
      return piece.piece === 'name' ? piece.name : `#${piece.number}`;
    })
    .join(' ');

describe('piecesOf', () => {
  it.each([
    ['', '""'],
    ['plain', '"plain"'],
    ['${a}', 'a'],
    ['x${A_1.b}y', '"x" a_1.b "y"'],
    ['${0}${31}', '#0 #31'],
    ['${${a}}', '"${" a "}"'],
    ['${a.}${.a}${a..b}${1a}${a b}', '"${a.}${.a}${a..b}${1a}${a b}"'],
    ['$${a}', '"$" a'],
    ['${a', '"${a"'],
  ])('%s is %s', (text, pieces) => {
    expect(shown(text)).toBe(pieces);
  });
});
