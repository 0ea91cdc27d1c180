// Source text to tokens, in both dialects (RFC 5228 §8.1 and what MFL adds). Bare LF ends a line; line ends inside strings become
// CRLF; a byte order mark is skipped. Works in one pass and linear time on any text. What is malformed is reported once and becomes
// an 'error' token (broken string, number, name) or one 'garbage' token for a run of characters that begin nothing.

import type { Dialect, SourceFile } from './ast.ts';
import { IDENTIFIER_LENGTH, STRING_LENGTH } from './limits.ts';
import { readNumber } from './number.ts';
import type { ProblemList } from './problems.ts';
import { type ScannedString, scanMultiLine, scanQuoted, scanRaw } from './string.ts';
import type { Token, TokenKind } from './token.ts';

export interface Lexer {
  /** The next token; 'end' again and again at the end. */
  scan(): Token;
  /** Whether a token was seen that only MFL has. */
  mflSeen(): boolean;
}

const IDENTIFIER = /[A-Za-z_][A-Za-z0-9_]*/y;
const DIGITS = /[0-9]+/y;
const FRACTION = /\.([0-9]+)/y;
const UNIT = /[A-Za-z0-9_]*/y;
const BLANK = /[ \t\r\n]+/y;
const GARBAGE: Readonly<Record<Dialect, RegExp>> = {
  sieve: /[^A-Za-z0-9_ \t\r\n"#:,;/()[\]{}]+/y,
  mfl: /[^A-Za-z0-9_ \t\r\n"#:,;/()[\]{}=!<>&|+\-*%.$]+/y,
};
const PUNCTUATION: ReadonlySet<string> = new Set(['(', ')', '[', ']', '{', '}', ',', ';', ':', '/']);
const PAIRS: ReadonlySet<string> = new Set(['==', '!=', '<=', '>=', '&&', '||', '=~', '!~', '+=', '-=']);
const SINGLES: ReadonlySet<string> = new Set(['<', '>', '!', '=', '+', '-', '*', '%', '.', '$']);
const MEANT: Readonly<Record<string, string>> = {
  '&': "; write '&&'",
  '|': "; write '||'",
  "'": '; strings stand in double quotes',
};

/** What a regular expression finds exactly at an offset. */
function matchAt(pattern: RegExp, text: string, at: number): RegExpExecArray | null {
  pattern.lastIndex = at;
  return pattern.exec(text);
}

export function createLexer(source: SourceFile, problems: ProblemList): Lexer {
  const { text, dialect } = source;
  const mfl = dialect === 'mfl';
  let position = text.startsWith('\ufeff') ? 1 : text.startsWith('\xef\xbb\xbf') ? 3 : 0;
  let start = position;
  let newLine = true;
  let onlyMfl = false;

  const token = (kind: TokenKind, end: number, value = ''): Token => {
    position = end;
    return { kind, at: start, end, newLine, text: value, value: 0, form: 'plain' };
  };

  /** One comment at `position`; false when it never ends. */
  const skipComment = (slash: boolean, block: boolean): boolean => {
    const from = position;
    const found = block ? text.indexOf('*/', from + 2) : text.indexOf('\n', from);
    const end = found < 0 ? text.length : block ? found + 2 : found;
    if (slash && !block) onlyMfl = true;
    const nul = text.slice(from, end).indexOf('\0');
    if (nul >= 0) problems.error('MFL-LEX-005', from + nul, 'NUL character in a comment; remove it');
    if (block && found < 0) {
      problems.error('MFL-LEX-004', from, "comment without end; close it with '*/'");
      start = from;
      position = end;
      return false;
    }
    if (block && text.slice(from, end).includes('\n')) newLine = true;
    position = end;
    return true;
  };

  /** Up to the next token; false in a comment that never ends. */
  const skipSpace = (): boolean => {
    for (;;) {
      const blank = matchAt(BLANK, text, position);
      if (blank !== null) {
        if (blank[0].includes('\n')) newLine = true;
        position += blank[0].length;
      }
      const first = text[position];
      const second = text[position + 1];
      const block = first === '/' && second === '*';
      const slash = first === '/' && (block || (mfl && second === '/'));
      if (first !== '#' && !slash) return true;
      if (!skipComment(slash, block)) return false;
    }
  };

  const string = (scanned: ScannedString, form: 'plain' | 'raw'): Token => {
    const { problem, value, end } = scanned;
    if (problem !== null) {
      problems.error(problem.code, problem.at, problem.message);
      return token('error', end);
    }
    if (value.length > STRING_LENGTH) {
      problems.error('MFL-LEX-011', start, `string longer than ${STRING_LENGTH} characters; split it`);
      return token('error', end);
    }
    return form === 'plain' ? token('string', end, value) : { ...token('string', end, value), form };
  };

  /** An identifier, a tag, or the string that `text:` or `r"` begins. */
  const word = (kind: 'identifier' | 'tag', name: string, end: number): Token => {
    if (kind === 'identifier') {
      if (mfl && name === 'r' && text[end] === '"') {
        onlyMfl = true;
        return string(scanRaw(text, start), 'raw');
      }
      if (text[end] === ':' && name.length === 4 && name.toLowerCase() === 'text') {
        return string(scanMultiLine(text, start), 'plain');
      }
    }
    const limit = IDENTIFIER_LENGTH[dialect];
    if (name.length > limit) {
      problems.error(
        'MFL-LEX-010',
        start,
        `name longer than ${limit} characters: '${name.slice(0, limit)}...'`,
      );
      return token('error', end);
    }
    if (name.length > IDENTIFIER_LENGTH.sieve) onlyMfl = true;
    return token(kind, end, name.toLowerCase());
  };

  const number = (digits: string): Token => {
    let end = start + digits.length;
    const fraction = mfl ? matchAt(FRACTION, text, end) : null;
    end += fraction?.[0].length ?? 0;
    const unit = matchAt(UNIT, text, end)?.[0] ?? '';
    end += unit.length;
    const literal = readNumber(digits, fraction?.[1] ?? null, unit, dialect);
    if (literal.number === 'ok') {
      if (literal.form !== 'plain') onlyMfl = true;
      return { ...token('number', end), value: literal.value, form: literal.form };
    }
    if (literal.number === 'too-large') {
      problems.error('MFL-LEX-008', start, 'number too large; the largest is 18446744073709551615');
    } else {
      const units = mfl ? 'K, M, G, s, min, h, d or w' : 'K, M or G';
      problems.error('MFL-LEX-009', start, `'${unit.slice(0, 32)}' is not a unit of a number; use ${units}`);
    }
    return token('error', end);
  };

  const operator = (first: string): Token | null => {
    if (PUNCTUATION.has(first)) {
      if (first === ':' && mfl) return null;
      if (first === '/') onlyMfl = true;
      return token(first as TokenKind, start + 1);
    }
    if (!mfl) return null;
    const pair = text.slice(start, start + 2);
    const found = PAIRS.has(pair) ? pair : SINGLES.has(first) ? first : null;
    if (found === null) return null;
    onlyMfl = true;
    return token(found as TokenKind, start + found.length);
  };

  const garbage = (first: string): Token => {
    const end = start + (matchAt(GARBAGE[dialect], text, start)?.[0].length ?? 1);
    const code = first.charCodeAt(0);
    const shown = code > 0x20 && code < 0x7f ? `'${first}'` : `0x${code.toString(16).padStart(2, '0')}`;
    const meant =
      first === ':' ? "; a tag is ':' and a name, without space" : mfl ? (MEANT[first] ?? '') : '';
    problems.error('MFL-LEX-001', start, `unexpected character ${shown}${meant}`);
    return token('garbage', end);
  };

  return {
    scan() {
      newLine = position === 0;
      if (!skipSpace()) return token('error', position);
      start = position;
      const first = text[start];
      if (first === undefined) return token('end', start);
      const name = matchAt(IDENTIFIER, text, start);
      if (name !== null) return word('identifier', name[0], start + name[0].length);
      if (first === '"') return string(scanQuoted(text, start), 'plain');
      const digits = matchAt(DIGITS, text, start);
      if (digits !== null) return number(digits[0]);
      const tag = first === ':' ? matchAt(IDENTIFIER, text, start + 1) : null;
      if (tag !== null) return word('tag', tag[0], start + 1 + tag[0].length);
      return operator(first) ?? garbage(first);
    },
    mflSeen: () => onlyMfl,
  };
}
