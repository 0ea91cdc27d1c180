// Regular expressions, for :regex, =~ and !~. The only file that knows re2js: it matches in linear time and refuses back-references,
// look-around and programs that grow too large. POSIX semantics as Sieve's regex draft wants them: leftmost-longest, "."
// is any character, "^" and "$" are the ends of the string. Linear is not cheap enough for hostile input, so the size of
// the program times the length of the text is the price of a match, which the caller checks before it is run.

import { RE2JS } from 're2js';
import type { CompiledRegex, Regex } from './engine.ts';

/** Compiled patterns kept; they come from scripts, so few are in use at a time. */
const KEPT = 256;
/** No more than the whole text and 31 groups: the match variables ${0} to ${31}. */
const GROUPS = 32;

const cache = new Map<string, CompiledRegex>();

function wrap(compiled: RE2JS): Regex {
  return {
    size: compiled.programSize(),
    run(text) {
      const matcher = compiled.matcher(text);
      if (!matcher.find()) return null;
      const count = Math.min(compiled.groupCount() + 1, GROUPS);
      return Array.from({ length: count }, (_, group) => matcher.group(group) ?? '');
    },
  };
}

function compileNow(pattern: string, insensitive: boolean): CompiledRegex {
  const flags = RE2JS.LONGEST_MATCH | RE2JS.DOTALL | (insensitive ? RE2JS.CASE_INSENSITIVE : 0);
  try {
    return { ok: true, regex: wrap(RE2JS.compile(pattern, flags)) };
  } catch (error) {
    const problem =
      typeof error === 'object' && error !== null && 'message' in error ? String(error.message) : '';
    return { ok: false, problem: problem === '' ? 'not a regular expression' : problem };
  }
}

/** A compiled pattern, or what is wrong with it. */
export function compileRegex(pattern: string, insensitive: boolean): CompiledRegex {
  const key = `${insensitive ? 'i' : 's'}${pattern}`;
  const known = cache.get(key);
  if (known !== undefined) return known;
  const compiled = compileNow(pattern, insensitive);
  const oldest = cache.size >= KEPT ? cache.keys().next().value : undefined;
  if (oldest !== undefined) cache.delete(oldest);
  cache.set(key, compiled);
  return compiled;
}

/** What is wrong with a pattern; null when nothing is. */
export function regexProblem(pattern: string): string | null {
  const compiled = compileRegex(pattern, false);
  return compiled.ok ? null : compiled.problem;
}
