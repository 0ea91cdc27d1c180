// The syntax tree of MFL and Sieve files: plain data that can be written out as JSON and read back. Both dialects give the
// same tree for the same Sieve script; `if`, `elsif`, `else`, `require` and the actions are all commands, as in RFC 5228 §8.2.
// `at` is the offset of a node's first character in its file's text.

export type Dialect = 'sieve' | 'mfl';

/** A source file; nodes refer to it by its index in a list of files. */
export interface SourceFile {
  readonly name: string;
  readonly text: string;
  readonly dialect: Dialect;
}

interface At {
  readonly at: number;
}

/** `raw` strings (r"…") and strings of a pure Sieve script without `variables` are never interpolated. */
export interface StringNode extends At {
  readonly node: 'string';
  /** Escapes and dot-stuffing undone, line ends as CRLF; `${…}` as written. */
  readonly value: string;
  readonly raw?: true;
}

/** Quantifiers and durations are multiplied out: 2K is 2048, 5min is 300. `duration` marks the second kind. */
export interface NumberNode extends At {
  readonly node: 'number';
  readonly value: number;
  readonly duration?: true;
  readonly decimal?: true;
}

export interface TagNode extends At {
  readonly node: 'tag';
  /** In lower case, without the colon. */
  readonly name: string;
}

/** A list in brackets. In Sieve its items are strings. */
export interface ListNode extends At {
  readonly node: 'list';
  readonly items: readonly ExprNode[];
}

/** A Sieve test: `header :is "a" "b"`, `anyof (…)`, `not …`, `true`. */
export interface TestNode extends At {
  readonly node: 'test';
  /** In lower case. */
  readonly name: string;
  readonly arguments: readonly ArgumentNode[];
  /** The test or test list at its end: tests, or any expressions in MFL. */
  readonly tests: readonly ExprNode[];
  /** They were written in parentheses, as `anyof` and `allof` want them and nothing else does. */
  readonly list?: true;
}

export type BinaryOperator =
  | '||'
  | '&&'
  | '=='
  | '!='
  | '<'
  | '<='
  | '>'
  | '>='
  | '=~'
  | '!~'
  | 'is'
  | 'contains'
  | 'matches'
  | 'in'
  | '+'
  | '-'
  | '*'
  | '/'
  | '%';

export interface BinaryNode extends At {
  readonly node: 'binary';
  readonly operator: BinaryOperator;
  /** `not is`, `not in` … */
  readonly negated?: true;
  readonly left: ExprNode;
  readonly right: ExprNode;
}

export interface UnaryNode extends At {
  readonly node: 'unary';
  readonly operator: '!' | '-';
  readonly operand: ExprNode;
}

export interface IndexNode extends At {
  readonly node: 'index';
  readonly list: ExprNode;
  readonly index: ExprNode;
}

/** `name(…)` */
export interface CallNode extends At {
  readonly node: 'call';
  /** Lower case, dots included. */
  readonly name: string;
  readonly arguments: readonly ExprNode[];
}

/** A variable or an object's property: `x`, `client.ip`. */
export interface PathNode extends At {
  readonly node: 'path';
  /** Lower case, dots included. */
  readonly name: string;
}

export type ExprNode =
  | StringNode
  | NumberNode
  | ListNode
  | TestNode
  | BinaryNode
  | UnaryNode
  | IndexNode
  | CallNode
  | PathNode;

/** In MFL an argument may be any expression after `$`. */
export type ArgumentNode = ExprNode | TagNode;

export interface CommandNode extends At {
  readonly node: 'command';
  /** In lower case. */
  readonly name: string;
  readonly arguments: readonly ArgumentNode[];
  readonly tests: readonly ExprNode[];
  /** The tests were written in parentheses; no Sieve command takes a test list. */
  readonly list?: true;
  /** null: it ended with ";". */
  readonly block: readonly StatementNode[] | null;
}

export interface WhileNode extends At {
  readonly node: 'while';
  readonly condition: ExprNode;
  readonly block: readonly StatementNode[];
}

export interface ForeachNode extends At {
  readonly node: 'foreach';
  readonly variable: string;
  readonly list: ExprNode;
  readonly block: readonly StatementNode[];
}

export interface ReturnNode extends At {
  readonly node: 'return';
  readonly value: ExprNode | null;
}

export type TypeName = 'string' | 'number' | 'boolean' | 'list' | 'void';

export interface LocalNode extends At {
  readonly node: 'local';
  readonly type: TypeName;
  readonly name: string;
  readonly value: ExprNode;
}

export interface AssignNode extends At {
  readonly node: 'assign';
  readonly target: PathNode;
  readonly operator: '=' | '+=' | '-=';
  readonly value: ExprNode;
}

/** A call for its effects. */
export interface CallStatementNode extends At {
  readonly node: 'call-statement';
  readonly call: CallNode;
}

export type StatementNode =
  | CommandNode
  | WhileNode
  | ForeachNode
  | ReturnNode
  | LocalNode
  | AssignNode
  | CallStatementNode;

export interface ParameterNode extends At {
  readonly type: TypeName;
  readonly name: string;
}

export interface HookNode extends At {
  readonly node: 'hook';
  readonly name: string;
  /** null: none written. */
  readonly parameters: readonly ParameterNode[] | null;
  readonly block: readonly StatementNode[];
}

export interface FunctionNode extends At {
  readonly node: 'function';
  readonly type: TypeName;
  readonly name: string;
  readonly parameters: readonly ParameterNode[];
  readonly block: readonly StatementNode[];
}

export interface GlobalNode extends At {
  readonly node: 'global';
  readonly scope: 'const' | 'session' | 'transaction';
  readonly type: TypeName;
  readonly name: string;
  readonly value: ExprNode;
}

export interface ImportNode extends At {
  readonly node: 'import';
  readonly path: string;
}

export type DeclarationNode = ImportNode | HookNode | FunctionNode | GlobalNode;

export type TopNode = DeclarationNode | StatementNode;

/** Whether it is no part of a main script. */
export function isDeclaration(node: TopNode): node is DeclarationNode {
  return node.node === 'import' || node.node === 'hook' || node.node === 'function' || node.node === 'global';
}

/** One parsed file. */
export interface ScriptNode {
  readonly dialect: Dialect;
  /** No MFL construct occurs: it is a Sieve script, whatever the file is called (the pure-file rule). */
  readonly pure: boolean;
  readonly items: readonly TopNode[];
}
