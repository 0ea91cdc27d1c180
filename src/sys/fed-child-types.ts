// The interface to programs that read a secret from their descriptor 3, where neither arguments nor environment show it.

import type { ChildStatus, SpawnFailure } from './sys.ts';

export interface FedChildOptions {
  /** A path, or a name that is looked for in PATH. */
  readonly program: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
  /** For its descriptor 3, which ends behind them. No more than a pipe holds. */
  readonly octets: Uint8Array;
}

/** Its descriptors 0 and 1 are /dev/null, 2 is ours, and there are no others. */
export interface FedChild {
  /** Resolves when it has ended. */
  readonly ended: Promise<ChildStatus>;
  /** SIGKILL, unless it has ended, or has become another user's, whom we cannot kill. Never throws. */
  kill(): void;
}

export type StartFedChild = (options: FedChildOptions) => Promise<FedChild | SpawnFailure>;
