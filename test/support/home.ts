// A qmail home directory for one scenario: control/ exactly as the scenario says, octet for octet, and bin/ with
// the queue program. It lives below a scratch directory that the caller removes. The stand-in is linked, not copied,
// so that it is executed from where it lies in the project.

import {
  accessSync,
  constants,
  mkdirSync,
  mkdtempSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { QueueScript, Scenario } from './scenario.ts';

/** The stand-in for qmail-queue, a program of its own. */
export const QUEUE_STAND_IN = fileURLToPath(new URL('queue-stand-in.pl', import.meta.url));

/** A fresh directory under the system's temporary directory. */
export function scratchDirectory(): string {
  return mkdtempSync(join(tmpdir(), 'mvmtr-test-'));
}

export function removeDirectory(directory: string): void {
  rmSync(directory, { recursive: true, force: true, maxRetries: 3 });
}

/** Fills `home`, which must not exist yet. */
export function createHome(home: string, { control, queue }: Pick<Scenario, 'control' | 'queue'>): void {
  mkdirSync(join(home, 'control'), { recursive: true });
  mkdirSync(join(home, 'bin'));
  for (const [name, entry] of Object.entries(control)) {
    const path = join(home, 'control', name);
    if (entry.kind === 'directory') mkdirSync(path);
    else if (entry.kind === 'link') symlinkSync(entry.target, path);
    else writeFileSync(path, entry.octets, 'latin1');
  }
  if (queue.installAs === null) return;
  const path = join(home, queue.installAs);
  if (queue.install === 'program') symlinkSync(QUEUE_STAND_IN, path);
  else if (queue.install === 'directory') mkdirSync(path);
  else writeFileSync(path, 'not a program\n', { mode: 0o644 });
}

/** QMAILQUEUE for this home; undefined leaves it unset. */
export function queuePath(home: string, queue: QueueScript): string | undefined {
  return queue.path?.replace('{home}', home);
}

/** Whether a program would run that is named like this, relative names being relative to the home. */
export function queueCanRun(home: string, queue: QueueScript): boolean {
  const path = resolve(home, queuePath(home, queue) ?? 'bin/qmail-queue');
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}
