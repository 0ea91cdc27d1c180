// Tokens by table: strings in their three forms, numbers, names and comments, in both dialects, and what is wrong with broken ones.
// RFC 5228 §2.3, §2.4 and §8.1 for what Sieve has. Pure.

import { describe, expect, it } from 'vitest';
import type { Dialect } from './ast.ts';
import { createLexer } from './lexer.ts';
import { problemList } from './problems.ts';
import type { Token } from './token.ts';

interface Scanned {
  readonly tokens: readonly Token[];
  readonly problems: readonly string[];
  readonly onlyMfl: boolean;
}

function scan(text: string, dialect: Dialect): Scanned {
  const problems = problemList('test');
  const lexer = createLexer({ name: 'test', text, dialect }, problems);
  const tokens: Token[] = [];
  for (let token = lexer.scan(); token.kind !== 'end'; token = lexer.scan()) tokens.push(token);
  return {
    tokens,
    problems: problems.found.map(({ code, at }) => `${code}@${at}`),
    onlyMfl: lexer.mflSeen(),
  };
}

const kinds = (text: string, dialect: Dialect): string =>
  scan(text, dialect)
    .tokens.map(({ kind }) => kind)
    .join(' ');

const one = (text: string, dialect: Dialect): Token | undefined => scan(text, dialect).tokens[0];

describe.each(['sieve', 'mfl'] as const)('strings in %s', (dialect) => {
  it.each([
    ['nothing', '""', ''],
    ['escapes', '"a\\"b\\\\c\\d"', 'a"b\\cd'],
    ['octets above 127', '"\xc3\xbc"', '\xc3\xbc'],
    ['LF', '"a\nb"', 'a\r\nb'],
    ['CRLF', '"a\r\nb"', 'a\r\nb'],
    ['an escaped line end', '"a\\\nb"', 'a\r\nb'],
    ['what looks like comments', '"# /* */ //"', '# /* */ //'],
    ['references as written', '"\x24{a.b} \x24{hex:40}"', '\x24{a.b} \x24{hex:40}'],
    ['text:', 'text:\na\nb\n.\n', 'a\r\nb\r\n'],
    ['text: in upper case', 'TEXT:\r\na\r\n.\r\n', 'a\r\n'],
    ['text: with blanks and a comment', 'text: \t# why\na\n.\n', 'a\r\n'],
    ['text: without lines', 'text:\n.\n', ''],
    ['text: with empty lines', 'text:\n\n\n.\n', '\r\n\r\n'],
    ['dot-stuffing', 'text:\n..\n..a\n...\n.a\n.\n', '.\r\n.a\r\n..\r\n.a\r\n'],
    ['a quote in text:', 'text:\n"\n.\n', '"\r\n'],
  ])('%s', (_, text, value) => {
    expect(scan(text, dialect)).toMatchObject({ tokens: [{ kind: 'string', text: value }], problems: [] });
  });

  it.each([
    ['without end', '"abc', 'MFL-LEX-002@0'],
    ['ending in a backslash', '"abc\\', 'MFL-LEX-002@0'],
    ['with NUL', '"a\0b\0"', 'MFL-LEX-005@2'],
    ['with a carriage return', '"a\rb"', 'MFL-LEX-006@2'],
    ['text: followed by more', 'text: a\n.\n', 'MFL-LEX-007@0'],
    ['text: without end', 'text:\na\n', 'MFL-LEX-003@0'],
    ['text: ending in a dot without line end', 'text:\na\n.', 'MFL-LEX-003@0'],
    ['text: at the very end', 'text:', 'MFL-LEX-003@0'],
    ['text: with a carriage return', 'text:\na\rb\n.\n', 'MFL-LEX-006@7'],
    ['text: with NUL', 'text:\n\0\n.\n', 'MFL-LEX-005@6'],
    ['too long', `"${'a'.repeat(262_145)}"`, 'MFL-LEX-011@0'],
  ])('%s is an error', (_, text, problem) => {
    const found = scan(text, dialect);
    expect(found.tokens[0]?.kind).toBe('error');
    expect(found.problems[0]).toBe(problem);
  });

  it('may be as long as a value', () => {
    expect(one(`"${'a'.repeat(262_144)}"`, dialect)?.text.length).toBe(262_144);
  });

  it('go on behind a broken one', () => {
    expect(kinds('"a\0b" ;', dialect)).toBe('error ;');
  });
});

describe('raw strings', () => {
  it('know no escapes', () => {
    expect(one('r"a\\d \x24{x}\n"', 'mfl')).toMatchObject({
      kind: 'string',
      form: 'raw',
      text: 'a\\d \x24{x}\r\n',
    });
  });

  it('are two tokens in Sieve, and after a blank', () => {
    expect(kinds('r"a"', 'sieve')).toBe('identifier string');
    expect(kinds('r "a"', 'mfl')).toBe('identifier string');
    expect(kinds('R"a"', 'mfl')).toBe('identifier string');
  });

  it.each([
    ['r"abc', 'MFL-LEX-013@0'],
    ['r"a\0"', 'MFL-LEX-005@0'],
    ['r"a\r"', 'MFL-LEX-006@0'],
  ])('%j is an error', (text, problem) => expect(scan(text, 'mfl').problems).toEqual([problem]));
});

