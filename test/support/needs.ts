// Tests that need a program which is not part of the project (tcpserver, swaks …). Where it is missing the test is
// skipped and its title says what is missing; with MVMTR_REQUIRE_ALL=1, as the full check sets it, it fails instead.

import { accessSync, constants } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'vitest';

export const requireAll = process.env.MVMTR_REQUIRE_ALL === '1';

/** Where system programs are that an ordinary user's PATH may not name. */
const MORE_DIRECTORIES = ['/usr/local/sbin', '/usr/sbin', '/sbin'];

type Declare<Body> = (title: string, body: Body, timeout?: number) => void;

export interface Needs {
  readonly describe: Declare<() => void>;
  readonly it: Declare<() => void | Promise<void>>;
}

/** Full path of a program, or null. */
export function programPath(name: string, path = process.env.PATH ?? ''): string | null {
  const directories = [...path.split(':').filter((directory) => directory !== ''), ...MORE_DIRECTORIES];
  return directories.map((directory) => join(directory, name)).find(isExecutable) ?? null;
}

/** `describe` and `it` for tests that start these programs. */
export function needs(...programs: readonly string[]): Needs {
  return present(programs.filter((name) => programPath(name) === null));
}

/** `describe` and `it` as they are, or, when something is missing, as skips or failures that say so. */
export function present(missing: readonly string[], required = requireAll): Needs {
  if (missing.length === 0) return { describe, it };
  const lacking = `missing: ${missing.join(', ')}`;
  const instead = (title: string): void => {
    const full = `${title} (${lacking})`;
    if (!required) it.skip(full);
    else {
      it(full, () => {
        throw new Error(lacking);
      });
    }
  };
  return { describe: instead, it: instead };
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
