// The compiler takes any source: scraps of real rules put together at random compile or are refused with a place inside the file, and
// nothing is ever thrown. A program comes out exactly when there is no error.

import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { Compiled } from './compile.ts';
import { compileMfl, compileSieve } from './test-compile.ts';

const SCRAPS = (
  'hook mail { } ( ) ; , $ rcpt connect if else elsif while foreach in string number list boolean void const session ' +
  'transaction x y f client.ip sender.address control.max_size rcpt.domain "a" "${x}" "${sender.domain}" r"(" 1 5m 2h ' +
  '= == != < + - * / && || ! not is contains matches =~ :code :status :is :contains :regex :index :comparator ' +
  'reject defer accept drop log tag delay set header address exists size anyof allof true false keep fileinto ' +
  'redirect require stop return import [ ] ["a","b"] include foreverypart break continue map( lower( dnsbl( try('
).split(' ');

const scraps = fc.array(fc.constantFrom(...SCRAPS), { maxLength: 40 }).map((words) => words.join(' '));

const statements = fc
  .array(
    fc.tuple(
      fc.constantFrom(
        'reject',
        'log',
        'delay',
        'set',
        'fileinto',
        'addheader',
        'ratelimit',
        'keep',
        'redirect',
        'x =',
      ),
      fc.array(
        fc.constantFrom(':code 550', ':is', ':copy', '"a"', '$x', '$(1 + y)', '["a"]', '3', ':key "k"'),
        { maxLength: 4 },
      ),
    ),
    { maxLength: 5 },
  )
  .map((commands) => commands.map(([name, rest]) => `${name} ${rest.join(' ')};`).join('\n'));

function sound({ program, problems }: Compiled, length: number): void {
  expect(program === null).toBe(problems.some(({ severity }) => severity === 'error'));
  for (const { at, code, message } of problems) {
    expect(at).toBeGreaterThanOrEqual(0);
    expect(at).toBeLessThanOrEqual(length);
    expect(code).toMatch(/^(?:MFL|SIEVE)-[A-Z]+-[0-9]{3}$/);
    expect(message).toMatch(/^[ -~]+$/);
  }
}

it('scraps', () => {
  fc.assert(
    fc.property(scraps, (text) => {
      sound(compileMfl(text), text.length);
      sound(compileSieve(text), text.length);
    }),
    { numRuns: 500 },
  );
});

it('statements in a hook', () => {
  fc.assert(
    fc.property(statements, fc.constantFrom('connect', 'mail', 'rcpt', 'message'), (block, name) => {
      const text = `session number y = 1; hook ${name} { string x = "a"; ${block} }`;
      sound(compileMfl(text), text.length);
    }),
    { numRuns: 500 },
  );
});
