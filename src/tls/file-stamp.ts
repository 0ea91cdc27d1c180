// What can be told of files without reading them: whether they are the same as before. Nothing fails; a file that
// cannot be looked at is stamped with the reason.

import { statSync } from 'node:fs';

export interface Stamp {
  /** Another one after any change, unless that came as soon after the one before as the system's clock does not tell. */
  readonly text: string;
  /** Of the youngest file, in milliseconds since 1970. */
  readonly changed: number;
}

export function stampOf(paths: readonly string[]): Stamp {
  const stamps = paths.map(stampOfFile);
  return {
    text: stamps.map(({ text }) => text).join('|'),
    changed: Math.max(0, ...stamps.map(({ changed }) => changed)),
  };
}

function stampOfFile(path: string): Stamp {
  try {
    const stats = statSync(path, { throwIfNoEntry: false });
    if (stats === undefined) return { text: 'none', changed: 0 };
    const { dev, ino, size, mtimeMs, ctimeMs } = stats;
    return { text: [dev, ino, size, mtimeMs, ctimeMs].join(' '), changed: ctimeMs };
  } catch (error) {
    return { text: String((error as NodeJS.ErrnoException).code), changed: 0 };
  }
}
