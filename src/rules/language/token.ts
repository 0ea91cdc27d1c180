// The tokens both parsers work on. Punctuation and operators are their own kind, so that a parser reads as its grammar; the lexer
// has already complained about what it hands on as 'error' or 'garbage'. All tokens have the same fields, whatever their kind,
// because a file has many and all of them pass through the same few places.

export type Punctuation = '(' | ')' | '[' | ']' | '{' | '}' | ',' | ';' | ':' | '/';

export type Operator =
  | '=='
  | '!='
  | '<='
  | '>='
  | '<'
  | '>'
  | '&&'
  | '||'
  | '!'
  | '=~'
  | '!~'
  | '='
  | '+='
  | '-='
  | '+'
  | '-'
  | '*'
  | '/'
  | '%'
  | '.'
  | '$';

export type TokenKind =
  | 'identifier'
  | 'tag'
  | 'string'
  | 'number'
  /** Characters that belong to no token. */
  | 'garbage'
  /** A token that was begun and is broken. */
  | 'error'
  | 'end'
  | Punctuation
  | Operator;

export interface Token {
  readonly kind: TokenKind;
  readonly at: number;
  /** Offset of the first character behind it. */
  readonly end: number;
  /** A line end stands between this token and the one before. */
  readonly newLine: boolean;
  /** An identifier or tag in lower case, a string's value; else "". */
  readonly text: string;
  /** A number's value; else 0. */
  readonly value: number;
  readonly form: 'plain' | 'raw' | 'duration' | 'decimal';
}

/** For messages: "but found …". */
export function nameOf(token: Token): string {
  switch (token.kind) {
    case 'identifier':
      return `'${token.text}'`;
    case 'tag':
      return `':${token.text}'`;
    case 'string':
      return 'a string';
    case 'number':
      return 'a number';
    case 'garbage':
      return 'unknown characters';
    case 'error':
      return 'a broken token';
    case 'end':
      return 'the end of the file';
    default:
      return `'${token.kind}'`;
  }
}
