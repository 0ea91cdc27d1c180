// Functions on numbers, and between numbers and text (docs/mfl.md, section 10). num() of what is no number is an error: num_or() is
// there for text from outside.

import { divisor, exact } from '../operators.ts';
import { boundedText, fault } from '../state.ts';
import { numberOf } from '../text-value.ts';
import { BAD_VALUE, type Builtins, number, text } from './builtin.ts';

export const NUMBERS: Builtins = [
  [
    'num',
    (run, given, at) =>
      numberOf(text(given, 0)) ?? fault(run, at, BAD_VALUE, `not a number: "${text(given, 0).slice(0, 40)}"`),
  ],
  ['num_or', (_run, given) => numberOf(text(given, 0)) ?? number(given, 1)],
  ['str', (run, given, at) => boundedText(run, given[0] ?? '', at)],
  [
    'div',
    (run, given, at) => exact(run, Math.trunc(number(given, 0) / divisor(run, number(given, 1), at)), at),
  ],
  ['min', (_run, given) => Math.min(...(given as readonly number[]))],
  ['max', (_run, given) => Math.max(...(given as readonly number[]))],
  ['abs', (_run, given) => Math.abs(number(given, 0))],
];
