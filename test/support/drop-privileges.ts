// Changes its own user and group, because tests cannot: drop-privileges.mjs '{"as":…,"wanted":…,"files":…}', after bundling. With
// `as` it becomes that user and group beforehand in the plain way. Prints as JSON what was thrown, or null, and the
// users and groups of every thread of the process afterwards, each list once.

import { readdirSync, readFileSync, writeSync } from 'node:fs';
import {
  type AccountFiles,
  dropPrivileges,
  type WantedPrivileges,
} from '../../src/serve/listener/privileges.ts';

export interface Drop {
  readonly as: number | null;
  readonly wanted: WantedPrivileges;
  readonly files: AccountFiles;
}

export interface Dropped {
  readonly problem: string | null;
  /** "Uid: real effective saved file-system" and the like, as the kernel has them. */
  readonly threads: readonly string[];
}

function attempt({ as, wanted, files }: Drop): string | null {
  if (as !== null) {
    process.setgroups?.([as]);
    process.setgid?.(as);
    process.setuid?.(as);
  }
  try {
    dropPrivileges(wanted, files);
    return null;
  } catch (error) {
    return (error as Error).message;
  }
}

const problem = attempt(JSON.parse(process.argv[2] as string) as Drop);
const lines = readdirSync('/proc/self/task').flatMap((thread) =>
  readFileSync(`/proc/self/task/${thread}/status`, 'latin1')
    .split('\n')
    .filter((line) => /^(?:Uid|Gid|Groups):/.test(line))
    .map((line) => line.trim().replace(/\s+/g, ' ')),
);
const dropped: Dropped = { problem, threads: [...new Set(lines)] };
writeSync(1, JSON.stringify(dropped));
