// MFL by table: how statements, expressions and Sieve tests are told apart, precedence, what makes a file MFL, and one problem with
// the right place for one mistake. Trees are shown as the printer's text with every operation in parentheses. Pure.

import { describe, expect, it } from 'vitest';
import type { ArgumentNode, ExprNode, TopNode } from './ast.ts';
import { parse } from './index.ts';

const read = (text: string) => parse({ name: 'test', text, dialect: 'mfl' });

function argument(node: ArgumentNode): string {
  return node.node === 'tag' ? `:${node.name}` : show(node);
}

function show(node: ExprNode): string {
  switch (node.node) {
    case 'string':
      return node.raw ? `r'${node.value}'` : `'${node.value}'`;
    case 'number':
      return String(node.value);
    case 'list':
      return `[${node.items.map(show).join(' ')}]`;
    case 'test':
      return `{${[node.name, ...node.arguments.map(argument), ...node.tests.map(show)].join(' ')}}`;
    case 'binary':
      return `(${show(node.left)} ${node.negated ? 'not-' : ''}${node.operator} ${show(node.right)})`;
    case 'unary':
      return `(${node.operator} ${show(node.operand)})`;
    case 'index':
      return `${show(node.list)}[${show(node.index)}]`;
    case 'call':
      return `${node.name}(${node.arguments.map(show).join(' ')})`;
    case 'path':
      return node.name;
  }
}

function expressionOf(text: string): string {
  const { script, problems } = read(`x = ${text};`);
  expect(problems).toEqual([]);
  const [item] = script?.items ?? [];
  return item?.node === 'assign' ? show(item.value) : 'no assignment';
}

const itemsOf = (text: string): readonly TopNode[] | undefined => read(text).script?.items;

describe('expressions', () => {
  it.each([
    ['a || b && c || d', '((a || (b && c)) || d)'],
    ['a && b == c + d * e', '(a && (b == (c + (d * e))))'],
    ['a - b - c', '((a - b) - c)'],
    ['(a - (b - c)) / 2 % 3', '(((a - (b - c)) / 2) % 3)'],
    ['!a && -b < 3', '((! a) && ((- b) < 3))'],
    ['- - !a', '(- (- (! a)))'],
    ['not a && b', '({not a} && b)'],
    ['not a is "b"', "({not a} is 'b')"],
    ['a is "b" || c contains ["d"]', "((a is 'b') || (c contains ['d']))"],
    ['a not in b && c not matches "d"', "((a not-in b) && (c not-matches 'd'))"],
    ['a =~ r"^\\d" && b !~ "e"', "((a =~ r'^\\d') && (b !~ 'e'))"],
    ['a[0][b + 1]', 'a[0][(b + 1)]'],
    ['[]', '[]'],
    ['["a", b, 5min, 1.5]', "['a' b 300 1.5]"],
    ['f()', 'f()'],
    ['F(a, g("b"), [1])[2]', "f(a g('b') [1])[2]"],
    ['Client.IP', 'client.ip'],
    ['a.f(b)', 'a.f(b)'],
    ['$date == $x.y', '(date == x.y)'],
    ['is is in', '(is is in)'],
    ['header :contains "s" "x" && client.relay', "({header :contains 's' 'x'} && client.relay)"],
    ['true == false', '({true} == {false})'],
    ['not size :over 5 || a', '({not {size :over 5}} || a)'],
    ['anyof (a == b, not exists ["x", "y"])', "{anyof (a == b) {not {exists ['x' 'y']}}}"],
    ['header :is "a" $b $(c + d) && e', "({header :is 'a' b (c + d)} && e)"],
    ['header :is $(["a", b]) $(true)', "{header :is ['a' b] {true}}"],
    ['string :is "a" ["b"]', "{string :is 'a' ['b']}"],
    ['date.x', 'date.x'],
  ])('%s', (text, shown) => expect(expressionOf(text)).toBe(shown));
});

