// Whatever the source, the parser returns: a tree without problems or problems without a tree, all of them inside the file, and in
// work that grows with the length only, so that a megabyte of anything takes no time to speak of. What parses also prints and
// parses again. Pure; seeded by fast-check.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Dialect } from './ast.ts';
import { parse, print } from './index.ts';

const words = [
  ...[
    'if',
    'elsif',
    'else',
    'not',
    'anyof',
    'allof',
    'true',
    'header',
    'hook',
    'rcpt',
    'string',
    'const',
    'return',
  ],
  ...[
    'while',
    'foreach',
    'in',
    'is',
    'x',
    'client',
    'keep',
    'import',
    'require',
    'r"',
    'text:\n',
    '\n.\n',
    ':is',
    ':',
  ],
  ...[
    '"',
    '"a"',
    '\\',
    '5',
    '5K',
    '1.5',
    '5min',
    '(',
    ')',
    '[',
    ']',
    '{',
    '}',
    ',',
    ';',
    '==',
    '=',
    '$',
    '.',
    '-',
    '!',
  ],
  ...['&&', '&', '#', '/*', '*/', '//', '\n', '\r', '\0', '\xc3', '\u20ac', ' ', '\x24{'],
];
const garbage = fc.array(fc.constantFrom(...words), { maxLength: 60 }).map((parts) => parts.join(' '));
const glued = fc.array(fc.constantFrom(...words), { maxLength: 60 }).map((parts) => parts.join(''));

function check(text: string, dialect: Dialect): void {
  const { script, problems } = parse({ name: 'test', text, dialect });
  expect(script === null).toBe(problems.length > 0);
  expect(problems.length).toBeLessThanOrEqual(50);
  for (const { at, message } of problems) {
    expect(at).toBeGreaterThanOrEqual(0);
    expect(at).toBeLessThanOrEqual(text.length);
    expect(message).toMatch(/^[\x20-\x7e]+$/);
  }
  if (script !== null) {
    expect(parse({ name: 'test', text: print(script), dialect }).problems).toEqual([]);
  }
}

describe.each(['sieve', 'mfl'] as const)('garbage in %s', (dialect) => {
  it.each([
    ['words', garbage],
    ['glued words', glued],
    ['characters', fc.string({ unit: 'binary', maxLength: 200 })],
  ])('%s', (_, source) => {
    fc.assert(
      fc.property(source, (text) => check(text, dialect)),
      { numRuns: 500 },
    );
  });

  const room = 64 * 1024;
  it.each([
    ...words,
    'if true {',
    'anyof (',
    'x = (',
    'x = [',
    'f(',
    'x[',
    'hook x {',
    '/* /',
    'text: ',
    'text:\n.',
    '"\\',
  ])('%j over and over', (word) => {
    check(word.repeat(room / word.length), dialect);
    check(`${word} `.repeat(room / (word.length + 1)), dialect);
    check(`keep; ${word}\n`.repeat(room / (word.length + 7)), dialect);
  });
});

it('a megabyte of garbage in MFL', () => {
  const text = words.join(' ').replaceAll('"', "'");
  check(text.repeat((1024 * 1024) / text.length), 'mfl');
});
