// A match with a regular expression, by whichever engine is in place, paid for by its program times the text: of one match, and of
// all the matches of a run. Fails the run for a bad pattern or too high a price.

import type { Context } from '../interpreter/context.ts';
import { regexEngine } from './engine.ts';

/** The whole match and its groups; null when there is none. */
export function regexMatch(
  context: Context,
  at: number,
  pattern: string,
  text: string,
  insensitive: boolean,
): readonly string[] | null {
  const { budget } = context;
  if (pattern.length > budget.regexPattern) {
    return context.fail(at, 'MFL-RUN-REGEX', `regular expression longer than ${budget.regexPattern} octets`);
  }
  const compiled = regexEngine()(pattern, insensitive);
  if (!compiled.ok) return context.fail(at, 'MFL-RUN-REGEX', `regular expression: ${compiled.problem}`);
  const price = compiled.regex.size * (text.length + 1);
  context.regexSpent += price;
  if (price > budget.regexPerMatch || context.regexSpent > budget.regexTotal) {
    return context.fail(at, 'MFL-RUN-REGEX', 'regular expression too costly for so long a text');
  }
  return compiled.regex.run(text);
}
