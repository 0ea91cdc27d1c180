// qmail's home directory for a session or a listener.

import { existsSync } from 'node:fs';
import { DEFAULT_HOME, type QueueChoice } from './queues.ts';

export interface HomeChoice {
  /** --qmail-home; null when it was not given. */
  readonly home: string | null;
  readonly queue: QueueChoice;
  readonly profile: 'stock' | 'mvmtr';
}

/** Absolute. A home that was named has to be there; without one, and without qmail behind us, there may be none: null. */
export function homeOf(
  { home, queue, profile }: HomeChoice,
  env: Readonly<Record<string, string | undefined>>,
): string | null {
  const named = home ?? env.QMAIL_HOME;
  // Absolute, because the queue program is started in it.
  if (named) return named.startsWith('/') ? named : `${process.cwd()}/${named}`;
  return queue.kind === 'maildir' && profile === 'mvmtr' && !existsSync(DEFAULT_HOME) ? null : DEFAULT_HOME;
}
