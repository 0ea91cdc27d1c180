// Perl modules that a program under test or a stand-in cannot do without: Debian's swaks speaks TLS only where Net::SSLeay is.

import { spawnSync } from 'node:child_process';
import { programPath } from './needs.ts';

/** Those that are not there, for present(). */
export function missingModules(...names: readonly string[]): readonly string[] {
  const perl = programPath('perl') ?? 'perl';
  return names.filter((name) => spawnSync(perl, [`-M${name}`, '-e', '1']).status !== 0);
}

/** Programs and modules that are not there, for present(). */
export function lacking(programs: readonly string[], modules: readonly string[] = []): readonly string[] {
  return [...programs.filter((name) => programPath(name) === null), ...missingModules(...modules)];
}
