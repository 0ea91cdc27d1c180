// :matches and the operator `matches`: a text against the wildcards of glob.ts, under a comparator. Patterns are kept once they are
// cut, as programs use the same few. Work is charged to the run as it is done.

import type { Context } from '../interpreter/context.ts';
import { ASCII_CASEMAP, type Comparator } from './comparator.ts';
import { compileGlob, type Glob, type Meter, runGlob, type Spans } from './glob.ts';

/** Units of work that cost one step. */
export const WORK_PER_STEP = 1024;
const GLOBS_KEPT = 512;
const CAPTURES = 32;

/** A value to be matched, with its folding for the usual comparator kept once it has been made. */
export interface Subject {
  readonly text: string;
  folded?: string;
}

export function foldSubject(subject: Subject, comparator: Comparator): string {
  if (comparator !== ASCII_CASEMAP) return comparator.fold(subject.text);
  subject.folded ??= comparator.fold(subject.text);
  return subject.folded;
}

const UNMETERED: Meter = { spend: () => undefined };

/** Charges the run for work, in whole steps. */
export function meterOf(context: Context): Meter {
  let work = 0;
  return {
    spend(characters) {
      work += characters;
      if (work < WORK_PER_STEP) return;
      const steps = Math.floor(work / WORK_PER_STEP);
      work -= steps * WORK_PER_STEP;
      context.charge(steps);
    },
  };
}

const globs = new Map<string, Glob>();

function globFor(pattern: string, comparator: Comparator): Glob {
  const key = `${comparator.name} ${pattern}`;
  const known = globs.get(key);
  if (known !== undefined) return known;
  const glob = compileGlob(pattern, comparator.fold);
  const oldest = globs.size >= GLOBS_KEPT ? globs.keys().next().value : undefined;
  if (oldest !== undefined) globs.delete(oldest);
  globs.set(key, glob);
  return glob;
}

/** Every different folded character as one character of its own, so that foldings may change lengths. */
function numbered(text: string, comparator: Comparator, numbers: Map<string, string>): string {
  let out = '';
  for (const character of text) {
    const folded = comparator.fold(character);
    let number = numbers.get(folded);
    if (number === undefined) {
      const code = numbers.size + 1;
      number = String.fromCharCode(code < 0xd800 ? code : code + 0x800);
      numbers.set(folded, number);
    }
    out += number;
  }
  return out;
}

function globByCharacter(pattern: string, text: string, comparator: Comparator, meter: Meter) {
  const numbers = new Map<string, string>();
  const characters = [...text];
  const subject = numbered(text, comparator, numbers);
  const glob = compileGlob(pattern, (literal) => numbered(literal, comparator, numbers));
  const spans = runGlob(glob, subject, meter);
  return spans?.map(([from, to]) => characters.slice(from, to).join(''));
}

function cut(text: string, spans: Spans): readonly string[] {
  return spans.slice(0, CAPTURES).map(([from, to]) => text.slice(from, to));
}

export function globSubject(pattern: string, subject: Subject, comparator: Comparator, meter: Meter) {
  if (!comparator.inPlace) {
    return globByCharacter(pattern, subject.text, comparator, meter)?.slice(0, CAPTURES) ?? null;
  }
  const spans = runGlob(globFor(pattern, comparator), foldSubject(subject, comparator), meter);
  return spans && cut(subject.text, spans);
}

/** What "*" and "?" stand for, behind the whole text; null when the text does not match. */
export function globMatch(
  pattern: string,
  text: string,
  comparator = ASCII_CASEMAP,
  meter = UNMETERED,
): readonly string[] | null {
  return globSubject(pattern, { text }, comparator, meter);
}
