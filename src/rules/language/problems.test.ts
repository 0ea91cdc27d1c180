// How a problem is shown, and how offsets become lines and columns: with control characters, long lines and text that is not ASCII,
// and at the very end of a file, where unfinished scripts have their problems. Columns count from 1 in characters of the source
// text as it was given. Pure.

import { expect, describe as group, it } from 'vitest';
import { describe, lineColumn, lineStarts, type Problem, parse } from './index.ts';

const problemAt = (at: number): Problem => ({
  code: 'X-1',
  severity: 'warning',
  file: 'f',
  at,
  message: 'm',
});

const shown = (text: string, at: number): string =>
  describe(problemAt(at), { name: 'f', text, dialect: 'mfl' });

group('lines and columns', () => {
  const text = 'ab\ncd\r\n\nx';

  it.each([
    [0, 1, 1],
    [2, 1, 3],
    [3, 2, 1],
    [6, 2, 4],
    [7, 3, 1],
    [8, 4, 1],
    [9, 4, 2],
  ])('offset %i', (at, line, column) => expect(lineColumn(text, at)).toEqual({ line, column }));

  it('begin where the table says', () => {
    expect(lineStarts(text)).toEqual([0, 3, 7, 8]);
    expect(lineStarts('')).toEqual([0]);
  });
});

group('a problem', () => {
  it('is shown with its line and a caret', () => {
    expect(shown('one\ntwo three\nfour', 8)).toBe('f:2:5: warning: m [X-1]\n    two three\n        ^');
  });

  it('at the end of the file', () => expect(shown('one\n', 4)).toBe('f:2:1: warning: m [X-1]\n    \n    ^'));

  it('keeps control characters to itself', () => {
    expect(shown('\ta\x1b[1m\0b\r\n', 2)).toBe('f:1:3: warning: m [X-1]\n     a [1m b\n      ^');
  });

  it('has its caret below the character, UTF-8 or not', () => {
    expect(shown('"\xc3\xbc" x', 5)).toBe('f:1:6: warning: m [X-1]\n    "\xc3\xbc" x\n        ^');
  });

  it('is shown with a part of a long line', () => {
    const [, line, caret] = shown(`${'a'.repeat(5000)}X${'b'.repeat(5000)}`, 5000).split('\n');
    expect(line).toHaveLength(124);
    expect(line?.[caret?.indexOf('^') ?? 0]).toBe('X');
  });

  it('names its file', () => {
    const source = { name: 'policy.mfl', text: 'x = ;', dialect: 'mfl' } as const;
    const [problem] = parse(source).problems;
    expect(problem && describe(problem, source)).toMatch(/^policy\.mfl:1:5: error: expected a value/);
  });
});
