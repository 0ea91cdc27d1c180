// Printing and parsing are inverse, and both dialects read a Sieve script alike: over generated trees and over scripts written for
// the purpose. Positions are left out of the comparison. Pure; fast-check's runs are seeded by itself and reported on failure.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type {
  ArgumentNode,
  BinaryOperator,
  CommandNode,
  Dialect,
  ExprNode,
  NumberNode,
  StatementNode,
  StringNode,
  TestNode,
  TopNode,
  TypeName,
} from './ast.ts';
import { parse, print } from './index.ts';

const tree = (items: readonly TopNode[]): unknown =>
  JSON.parse(JSON.stringify(items, (key, value) => (key === 'at' ? undefined : value)));

function read(text: string, dialect: Dialect): readonly TopNode[] {
  const { script, problems } = parse({ name: 'test', text, dialect });
  expect(problems).toEqual([]);
  return script?.items ?? [];
}

const at = 0;
const pieces = [
  'a',
  'B',
  ' ',
  '"',
  '\\',
  '.',
  '..',
  '#',
  '/*',
  ';',
  '{',
  '\x24{x}',
  'text:',
  '\t',
  '\r\n',
  '\xc3\xbc',
];
const text = fc.array(fc.constantFrom(...pieces), { maxLength: 8 }).map((found) => found.join(''));
const string = text.map((value): StringNode => ({ node: 'string', at, value }));
const integer = fc
  .oneof(fc.nat(), fc.maxSafeNat(), fc.constantFrom(2 ** 53, 2 ** 64))
  .map((value): NumberNode => ({ node: 'number', at, value }));
const tag = fc.constantFrom('is', 'text', 'x_1').map((name): ArgumentNode => ({ node: 'tag', at, name }));
const strings = fc
  .array(string, { minLength: 1, maxLength: 3 })
  .map((items): ArgumentNode => ({ node: 'list', at, items }));
const plainArguments = fc.array(fc.oneof(string, integer, tag, strings), { maxLength: 4 });

function listTest(name: string, tests: readonly ExprNode[]): TestNode {
  return { node: 'test', at, name, arguments: [], tests, list: true };
}

function testOf(name: string, given: readonly ArgumentNode[], tests: readonly ExprNode[] = []): TestNode {
  return { node: 'test', at, name, arguments: given, tests };
}

function commandOf(
  name: string,
  given: readonly ArgumentNode[],
  tests: readonly ExprNode[],
  block: readonly StatementNode[] | null,
): CommandNode {
  return { node: 'command', at, name, arguments: given, tests, block };
}

/** if, elsif and else as they follow one another. */
function branches(test: ExprNode, body: readonly StatementNode[], more: boolean): readonly StatementNode[] {
  const first = commandOf('if', [], [test], body);
  return more ? [first, commandOf('elsif', [], [test], body), commandOf('else', [], [], body)] : [first];
}

const sieve = fc.letrec<{ test: TestNode; statements: readonly StatementNode[] }>((tie) => ({
  test: fc.oneof(
    { maxDepth: 4, withCrossShrink: true },
    fc
      .tuple(fc.constantFrom('header', 'true', 'size', 'date'), plainArguments)
      .map(([name, given]) => testOf(name, given)),
    tie('test').map((test) => testOf('not', [], [test])),
    fc
      .tuple(fc.constantFrom('anyof', 'allof'), fc.array(tie('test'), { minLength: 1, maxLength: 3 }))
      .map(([name, tests]) => listTest(name, tests)),
  ),
  statements: fc.oneof(
    { maxDepth: 3, withCrossShrink: true },
    fc
      .tuple(fc.constantFrom('keep', 'fileinto', 'text', 'r', 'return_', 'unheard_of'), plainArguments)
      .map(([name, given]) => [commandOf(name, given, [], null)]),
    fc.constant([commandOf('return', [], [], null)]),
    fc
      .tuple(plainArguments, tie('statements'))
      .map(([given, body]) => [commandOf('foreverypart', given, [], body)]),
    fc.tuple(tie('test'), tie('statements'), fc.boolean()).map((parts) => branches(...parts)),
    fc.tuple(tie('statements'), tie('statements')).map(([one, two]) => [...one, ...two]),
  ),
}));

const operators: readonly BinaryOperator[] = [
  ...(['||', '&&', '==', '!=', '<', '<=', '>', '>=', '=~', '!~'] as const),
  ...(['is', 'contains', 'matches', 'in', '+', '-', '*', '/', '%'] as const),
];
const words: ReadonlySet<string> = new Set(['is', 'contains', 'matches', 'in']);
const pathName = fc.constantFrom('x', 'client.ip', 'is', 'in', 'r', 'date', 'not', 'control.text.reject');
const path = pathName.map((name): ExprNode => ({ node: 'path', at, name }));
const raw = fc
  .array(fc.constantFrom('a', '\\', '${', '.', '\r\n'), { maxLength: 5 })
  .map((found): StringNode => ({ node: 'string', at, value: found.join(''), raw: true }));
