// Where a session's messages go: the queue that was chosen, and the place for what rules put aside.

import {
  loadMaildirQueue,
  programFile,
  type QmailQueueOptions,
  type Queue,
  qmailQueue,
} from '../queue/index.ts';
import type { SpawnOptions } from '../sys/index.ts';
import type { Environment } from './environment.ts';

export type QueueChoice =
  | { readonly kind: 'qmail' }
  | { readonly kind: 'maildir'; readonly directory: string };

export const DEFAULT_HOME = '/var/qmail';

export interface Where {
  readonly home: string | null;
  readonly env: Environment;
  /** For the names of files in a Maildir. */
  readonly hostName: string;
}

/** What is started for a message, and where. */
export function queueProgram(home: string | null, env: Environment): Pick<SpawnOptions, 'file' | 'cwd'> {
  const cwd = home ?? DEFAULT_HOME;
  return { file: programFile({ home: cwd, program: env.QMAILQUEUE ?? null }), cwd };
}

/** May be a door to open. */
export function openQueue(
  choice: QueueChoice,
  { home, env, hostName, spawn, seconds }: Where & Pick<QmailQueueOptions, 'spawn' | 'seconds'>,
): Queue | Promise<Queue> {
  if (choice.kind === 'qmail') {
    return qmailQueue({ home: home ?? DEFAULT_HOME, program: env.QMAILQUEUE ?? null, env, spawn, seconds });
  }
  const { directory } = choice;
  return loadMaildirQueue().then(({ maildirQueue }) => maildirQueue({ directory, hostName }));
}

export async function openQuarantine(into: string, { home, hostName }: Where): Promise<Queue> {
  const { quarantineQueue } = await loadMaildirQueue();
  const directory = `${home ?? process.cwd()}/quarantine`;
  return quarantineQueue({ directory, into, hostName, now: Date.now() });
}
