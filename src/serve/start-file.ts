// Which file the rules of a session start from.

import { isThere } from '../control/index.ts';

/** The start file that was asked for, else the usual one if it is there; null for a session without rules. */
export function startFileOf(home: string | null, asked: string | null): string | null {
  const usual = home === null ? null : `${home}/control/mvmtr.mfl`;
  return asked ?? (usual !== null && isThere(usual) ? usual : null);
}
