import { expect, test } from 'vitest';
import { flagsIn } from './flags.ts';
import { holds, runScript, valueAfter } from './script.fixture.ts';

test.each([
  [
    ['\\Seen \\seen', '$A'],
    ['\\Seen', '$A'],
  ],
  [['\\Recent', '\\foo', 'a(b', 'a"b', ''], []],
  [['  a   b '], ['a', 'b']],
])('%j are the flags %j (RFC 5232 §2)', (list, flags) => expect(flagsIn(list)).toEqual(flags));

test.each([
  ['setflag "a" "A B"; addflag "a" ["b", "C"];', 'A B C'],
  ['setflag "a" "A B C"; removeflag "a" "b c";', 'A'],
  ['setflag "a" "A"; setflag "a" "";', ''],
  ['set "a" "x  Y x"; addflag "a" "z";', 'x Y z'],
])('%s', async (script, value) => expect(await valueAfter(script, 'a')).toBe(value));

test.each([
  ['hasflag "b"', true],
  ['hasflag "d"', false],
  ['hasflag :contains "junk"', true],
  ['hasflag ["d", "a"]', true],
  ['hasflag "d A"', true],
  ['hasflag :matches "non*"', true],
  ['hasflag :count "ge" :comparator "i;ascii-numeric" "3"', true],
  ['hasflag "v" "x"', true],
  ['hasflag ["none", "v"] "x"', true],
  ['hasflag "none" "x"', false],
  ['hasflag :count "eq" :comparator "i;ascii-numeric" ["v", "none"] "1"', true],
])('%s (RFC 5232 §4)', async (sieve, expected) => {
  expect(await holds(sieve, {}, 'setflag ["A b", "NonJunk"]; setflag "v" "X";')).toBe(expected);
});

test('the internal variable goes with the implicit keep (RFC 5232 §5)', async () => {
  const run = await runScript('setflag "\\\\Flagged"; addflag ["$A"];');
  expect(run.end === 'done' && run.result).toMatchObject({ implicitKeep: true, flags: ['\\Flagged', '$A'] });
});
