// The strict dialect: RFC 5228's generic grammar, and how many problems a broken script has. One mistake is one problem where the
// parser can find the end of the broken construct; a list whose end is missing as well counts twice. Pure.

import { describe, expect, it } from 'vitest';
import { parse } from './index.ts';

const problemsOf = (text: string): readonly string[] =>
  parse({ name: 'test', text, dialect: 'sieve' }).problems.map(({ code, at }) => `${code}@${at}`);

const scriptOf = (text: string) => parse({ name: 'test', text, dialect: 'sieve' }).script;

describe('the tree', () => {
  it('is the generic one of §8.2', () => {
    expect(scriptOf('IF Not header :Is ["a"] "b" {\r\n keep; }')).toEqual({
      dialect: 'sieve',
      pure: true,
      items: [
        {
          node: 'command',
          at: 0,
          name: 'if',
          arguments: [],
          tests: [
            {
              node: 'test',
              at: 3,
              name: 'not',
              arguments: [],
              tests: [
                {
                  node: 'test',
                  at: 7,
                  name: 'header',
                  arguments: [
                    { node: 'tag', at: 14, name: 'is' },
                    { node: 'list', at: 18, items: [{ node: 'string', at: 19, value: 'a' }] },
                    { node: 'string', at: 24, value: 'b' },
                  ],
                  tests: [],
                },
              ],
            },
          ],
          block: [{ node: 'command', at: 32, name: 'keep', arguments: [], tests: [], block: null }],
        },
      ],
    });
  });

  it('tells a test list from a test', () => {
    const [list, test] = scriptOf('if (true) {} if true {}')?.items ?? [];
    expect(list).toMatchObject({ tests: [{ name: 'true' }], list: true });
    expect(test).not.toHaveProperty('list');
  });

  it('does not care which commands there are', () => {
    expect(scriptOf('frobnicate 5 :x frob (a "b", c) { }')?.items).toMatchObject([
      {
        name: 'frobnicate',
        arguments: [{ value: 5 }, { name: 'x' }],
        tests: [{ name: 'frob', tests: [{ name: 'a' }, { name: 'c' }], list: true }],
        block: [],
      },
    ]);
  });
});

describe('problems', () => {
  it.each([
    ['keep', ['MFL-SYN-001@4']],
    ['keep; }', ['MFL-SYN-004@6']],
    ['keep;; stop', ['MFL-SYN-004@5']],
    ['keep "a" stop "b" }', ['MFL-SYN-001@18']],
    ['if true { keep;', ['MFL-SYN-005@15']],
    ['if true { keep }', ['MFL-SYN-001@15']],
    ['if true { keep } stop; frop "x"', ['MFL-SYN-001@15', 'MFL-SYN-001@31']],
    ['if true { "x"; } keep', ['MFL-SYN-005@10']],
    ['redirect ["a", 5]; keep', ['MFL-SYN-002@15', 'MFL-SYN-001@23']],
    ['redirect ["a" "b"];', ['MFL-SYN-002@14']],
    ['redirect [];', ['MFL-SYN-002@10']],
    ['redirect ["a", 5; keep;', ['MFL-SYN-002@15', 'MFL-SYN-002@16']],
    ['if anyof (true, ) { keep; }', ['MFL-SYN-003@16']],
    ['if anyof () { keep; }', ['MFL-SYN-003@10']],
    ['if anyof (true true) { keep } ', ['MFL-SYN-001@28']],
    ['if anyof (true { keep; }', ['MFL-SYN-003@15']],
    ['keep 10f;', ['MFL-LEX-009@5']],
    ['keep @ "x";', ['MFL-LEX-001@5', 'MFL-SYN-001@5']],
    ['keep 5 / 3;', ['MFL-SYN-001@7']],
    ['keep : "a";', ['MFL-SYN-001@5']],
    ['redirect "abc;\nkeep;', ['MFL-LEX-002@9']],
    ['if true { redirect text:\nkeep; }', ['MFL-LEX-003@19']],
    ['keep /* ;', ['MFL-LEX-004@5']],
    ['keep # no end', ['MFL-SYN-001@13']],
    [`frop${' 1'.repeat(33)}; keep`, ['MFL-SYN-006@70', 'MFL-SYN-001@76']],
  ])('%j', (text, problems) => expect(problemsOf(text)).toEqual(problems));

  it('never come with a tree', () => expect(scriptOf('keep; stop')).toBeNull());

  it('are 50 at most', () => expect(problemsOf('frop [5]; '.repeat(200))).toHaveLength(50));
});

describe('limits', () => {
  const tests = (levels: number): string => `if ${'not '.repeat(levels - 1)}true { keep; }`;
  const lists = (levels: number): string =>
    `if ${'anyof ('.repeat(levels - 1)}true${')'.repeat(levels - 1)} { keep; }`;
  const blocks = (levels: number): string => `${'if true {'.repeat(levels)}${'}'.repeat(levels)}`;

  it.each([
    ['tests', tests, 'MFL-SYN-007'],
    ['test lists', lists, 'MFL-SYN-007'],
    ['blocks', blocks, 'MFL-SYN-008'],
  ])('%s: 31 levels below the script', (_, nest, code) => {
    expect(problemsOf(nest(31))).toEqual([]);
    expect(problemsOf(`${nest(32)} keep;`)).toEqual([expect.stringMatching(`^${code}@`)]);
  });

  it('arguments: 32', () => expect(problemsOf(`frop${' 1'.repeat(32)};`)).toEqual([]));

  it('a file: 256 KiB', () => {
    expect(problemsOf('#'.repeat(262_144))).toEqual([]);
    expect(problemsOf('#'.repeat(262_145))).toEqual(['MFL-LEX-012@0']);
  });
});