describe('numbers', () => {
  it.each([
    ['0', 0],
    ['007', 7],
    ['1K', 1024],
    ['2m', 2_097_152],
    ['1G', 1_073_741_824],
    ['9007199254740991', 9_007_199_254_740_991],
    ['18446744073709551615', 2 ** 64],
    ['0000000000000000000000000000001', 1],
  ])('%s in both dialects', (text, value) => {
    const token = { kind: 'number', value, form: 'plain' };
    expect(scan(text, 'sieve')).toMatchObject({ tokens: [token], problems: [], onlyMfl: false });
    expect(scan(text, 'mfl')).toMatchObject({ tokens: [token], problems: [], onlyMfl: false });
  });

  it.each([
    ['30s', 30, 'duration'],
    ['5min', 300, 'duration'],
    ['2H', 7200, 'duration'],
    ['35d', 3_024_000, 'duration'],
    ['1w', 604_800, 'duration'],
    ['1.50', 1.5, 'decimal'],
    ['0.0000001', 1e-7, 'decimal'],
  ])('%s in MFL only', (text, value, form) => {
    expect(scan(text, 'mfl')).toMatchObject({
      tokens: [{ kind: 'number', value, form }],
      problems: [],
      onlyMfl: true,
    });
    expect(scan(text, 'sieve').problems.length).toBeGreaterThan(0);
  });

  it.each([
    ['18446744073709551616', 'MFL-LEX-008@0'],
    ['18014398509481984K', 'MFL-LEX-008@0'],
    ['17179869184G', 'MFL-LEX-008@0'],
    ['9'.repeat(100_000), 'MFL-LEX-008@0'],
    ['10f', 'MFL-LEX-009@0'],
    ['5K5', 'MFL-LEX-009@0'],
    ['5_', 'MFL-LEX-009@0'],
    ['1.5K', 'MFL-LEX-009@0'],
  ])('%s is an error', (text, problem) => {
    expect(scan(text, 'mfl')).toMatchObject({ tokens: [{ kind: 'error' }], problems: [problem] });
  });
});

describe('names', () => {
  it('lose their case and keep their underscores', () => {
    expect(scan('Set_1 :Raw __', 'sieve').tokens.map(({ kind, text }) => `${kind} ${text}`)).toEqual([
      'identifier set_1',
      'tag raw',
      'identifier __',
    ]);
  });

  it.each([
    ['sieve', 32, []],
    ['sieve', 33, ['MFL-LEX-010@0', 'MFL-LEX-010@34']],
    ['mfl', 64, []],
    ['mfl', 65, ['MFL-LEX-010@0', 'MFL-LEX-010@66']],
  ] as const)('in %s with %i characters', (dialect, length, problems) => {
    expect(scan(`${'a'.repeat(length)} :${'a'.repeat(length)}`, dialect).problems).toEqual(problems);
  });
});

describe('what stands between tokens', () => {
  it.each([
    ['blanks', ' \t\r\n;', 'sieve'],
    ['hash comments', '# a\n#b\r\n;# the end', 'sieve'],
    ['bracket comments', '/* a\n * # " /* **/;/**/', 'sieve'],
    ['slash comments', '// a "\n;//', 'mfl'],
    ['a byte order mark', '\ufeff;', 'sieve'],
    ['a byte order mark in octets', '\xef\xbb\xbf;', 'mfl'],
  ] as const)('%s', (_, text, dialect) => {
    expect(scan(text, dialect)).toMatchObject({ tokens: [{ kind: ';' }], problems: [] });
  });

  it('tells where lines begin', () => {
    const tokens = scan('a b\nc /* x\n */ d # y\ne', 'sieve').tokens;
    expect(tokens.map(({ newLine }) => newLine)).toEqual([true, false, true, true, true]);
  });

  it.each([
    ['; /* a', 'MFL-LEX-004@2'],
    ['# a\0b\n;', 'MFL-LEX-005@3'],
    ['/* a\0b */;', 'MFL-LEX-005@4'],
  ])('%j is an error', (text, problem) => expect(scan(text, 'sieve').problems).toEqual([problem]));
});

describe('operators', () => {
  it('are read greedily in MFL', () => {
    const text = '== != <= >= < > && || ! =~ !~ = += -= + - * / % . $ : x';
    expect(kinds(text.replace(' :', ''), 'mfl')).toBe(text.replace(': x', 'identifier'));
    expect(kinds('a=-b!==c', 'mfl')).toBe('identifier = - identifier != = identifier');
  });

  it('do not exist in Sieve', () => {
    const found = scan('a == b $c', 'sieve');
    expect(found.tokens.map(({ kind }) => kind).join(' ')).toBe(
      'identifier garbage identifier garbage identifier',
    );
    expect(found.problems).toEqual(['MFL-LEX-001@2', 'MFL-LEX-001@7']);
  });

  it.each([
    ['a & b', "unexpected character '&'; write '&&'"],
    ['a : b', "unexpected character ':'; a tag is ':' and a name, without space"],
    ['\x01', 'unexpected character 0x01'],
  ])('%j is an error', (text, message) => {
    const problems = problemList('test');
    const lexer = createLexer({ name: 'test', text, dialect: 'mfl' }, problems);
    while (lexer.scan().kind !== 'end');
    expect(problems.found.map((problem) => problem.message)).toEqual([message]);
  });
});
