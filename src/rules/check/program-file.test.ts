// Compiled programs on disk: what is written reads back as the same program, what was damaged or comes from another version does not
// read at all, and the digest tells sources apart.

import fc from 'fast-check';
import { expect, it } from 'vitest';
import { digest } from './digest.ts';
import { readProgram, writeProgram } from './program-file.ts';
import { compileMfl } from './test-compile.ts';

const source =
  'const number n = 1; hook mail(string a) { if (sender.size > n) { reject :code 552 "too ${n}\xc3\xa9"; } log "$x"; }';

function program() {
  const { program: made } = compileMfl(source);
  if (made === null) throw new Error('the source of this test does not compile');
  return made;
}

it('reads back what it wrote', () => {
  expect(readProgram(writeProgram(program()))).toEqual(program());
});

it('writes the same program the same way', () => {
  expect(writeProgram(program())).toBe(writeProgram(program()));
});

it.each([
  ['nothing', () => ''],
  ['the first half', () => writeProgram(program()).slice(0, 200)],
  ['all but the last octet', () => writeProgram(program()).slice(0, -1)],
  ['another version', () => writeProgram(program()).replace(/^mvmtr-rules [0-9]+/, 'mvmtr-rules 999999')],
  ['another version inside', () => writeProgram(program()).replace('"version":1', '"version":0')],
  ['another kind of file', () => 'hook mail { stop; }\n'],
  ['JSON that is no program', () => writeProgram(program()).replace(/\n.*\n$/, '\n{}\n')],
  ['no JSON', () => writeProgram(program()).replace(/\n.*\n$/, '\n{nonsense}\n')],
])('reads %s as no program', (_, text) => expect(readProgram(text())).toBeNull());

it('never throws on a damaged file', () => {
  const whole = writeProgram(program());
  fc.assert(
    fc.property(fc.nat(whole.length - 1), fc.string({ maxLength: 4 }), (at, other) => {
      readProgram(whole.slice(0, at) + other + whole.slice(at + other.length));
    }),
  );
});

it('keeps the start of every line', () => {
  const [file] = compileMfl('# a\n\nhook mail {\n}').program?.files ?? [];
  expect(file).toMatchObject({
    name: 'main.mfl',
    lines: [0, 4, 5, 17],
    digest: digest('# a\n\nhook mail {\n}'),
  });
});

it('names a text the same way always, and another one differently', () => {
  expect(digest('')).toBe(digest(''));
  const seen = new Set<string>();
  for (let i = 0; i < 5000; i++) seen.add(digest(`hook mail { delay ${i}; }`));
  expect(seen.size).toBe(5000);
  fc.assert(
    fc.property(fc.string(), fc.nat(), fc.string({ minLength: 1, maxLength: 1 }), (text, at, letter) => {
      const place = text.length === 0 ? 0 : at % text.length;
      fc.pre(text.charAt(place) !== letter);
      return digest(text.slice(0, place) + letter + text.slice(place + 1)) !== digest(text);
    }),
  );
});
