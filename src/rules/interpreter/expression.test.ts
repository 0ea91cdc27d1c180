// Operators on values of every type, by table: results, errors with their place, and what a match leaves behind. Then strings with
// references in them, as the log shows them: in octets.

import { describe, expect, it } from 'vitest';
import { runText, valueOfExpression } from './program.fixture.ts';

describe('operators', () => {
  it.each([
    ['1 + 2 * 3', '7'],
    ['(1 + 2) * 3', '9'],
    ['7 / 2', '3.5'],
    ['7 % 3', '1'],
    ['-7 % 3', '-1'],
    ['- (2 - 5)', '3'],
    ['"a" + "b"', 'ab'],
    ['["a"] + ["b", "c"]', 'a, b, c'],
    ['"a" == "A"', 'false'],
    ['"a" != "A"', 'true'],
    ['["a", "b"] == ["a", "b"]', 'true'],
    ['["a", "b"] == ["a"]', 'false'],
    ['1 < 2', 'true'],
    ['2 <= 1', 'false'],
    ['"B" < "a"', 'true'],
    ['"b" > "a"', 'true'],
    // In UTF-16 the first would be the greater one.
    ['"\uff5e" < "\u{1f600}"', 'true'],
    ['"Joe" is "jOE"', 'true'],
    ['"joe" is ["x", "JOE"]', 'true'],
    ['"joe" not is ["x", "JOE"]', 'false'],
    ['"joe doe" contains "E D"', 'true'],
    ['"joe doe" contains ["x", "y"]', 'false'],
    ['"mail.example.org" matches "*.EXAMPLE.org"', 'true'],
    ['"mail.example.org" matches ["*.com", "mail.*"]', 'true'],
    ['"joe" in ["JOE"]', 'true'],
    ['"joe" not in ["jane"]', 'true'],
    ['"abc" =~ "^a.c$"', 'true'],
    ['"abc" =~ r"^A"', 'false'],
    ['"abc" !~ "x"', 'true'],
    ['true || num("x") == 1', 'true'],
    ['false && num("x") == 1', 'false'],
    ['!true || not false', 'true'],
    ['anyof (false, 1 == 1)', 'true'],
    ['allof (true, 1 == 2)', 'false'],
    ['["a", "b"][1]', 'b'],
    ['split("a,b,c", ",")[1 + 1]', 'c'],
  ])('%s is %s', (expression, value) => {
    expect(valueOfExpression(expression)).toBe(value);
  });

  it.each([
    ['1 / 0', 'MFL-RUN-NUMBER 1.mfl:1:27'],
    ['1 % 0', 'MFL-RUN-NUMBER 1.mfl:1:27'],
    ['9007199254740991 + 1', 'MFL-RUN-NUMBER 1.mfl:1:42'],
    ['-9007199254740991 - 1', 'MFL-RUN-NUMBER 1.mfl:1:43'],
    ['94906267 * 94906267', 'MFL-RUN-NUMBER 1.mfl:1:34'],
    ['["a"][1]', 'MFL-RUN-INDEX 1.mfl:1:30'],
    ['["a"][0 - 1]', 'MFL-RUN-INDEX 1.mfl:1:30'],
    ['["a"][0.5]', 'MFL-RUN-INDEX 1.mfl:1:30'],
  ])('%s is an error at its place', (expression, value) => {
    const [code] = value.split(' ');
    expect(valueOfExpression(expression)).toMatch(new RegExp(`^${code} 1\\.mfl:1:\\d+$`));
  });

  it('captures what matched', () => {
    expect(valueOfExpression('"joe@example.org" =~ "(.*)@(.*)" && match(2) == "example.org"')).toBe('true');
    expect(
      valueOfExpression('"joe@example.org" matches "*@*" && "${1} at ${2}" == "joe at example.org"'),
    ).toBe('true');
    expect(valueOfExpression('"x" =~ "y" || match(0) == ""')).toBe('true');
  });
});

describe('interpolation', () => {
  const interpolated = (text: string): string => {
    const source = `
      const list l = ["a", "b"];
      hook rcpt {
        number n = 2; boolean yes = true; string s = "S";
        set "loose" "L";
        log ${text};
      }`;
    const ran = runText(source, { properties: { 'client.ip': '192.0.2.1', 'sender.address': 'j\xc3\xb6e' } });
    if (ran.end !== 'done') return JSON.stringify(ran);
    const [effect] = ran.effects;
    return effect?.effect === 'log' ? effect.text : '';
  };

  it.each([
    ['"${n} ${yes} ${S} ${l} ${LOOSE}"', '2 true S a, b L'],
    ['"${client.ip}"', '192.0.2.1'],
    ['"[${nothing}]"', '[]'],
    ['"${} ${ n} ${n ${-} $n} ${1x}"', '${} ${ n} ${n ${-} $n} ${1x}'],
    ['"${${n}}"', '${2}'],
    ['"${hex: 40 41}${unicode:20ac}"', '@A\xe2\x82\xac'],
    ['"${hex:c3}${hex:b6}"', '\xc3\xb6'],
    ['"${hex:24}{n}"', '2'],
    ['"${unicode:d800} ${hex:400}"', '${unicode:d800} ${hex:400}'],
    ['r"${n}"', '${n}'],
    ['"${sender.address}"', 'j\xc3\xb6e'],
  ])('%s', (text, value) => {
    expect(interpolated(text)).toBe(value);
  });
});
