// The functions every program has, by name: docs/mfl.md, section 10. Those on the header of a message come with Sieve's commands
// (headers.ts, sieve-part.ts). try() is not among them, as its argument must not be evaluated before it is called
// (expression.ts).

import { valueText } from '../text-value.ts';
import { ADDRESSES } from './addresses.ts';
import { type Builtin, type Builtins, number, text } from './builtin.ts';
import { LOOKUPS } from './lookups.ts';
import { NUMBERS } from './numbers.ts';
import { STRINGS } from './strings.ts';

const MISCELLANEOUS: Builtins = [
  ['match', (run, given) => run.captures[number(given, 0)] ?? ''],
  ['lookup_failed', (run) => run.lookupFailed],
  [
    'tagged',
    (run, given) =>
      run.tags.has(text(given, 0)) || run.input.properties(`tag.${text(given, 0)}`) !== undefined,
  ],
  // The session gives out what the administrator has listed, and nothing else of its environment.
  ['env', (run, given) => valueText(run.input.properties(`env.${text(given, 0)}`) ?? '')],
];

const GROUPS: readonly Builtins[] = [STRINGS, NUMBERS, ADDRESSES, LOOKUPS, MISCELLANEOUS];

/** Looked for by hand: a program names few of them, each once, and a table of all would be made by every session. */
export function functionNamed(name: string): Builtin | undefined {
  for (const group of GROUPS) {
    for (const [known, builtin] of group) if (known === name) return builtin;
  }
  return undefined;
}