describe('statements', () => {
  it.each([
    ['x = 5;', { node: 'assign', operator: '=' }],
    ['control.max_size -= 1M;', { node: 'assign', operator: '-=', target: { name: 'control.max_size' } }],
    ['f(1);', { node: 'call-statement', call: { name: 'f' } }],
    ['a.f();', { node: 'call-statement', call: { name: 'a.f' } }],
    ['string x = "a";', { node: 'local', type: 'string', name: 'x' }],
    ['string x() { return "a"; }', { node: 'function', type: 'string', parameters: [] }],
    ['list l(string a, number b) {}', { node: 'function', parameters: [{ name: 'a' }, { type: 'number' }] }],
    ['session number n = 0;', { node: 'global', scope: 'session', type: 'number', name: 'n' }],
    ['session = 5;', { node: 'assign', target: { name: 'session' } }],
    ['hook rcpt {}', { node: 'hook', name: 'rcpt', parameters: null }],
    ['hook rcpt() {}', { node: 'hook', parameters: [] }],
    ['Hook RCPT(String Address) {}', { node: 'hook', parameters: [{ type: 'string', name: 'address' }] }],
    ['import "a.mfl";', { node: 'import', path: 'a.mfl' }],
    ['import ["a"];', { node: 'command', name: 'import' }],
    ['while (x) { break; }', { node: 'while', block: [{ node: 'command', name: 'break' }] }],
    ['foreach (string s in l) {}', { node: 'foreach', variable: 's' }],
    ['foreach (s in ["a"]) {}', { node: 'foreach', variable: 's' }],
    ['return x;', { node: 'return', value: { name: 'x' } }],
    ['return;', { node: 'command', name: 'return', block: null }],
    ['hook rcpt { return; }', { block: [{ node: 'return', value: null }] }],
    ['delay $x.y;', { node: 'command', arguments: [{ node: 'path', name: 'x.y' }] }],
    ['delay $(x * 2);', { node: 'command', arguments: [{ node: 'binary' }] }],
    ['if (x) { stop; }', { node: 'command', name: 'if', tests: [{ node: 'path' }], block: [{}] }],
  ])('%s', (text, expected) => expect(itemsOf(text)?.[0]).toMatchObject(expected));

  it('takes "else if" for "elsif"', () => {
    expect(itemsOf('if a {} else if b {} else {}')).toMatchObject([
      { name: 'if' },
      { name: 'elsif', tests: [{ name: 'b' }] },
      { name: 'else', tests: [] },
    ]);
  });

  it('tells a plain return in a main script from one in a hook before it', () => {
    expect(itemsOf('hook rcpt { if true { return; } } return;')).toMatchObject([
      { block: [{ block: [{ node: 'return' }] }] },
      { node: 'command', name: 'return' },
    ]);
  });
});

describe('a file', () => {
  it.each([
    '',
    'require "fileinto"; if header :is "a" "b" { fileinto "c"; } else { keep; }',
    'if anyof (true, not false) { return; }',
    'set "a" "\x24{b}"; # $x == 1 // y',
  ])('%j is pure Sieve', (text) => expect(read(text).script?.pure).toBe(true));

  it.each([
    'hook rcpt {}',
    'const string a = "b";',
    'boolean f() {}',
    'import "a";',
    'keep; // x',
    'f();',
    'x += 1;',
    'if (true) {}',
    'if true {} else if true {}',
    'if !true {}',
    'if x {}',
    'if true is true {}',
    'vacation :days 1w "x";',
    'fileinto r"x";',
    'fileinto $x;',
    'defer "x";',
    'return true;',
    'string s = "x";',
    'while (true) {}',
    `frob${'x'.repeat(40)};`,
  ])('%j is MFL', (text) => {
    const { script, problems } = read(text);
    expect(problems).toEqual([]);
    expect(script?.pure).toBe(false);
  });

  it('in the strict dialect is pure whatever it is', () => {
    expect(parse({ name: 'test', text: 'defer "x";', dialect: 'sieve' }).script?.pure).toBe(true);
  });
});

