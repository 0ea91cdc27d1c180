// The parsers' view of the tokens: the one at hand, up to two behind it, and the counters that bound nesting. Complaints about a
// token the lexer has already complained about are swallowed, so that one mistake is one problem.

import type { SourceFile } from './ast.ts';
import { createLexer } from './lexer.ts';
import type { ProblemList } from './problems.ts';
import type { Token, TokenKind } from './token.ts';

export interface Cursor {
  readonly source: SourceFile;
  readonly problems: ProblemList;
  token: Token;
  /** Offset behind the token before. */
  previousEnd: number;
  /** Nesting of tests and of parentheses, lists and calls, and operators so far, in the statement at hand. */
  tests: number;
  groups: number;
  operators: number;
  /** Inside a hook or function, as against a Sieve main script. */
  inRoutine: boolean;
  /** Something was met that only MFL has. */
  mfl: boolean;
  /** The token at which a missing '}' was reported, -1 for none: every open block ends there, silently. */
  unclosedAt: number;
  /** The token at hand, after stepping over it. */
  take(): Token;
  /** The first or second token behind the one at hand. */
  peek(distance: 1 | 2): Token;
  at(kind: TokenKind): boolean;
  complain(code: string, message: string, at?: number): void;
}

export function createCursor(source: SourceFile, problems: ProblemList): Cursor {
  const lexer = createLexer(source, problems);
  const ahead: Token[] = [];
  const cursor: Cursor = {
    source,
    problems,
    token: lexer.scan(),
    previousEnd: 0,
    tests: 1,
    groups: 0,
    operators: 0,
    inRoutine: false,
    mfl: lexer.mflSeen(),
    unclosedAt: -1,
    take() {
      const taken = cursor.token;
      cursor.previousEnd = taken.end;
      cursor.token = ahead.shift() ?? lexer.scan();
      if (lexer.mflSeen()) cursor.mfl = true;
      return taken;
    },
    peek(distance) {
      while (ahead.length < distance) ahead.push(lexer.scan());
      return ahead[distance - 1] as Token;
    },
    at: (kind) => cursor.token.kind === kind,
    complain(code, message, at = cursor.token.at) {
      const { kind } = cursor.token;
      if (kind === 'error' || (kind === 'garbage' && source.dialect === 'mfl')) return;
      problems.error(code, at, message);
    },
  };
  return cursor;
}
