import { expect, test } from 'vitest';
import { type Comparator, comparatorNamed } from './comparator.ts';

function find(name: string): Comparator {
  const comparator = comparatorNamed(name);
  if (comparator === undefined) throw new Error(name);
  return comparator;
}

const order = (name: string, a: string, b: string): number => {
  const comparator = find(name);
  return comparator.compare(comparator.fold(a), comparator.fold(b));
};

test.each([
  ['i;octet', 'a', 'A', 1, 'RFC 4790 §9.3'],
  ['i;octet', 'é', 'é', 0, 'RFC 4790 §9.3'],
  ['i;ascii-casemap', 'a', 'A', 0, 'RFC 4790 §9.2'],
  ['i;ascii-casemap', 'a', '_', -1, 'RFC 4790 §9.2: letters count as upper case'],
  ['i;ascii-casemap', 'É', 'é', -1, 'RFC 4790 §9.2: only ASCII has case'],
  ['i;unicode-casemap', 'É', 'é', 0, 'RFC 5051 §2'],
  ['i;unicode-casemap', 'é', 'e\u0301', 0, 'RFC 5051 §2: decomposed'],
  ['i;unicode-casemap', 'ﬁ', 'fi', 1, 'RFC 5051 §2: titlecase comes before decomposition'],
  ['i;unicode-casemap', '\u01c4', '\u01c6', 0, 'RFC 5051 §2: digraphs have a titlecase'],
  ['i;ascii-numeric', '10', '9', 1, 'RFC 4790 §9.1'],
  ['i;ascii-numeric', '007', '7', 0, 'RFC 4790 §9.1'],
  ['i;ascii-numeric', '7 apples', '7', 0, 'RFC 4790 §9.1: what follows the digits does not count'],
  ['i;ascii-numeric', 'seven', '', 0, 'RFC 4790 §9.1: both are infinite'],
  ['i;ascii-numeric', '99999999999999999999999', 'x', -1, 'RFC 4790 §9.1: infinity is above all'],
])('%s: %j against %j is %d (%s)', (name, a, b, expected) => {
  expect(order(name, a, b)).toBe(expected);
  expect(order(name, b, a)).toBe(expected === 0 ? 0 : -expected);
});

test('i;ascii-numeric has no substrings (RFC 4790 §9.1)', () => {
  expect(find('i;ascii-numeric').substring).toBe(false);
});

test('unknown comparators are unknown', () => expect(comparatorNamed('i;klingon')).toBeUndefined());