const duration = fc
  .oneof(
    fc.nat(),
    fc.nat(99).map((days) => days * 86_400),
    fc.constant(2 ** 60),
  )
  .map((value): NumberNode => ({ node: 'number', at, value, duration: true }));
const decimal = fc
  .double({ min: 0, max: 1e15, noNaN: true })
  .map((value): NumberNode => ({ node: 'number', at, value, decimal: true }));

const mfl = fc.letrec<{ expr: ExprNode; argument: ArgumentNode; statements: readonly StatementNode[] }>(
  (tie) => {
    const exprs = fc.array(tie('expr'), { maxLength: 3 });
    return {
      expr: fc.oneof(
        { maxDepth: 4, withCrossShrink: true },
        fc.oneof(path, string, raw, integer, duration, decimal),
        fc
          .tuple(fc.constantFrom(...operators), fc.boolean(), tie('expr'), tie('expr'))
          .map(
            ([operator, negated, left, right]): ExprNode =>
              negated && words.has(operator)
                ? { node: 'binary', at, operator, left, right, negated: true }
                : { node: 'binary', at, operator, left, right },
          ),
        fc
          .tuple(fc.constantFrom('!' as const, '-' as const), tie('expr'))
          .map(([operator, operand]): ExprNode => ({ node: 'unary', at, operator, operand })),
        fc
          .tuple(tie('expr'), tie('expr'))
          .map(([list, index]): ExprNode => ({ node: 'index', at, list, index })),
        exprs.map((items): ExprNode => ({ node: 'list', at, items })),
        fc.tuple(fc.constantFrom('f', 'a.b'), exprs).map(
          ([name, given]): ExprNode => ({
            node: 'call',
            at,
            name,
            arguments: given,
          }),
        ),
        tie('expr').map((operand): ExprNode => testOf('not', [], [operand])),
        fc
          .array(tie('expr'), { minLength: 1, maxLength: 3 })
          .map((tests): ExprNode => listTest('allof', tests)),
        fc.array(tie('argument'), { maxLength: 3 }).map((given): ExprNode => testOf('header', given)),
      ),
      argument: fc.oneof({ maxDepth: 2 }, tag, strings, tie('expr')),
      statements: fc.oneof(
        { maxDepth: 3, withCrossShrink: true },
        fc
          .tuple(fc.constantFrom('accept', 'reject', 'stop'), fc.array(tie('argument'), { maxLength: 3 }))
          .map(([name, given]) => [commandOf(name, given, [], null)]),
        fc.tuple(tie('expr'), tie('statements'), fc.boolean()).map((parts) => branches(...parts)),
        fc
          .tuple(tie('expr'), tie('statements'))
          .map(([condition, block]): StatementNode[] => [{ node: 'while', at, condition, block }]),
        fc
          .tuple(tie('expr'), tie('statements'))
          .map(([list, block]): StatementNode[] => [{ node: 'foreach', at, variable: 'x', list, block }]),
        fc
          .tuple(fc.constantFrom<TypeName>('string', 'list', 'void'), tie('expr'))
          .map(([type, value]): StatementNode[] => [{ node: 'local', at, type, name: 'x', value }]),
        fc
          .tuple(fc.constantFrom('=' as const, '+=' as const, '-=' as const), tie('expr'))
          .map(([operator, value]): StatementNode[] => [
            { node: 'assign', at, target: { node: 'path', at, name: 'a.b' }, operator, value },
            { node: 'call-statement', at, call: { node: 'call', at, name: 'f', arguments: [value] } },
            { node: 'return', at, value },
          ]),
        fc.tuple(tie('statements'), tie('statements')).map(([one, two]) => [...one, ...two]),
      ),
    };
  },
);

