// What the compiler makes and the interpreter runs: a checked program as plain JSON, every question of names, types, stages and
// Sieve's rules settled. Written beside the source by `mvmtr compile`, and read back without the compiler.

import type { FunctionNode, GlobalNode, SourceFile, StatementNode } from './language/ast.ts';

export const PROGRAM_VERSION = 1;

export type HookName =
  | 'init'
  | 'connect'
  | 'helo'
  | 'starttls'
  | 'tls'
  | 'auth'
  | 'mail'
  | 'rcpt'
  | 'data'
  | 'headers'
  | 'message'
  | 'deliver'
  | 'queued'
  | 'vrfy'
  | 'unrecognized'
  | 'denied'
  | 'disconnect';

/** A hook, function or global with the file it stands in, for messages. */
export interface In<Node> {
  /** Index into Program.files. */
  readonly file: number;
  readonly node: Node;
}

export interface HookBody {
  readonly parameters: readonly { readonly name: string }[];
  readonly block: readonly StatementNode[];
}

/** A Sieve main script: the `message` hook of an .mfl file, a user's .sieve file, or a test's script. */
export interface MainScript {
  readonly file: number;
  /** Capabilities in force, by `require` or because the file is MFL. */
  readonly capabilities: readonly string[];
  /** Strings are interpolated (`variables`, or MFL). */
  readonly interpolates: boolean;
  readonly block: readonly StatementNode[];
}

export interface Program {
  readonly version: typeof PROGRAM_VERSION;
  /** Texts are kept out: a message needs only file:line:column, which `lines` gives (offset of each line's start). */
  readonly files: readonly {
    readonly name: string;
    readonly lines: readonly number[];
    readonly digest: string;
  }[];
  /** In load order; a hook of the same name in several files is run until one decides. */
  readonly hooks: { readonly [Name in HookName]?: readonly In<HookBody>[] };
  readonly functions: Readonly<Record<string, In<FunctionNode>>>;
  readonly globals: readonly In<GlobalNode>[];
  /** null when there is no main script. */
  readonly main: MainScript | null;
  /** Scripts that `include` names, by "personal/NAME" or "global/NAME"; an absent one was `:optional`. */
  readonly included?: Readonly<Record<string, MainScript>>;
  /** What the program can ask for; decides the body path and which doors a session opens. */
  readonly needs: { readonly headers: boolean; readonly message: boolean; readonly body: boolean };
}

export type { SourceFile };
