// Where the compiler's texts come from, and what it can be told. The compiler itself opens no files: whoever calls it hands in a
// loader, which also knows what a path or the name of an included script means. A loader answers at once; what it cannot
// find it says in words, which become a problem at the line that asked.

import type { SourceFile } from '../language/ast.ts';

export type Loaded = SourceFile | { readonly problem: string };

export type IncludeLocation = 'personal' | 'global';

export interface Sources {
  readonly main: SourceFile;
  /** The file an `import` names, relative to the file that has it. The name in the answer identifies the file. */
  load(path: string, from: string): Loaded;
  /** The script an `include` names; null when there is none. Without this, nothing can be included. */
  include?(location: IncludeLocation, name: string): Loaded | null;
}

export interface CompileOptions {
  /** Capabilities that may be required; all the engine has unless given. */
  readonly capabilities?: ReadonlySet<string>;
  /** Count problems as Pigeonhole does: a failed script has one more, its summary line. */
  readonly pigeonhole?: boolean;
}
