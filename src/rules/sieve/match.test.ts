import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { comparatorNamed } from './comparator.ts';
import { globMatch } from './glob-match.ts';
import { compileRegex, regexProblem } from './regex.ts';
import { faultOf, holds, runScript, valueAfter } from './script.fixture.ts';

describe(':matches (RFC 5228 §2.7.1, captures by RFC 5229 §3.2)', () => {
  test.each([
    ['*', 'abc', ['abc', 'abc']],
    ['', '', ['']],
    ['', 'a', null],
    ['a?c', 'abc', ['abc', 'b']],
    ['a?c', 'ac', null],
    ['*b*', 'aabbcc', ['aabbcc', 'aa', 'bcc']],
    ['*-*-*', 'a-b-c-d', ['a-b-c-d', 'a', 'b', 'c-d']],
    ['**', 'ab', ['ab', '', 'ab']],
    ['?*', 'é', ['é', 'é', '']],
    ['?', '📧', ['📧', '📧']],
    ['*?', '📧📧', ['📧📧', '📧', '📧']],
    ['A*Z', 'a-z', ['a-z', '-']],
    ['\\*', '*', ['*']],
    ['\\*', 'x', null],
    ['\\?\\\\', '?\\', ['?\\']],
    ['a\\', 'a\\', ['a\\']],
    ['*aab', 'aaaab', ['aaaab', 'aa']],
    ['*a*ab', 'aab', ['aab', '', '']],
    ['*ab*ab', 'ab', null],
    ['[acme] *', '[ACME] news', ['[ACME] news', 'news']],
  ])('%j on %j', (pattern, text, expected) => expect(globMatch(pattern, text)).toEqual(expected));

  test('with i;unicode-casemap captures are cut from the text as written', () => {
    const comparator = comparatorNamed('i;unicode-casemap');
    expect(globMatch('ÄR*?', 'ärÖßé', comparator)).toEqual(['ärÖßé', 'Öß', 'é']);
  });

  test('agrees with a plain backtracking matcher', () => {
    const naive = (pattern: string, text: string): boolean => {
      if (pattern === '') return text === '';
      const rest = pattern.slice(1);
      if (pattern[0] === '*') return naive(rest, text) || (text !== '' && naive(pattern, text.slice(1)));
      return text !== '' && (pattern[0] === '?' || pattern[0] === text[0]) && naive(rest, text.slice(1));
    };
    const of = (letters: string, maxLength: number) =>
      fc.array(fc.constantFrom(...letters), { maxLength }).map((list) => list.join(''));
    fc.assert(
      fc.property(of('ab*?', 6), of('ab', 10), (pattern, text) => {
        expect(globMatch(pattern, text) !== null).toBe(naive(pattern, text));
      }),
      { numRuns: 2000 },
    );
  });

  test('a hostile pattern is paid for and ends the run', async () => {
    const pattern = `*${'?a'.repeat(60)}b*`;
    const message = `X: ${'a'.repeat(60_000)}\n\n`;
    const script = `if header :matches "x" ["${pattern}", "${pattern}c", "${pattern}d"] { stop; }`;
    expect(await faultOf(script, { message })).toBe('MFL-RUN-STEPS');
  });
});

describe(':regex', () => {
  test.each([
    ['a|ab', 'ab', ['ab']],
    ['^b', 'a\nb', null],
    ['a.b', 'a\nb', ['a\nb']],
    ['([0-9]+)-(x)?', 'no 42-', ['42-', '42', '']],
    ['[[:alpha:]]+', '12ab', ['ab']],
  ])('%j on %j', (pattern, text, expected) => {
    const compiled = compileRegex(pattern, false);
    expect(compiled.ok && compiled.regex.run(text)).toEqual(expected);
  });

  test.each(['(', 'a{2000}', '(a)\\1', '(?=a)'])('%j is refused', (pattern) => {
    expect(regexProblem(pattern)).not.toBeNull();
  });

  test('its price is the program times the text', async () => {
    const message = `X: ${'a'.repeat(50_000)}\n\n`;
    expect(await faultOf('if header :regex "x" "(a?){400}[cd]" { stop; }', { message })).toBe(
      'MFL-RUN-REGEX',
    );
    expect(await faultOf(`if header :regex "x" "${'a'.repeat(2000)}" { stop; }`, { message })).toBe(
      'MFL-RUN-REGEX',
    );
  });

  test('sets the match variables to the match and its groups', async () => {
    const message = 'Subject: Ticket #4711 closed\n\n';
    const script = 'if header :regex "subject" "#([0-9]+) (clos)" { set "x" "${0}/${1}/${2}/${3}"; }';
    expect(await valueAfter(script, 'x', { message })).toBe('#4711 clos/4711/clos/');
  });
});

describe('relational (RFC 5231)', () => {
  const message = 'X-Score: 9\nX-Score: 12\nTo: a@x.example, b@x.example\n\n';
  const numeric = ':comparator "i;ascii-numeric"';

  test.each([
    [`header :value "gt" ${numeric} "x-score" "10"`, true],
    [`header :value "lt" ${numeric} "x-score" "9"`, false],
    [`header :value "le" ${numeric} "x-score" "9"`, true],
    [`header :value "ne" ${numeric} "x-score" "9"`, true],
    [`header :count "eq" ${numeric} "x-score" "2"`, true],
    [`header :count "ge" ${numeric} ["x-score", "to"] "3"`, true],
    [`address :count "eq" ${numeric} "to" "2"`, true],
    [`header :count "eq" ${numeric} "cc" "0"`, true],
    ['header :value "gt" "x-score" "100"', true],
  ])('%s', async (test, expected) => expect(await holds(test, { message })).toBe(expected));
});

test('RFC 4790 §9.1: i;ascii-numeric cannot look inside', async () => {
  const script = 'if header :contains :comparator "i;ascii-numeric" "x" "1" { stop; }';
  expect(await faultOf(script)).toBe('MFL-SIEVE-COMPARATOR');
});

test('RFC 5229 §3.2: the first match sets the variables, a failed one leaves them', async () => {
  const script = `
    if string :matches "one two" ["* *", "*"] { set "a" "\${1}|\${2}"; }
    if string :matches "x" "y*" { stop; }
    set "b" "\${1}";`;
  expect(await valueAfter(script, 'a')).toBe('one|two');
  expect(await valueAfter(script, 'b')).toBe('one');
});

test('octets that are no UTF-8 are found by octet', async () => {
  const message = 'X: caf\xe9 cr\xc3\xa8me\n\n';
  expect(await holds('header :contains :comparator "i;octet" "x" "${hex: e9}"', { message })).toBe(true);
  expect(await holds('header :contains "x" "${hex: c3}"', { message })).toBe(true);
  expect(await holds('header :contains "x" "cr${hex: c3 a8}me"', { message })).toBe(true);
});

test('RFC 6134 §2.2: :list asks for membership', async () => {
  const message = 'From: joe@example.net\n\n';
  const known = { 'list addrbook:default joe@example.net': { ok: true, value: true } } as const;
  expect(await holds('address :list "from" "addrbook:default"', { message, known })).toBe(true);
  const run = await runScript('if address :list "from" "addrbook:other" { stop; }', { message });
  expect(run.end === 'needs' && run.lookup.question).toEqual({
    kind: 'map',
    uri: 'addrbook:other',
    key: 'joe@example.net',
    mode: 'has',
  });
});