describe('problems', () => {
  it.each([
    ['hook rcpt {\n  accept\n  reject "x";\n}', ['MFL-SYN-001@20']],
    ['hook rcpt { accept }', ['MFL-SYN-001@18']],
    [
      'hook rcpt { if (x = 1) { acc ept; } f(; stop; }',
      ['MFL-SYN-010@18', 'MFL-SYN-001@29', 'MFL-SYN-014@38'],
    ],
    ['hook rcpt {\n if a {\nhook mail { x y; }', ['MFL-SYN-005@20', 'MFL-SYN-001@34']],
    ['foo bar\nhook mail { x y; }', ['MFL-SYN-001@4', 'MFL-SYN-001@22']],
    ['x = ;', ['MFL-SYN-014@4']],
    ['x = 1 < 2 < 3;', ['MFL-SYN-013@10']],
    ['x = a is b not in c;', ['MFL-SYN-013@11']],
    ['if foo :is "x" { stop; }', ['MFL-SYN-015@3']],
    ['if header("x") { stop; }', ['MFL-SYN-016@9']],
    ['header("x");', ['MFL-SYN-016@0']],
    ['if anyof () { stop; }', ['MFL-SYN-003@10']],
    ['x = "a" & "b";', ['MFL-LEX-001@8']],
    ['x = [1,];', ['MFL-SYN-014@7']],
    ['delay -5;', ['MFL-SYN-001@6']],
    ['delay x;', ['MFL-SYN-001@6']],
    ['delay [];', ['MFL-SYN-002@7']],
    ['delay $5;', ['MFL-SYN-011@7']],
    ['x = a.;', ['MFL-SYN-011@6']],
    ['if x { string f() { } }', ['MFL-SYN-018@15']],
    ['if x { hook rcpt { } }', ['MFL-SYN-018@7']],
    ['while x { }', ['MFL-SYN-010@6']],
    ['foreach (x of y) {}', ['MFL-SYN-010@11']],
    ['const int x = 5;', ['MFL-SYN-019@6']],
    ['void f(int x) {}', ['MFL-SYN-019@7']],
    ['const x = 5;', ['MFL-SYN-019@6']],
    ['hook {}', ['MFL-SYN-011@5']],
    ['}; stop', ['MFL-SYN-004@0', 'MFL-SYN-004@1', 'MFL-SYN-001@7']],
    ['else {', ['MFL-SYN-005@6']],
    ['if x stop;', ['MFL-SYN-017@5']],
    ['x.y;', ['MFL-SYN-010@3']],
    ['x = "abc;', ['MFL-LEX-002@4']],
    ['hook a { x = 5m5; } y =', ['MFL-LEX-009@13', 'MFL-SYN-014@23']],
    [`f(${'1,'.repeat(32)}1);`, ['MFL-SYN-006@67']],
    [`keep${' 1'.repeat(33)};`, ['MFL-SYN-006@69']],
  ])('%j', (text, problems) => {
    const found = read(text);
    expect(found.problems.map(({ code, at }) => `${code}@${at}`)).toEqual(problems);
    expect(found.script).toBeNull();
  });

  it('are 50 at most', () => expect(read('x = ; '.repeat(200)).problems).toHaveLength(50));
});

describe('limits', () => {
  const around = (open: string, close: string, levels: number): string =>
    `x = ${open.repeat(levels)}y${close.repeat(levels)};`;

  it.each([
    ['parentheses', (n: number) => around('(', ')', n), 32, 'MFL-SYN-009'],
    ['lists', (n: number) => around('[', ']', n), 32, 'MFL-SYN-009'],
    ['calls', (n: number) => around('f(', ')', n), 32, 'MFL-SYN-009'],
    ['indices', (n: number) => around('z[', ']', n), 32, 'MFL-SYN-009'],
    ['tests', (n: number) => around('not ', '', n), 31, 'MFL-SYN-007'],
    ['test lists', (n: number) => around('anyof (', ')', n), 31, 'MFL-SYN-007'],
    ['signs', (n: number) => around('!', '', n), 256, 'MFL-SYN-012'],
    ['sums', (n: number) => around('1 + ', '', n), 256, 'MFL-SYN-012'],
    ['chains of indices', (n: number) => around('', '[0]', n), 256, 'MFL-SYN-012'],
    ['dotted names', (n: number) => `x = ${'y'.repeat(63)}.${'z'.repeat(n - 64)};`, 128, 'MFL-LEX-010'],
    ['blocks', (n: number) => `${'if x {'.repeat(n)}${'}'.repeat(n)}`, 31, 'MFL-SYN-008'],
  ])('%s', (_, nest, most, code) => {
    expect(read(nest(most)).problems).toEqual([]);
    expect(read(`${nest(most + 1)} stop;`).problems.map((problem) => problem.code)).toEqual([code]);
  });

  it('a file: 1 MiB', () => {
    expect(read('#'.repeat(1_048_576)).problems).toEqual([]);
    expect(read('#'.repeat(1_048_577)).problems).toMatchObject([{ code: 'MFL-LEX-012' }]);
  });
});
