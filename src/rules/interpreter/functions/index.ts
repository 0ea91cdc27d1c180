// The functions every program has, by name: docs/mfl.md, section 10. try() is not among them, as its argument must not be evaluated
// before it is called (expression.ts).

import { valueText } from '../text-value.ts';
import { ADDRESSES } from './addresses.ts';
import { type Builtin, type Builtins, number, text } from './builtin.ts';
import { HEADERS } from './headers.ts';
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

export const FUNCTIONS: ReadonlyMap<string, Builtin> = new Map([
  ...STRINGS,
  ...NUMBERS,
  ...ADDRESSES,
  ...LOOKUPS,
  ...HEADERS,
  ...MISCELLANEOUS,
]);
