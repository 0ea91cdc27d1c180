// Where a rule's `quarantine` puts messages: a Maildir of its own below qmail's home, one for each name, from which what is too old
// is removed whenever something new comes in. Behind the Maildir's door.

import { readdirSync, statSync, unlinkSync } from 'node:fs';
import { maildirQueue } from './maildir.ts';
import type { Queue } from './queue.ts';

/** Days a message is kept. */
export const KEPT_DAYS = 30;

const DAY_MILLISECONDS = 24 * 3600 * 1000;

export interface QuarantineOptions {
  /** The directory that has the Maildirs. */
  readonly directory: string;
  /** Its name; what could lead out of the directory is replaced. */
  readonly into: string;
  readonly hostName: string;
  /** Milliseconds since 1970. */
  readonly now: number;
}

export function quarantineQueue({ directory, into, hostName, now }: QuarantineOptions): Queue {
  const maildir = `${directory}/${into.replace(/[^A-Za-z0-9_-]/g, '_') || 'default'}`;
  for (const folder of ['new', 'cur', 'tmp'])
    sweep(`${maildir}/${folder}`, now - KEPT_DAYS * DAY_MILLISECONDS);
  return maildirQueue({ directory: maildir, hostName });
}

function sweep(folder: string, before: number): void {
  for (const name of filesOf(folder)) {
    try {
      if (statSync(`${folder}/${name}`).mtimeMs < before) unlinkSync(`${folder}/${name}`);
    } catch {
      // taken away by a reader meanwhile
    }
  }
}

function filesOf(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch {
    return []; // not made yet
  }
}
