// Which file the rules of a session start from.

import { lstatSync } from 'node:fs';

/** The start file that was asked for, else the usual one if it is there; null for a session without rules. */
export function startFileOf(home: string | null, asked: string | null): string | null {
  const usual = home === null ? null : `${home}/control/mvmtr.mfl`;
  return asked ?? (usual !== null && isThere(usual) ? usual : null);
}

// A link that leads nowhere is there: its owner wanted rules.
function isThere(path: string): boolean {
  try {
    lstatSync(path);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== 'ENOENT';
  }
}