const routineBody = mfl.statements.map((body): StatementNode[] => [
  ...body,
  { node: 'return', at, value: null },
]);
const parameters = fc.constantFrom(
  [],
  [{ at, type: 'string' as const, name: 'a' }],
  [
    { at, type: 'number' as const, name: 'a' },
    { at, type: 'list' as const, name: 'b' },
  ],
);
const tops = fc
  .array(
    fc.oneof(
      mfl.statements,
      text.map((name): TopNode[] => [{ node: 'import', at, path: name }]),
      fc
        .tuple(fc.option(parameters), routineBody)
        .map(([given, block]): TopNode[] => [{ node: 'hook', at, name: 'rcpt', parameters: given, block }]),
      fc
        .tuple(parameters, routineBody)
        .map(([given, block]): TopNode[] => [
          { node: 'function', at, type: 'boolean', name: 'f', parameters: given, block },
        ]),
      fc
        .tuple(fc.constantFrom('const' as const, 'session' as const), mfl.expr)
        .map(([scope, value]): TopNode[] => [
          { node: 'global', at, scope, type: 'number', name: 'x', value },
        ]),
    ),
    { maxLength: 4 },
  )
  .map((items) => items.flat());

const reads = (items: readonly TopNode[], dialect: Dialect): unknown =>
  tree(read(print({ dialect, pure: dialect === 'sieve', items }), dialect));

describe('generated trees', () => {
  it('of Sieve read back from their print', () => {
    fc.assert(
      fc.property(sieve.statements, (items) => {
        expect(reads(items, 'sieve')).toEqual(tree(items));
      }),
    );
  });

  it('of Sieve are the same in both dialects', () => {
    fc.assert(
      fc.property(sieve.statements, (items) => {
        const printed = print({ dialect: 'sieve', pure: true, items });
        const asMfl = parse({ name: 'test', text: printed, dialect: 'mfl' });
        expect(asMfl.script?.pure).toBe(true);
        expect(asMfl.script?.items).toEqual(read(printed, 'sieve'));
      }),
    );
  });

  it('of MFL read back from their print', () => {
    fc.assert(
      fc.property(tops, (items) => {
        expect(reads(items, 'mfl')).toEqual(tree(items));
      }),
      { numRuns: 300 },
    );
  });
});

const SIEVE_SCRIPTS: readonly (readonly [string, string])[] = [
  ['nothing', ''],
  ['comments only', '# one\r\n/* two\n three */'],
  ['a byte order mark', '\ufeffkeep;'],
  ['an action', 'keep;'],
  ['upper case', 'REQUIRE "fileinto"; IF NOT Header :IS "x" "y" { FileInto "Z"; } ELSE { STOP; }'],
  [
    'a vacation',
    'require ["vacation", "variables"];\nvacation :days 7 :subject "Away" text:\nDear all,\n..dot\n\nbye\n.\n;\nkeep;',
  ],
  [
    'nested tests',
    'if anyof (not allof (header :contains ["a", "b"] "x", true), not not false, size :over 1M) { discard; }',
  ],
  [
    'a chain of conditions',
    'if address :all :comparator "i;octet" :is "from" "a@example.org" { keep; } elsif exists "x" { stop; } else { discard; }',
  ],
  ['return of RFC 6609', 'require "include"; if true { return; } keep;'],
  ['quantifiers', 'if anyof (size :over 1k, size :under 2M, size :over 3G) { }'],
  [
    'words that MFL also uses',
    'set "string" "x"; if string :is "\x24{string}" "in" { addflag ["is", "matches"]; }',
  ],
  ['a quoted string over lines', 'redirect "a\nb\\"c\\\\d";'],
  ['blocks in blocks', 'foreverypart { foreverypart :name "x" { if true { break :name "x"; } } }'],
];

describe('Sieve scripts', () => {
  it.each(SIEVE_SCRIPTS)('%s: same tree in both dialects, and after printing', (_, source) => {
    const items = read(source, 'sieve');
    const asMfl = parse({ name: 'test', text: source, dialect: 'mfl' });
    expect(asMfl.script).toEqual({ dialect: 'mfl', pure: true, items });
    expect(reads(items, 'sieve')).toEqual(tree(items));
    expect(reads(items, 'mfl')).toEqual(tree(items));
  });
});

const LAYOUT = `import "more.mfl";
const list trusted = ["192.0.2.0/24", client.ip];

hook connect {
    if !(client.relay || 1 + 2 * 3 > (1 + 2) * -x[0]) && x not in trusted {
        reject :code 554 :log "\${client.ip}" r"a\\d";
    } elsif header :is "a" $(f(x)) {
        delay $seconds;
    } else {
        return;
    }
}

boolean suspicious(string host, number tries) {
    foreach (string h in ["Date", "Subject"]) {
        control.max_size -= 1.5;
    }
    while ($date == 5min) {}
    return a - (b - c) == 0.0;
}

if not (a && b) {
    fileinto text:
one
..two
.
;
}
`;

describe('layout', () => {
  it('is kept by what is laid out already', () => {
    const { script, problems } = parse({ name: 'test', text: LAYOUT, dialect: 'mfl' });
    expect(problems).toEqual([]);
    expect(script && print(script)).toBe(LAYOUT);
  });
});
