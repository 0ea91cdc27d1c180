// What a shell has to be told so that it starts a child with just the environment that is asked for: the program, where it
// runs, and the variables to remove and to set, compared with what the shell's children get anyway. Pure. What a shell
// cannot do, or might do in a way of its own, is not asked of it: there is no job then, and the child needs another way.

import type { SpawnOptions } from './sys.ts';

/** The environment of a shell's child for which nothing is changed; null for octets that are not UTF-8. */
export type Inherited = ReadonlyMap<string, string | null>;

/** Largest job: it has to fit into a pipe, which holds 64 KB. */
const JOB_OCTETS = 32 * 1024;

/** All that POSIX lets a shell export. */
const IDENTIFIER = /^[A-Za-z_][A-Za-z0-9_]*$/;

/** What a job need not say, because the shell knows it. */
export type Typical = Pick<SpawnOptions, 'file' | 'cwd'>;

/** Names of variables that our script uses itself. */
const OURS = /^mvmtr_/;

/** Names that one shell or another gives a meaning: setting them may fail, change the shell, or not come out. */
const SHELLS_OWN =
  /^(?:BASH.*|CDPATH|COMP_.*|COPROC|DIRSTACK|ENV|EPOCH.*|ERRNO|E?[UG]ID|FPATH|FUNC.*|GLOB.*|GROUPS|HIST.*|HOST(?:NAME|TYPE)|IFS|KSH.*|LANG|LC_.*|LINENO|MACHTYPE|OPT(?:ARG|ERR|IND)|OSTYPE|PATH|PGRP|PIPESTATUS|POSIXLY_CORRECT|PPID|PS[0-9]|RANDOM|REPLY|SECONDS|SHELL.*|SRANDOM|TIMEFORMAT|TMOUT|USERNAME|YASH.*|ZSH.*)$/;

/** Variables that make a shell do other than its script says. */
const LEADS_ASTRAY = /^(?:BASH_ENV|BASHOPTS|ENV|IFS|SHELLOPTS|TMOUT)$/;

/** Whether a shell that is to do as its script says may have this variable in its own environment. */
export const isHarmless = (name: string): boolean =>
  IDENTIFIER.test(name) && !OURS.test(name) && !LEADS_ASTRAY.test(name);

const isSettable = (name: string): boolean =>
  IDENTIFIER.test(name) && !OURS.test(name) && !SHELLS_OWN.test(name);

const isLine = (text: string): boolean => !/[\n\0]/.test(text);

/**
 * Lines for `read -r`, which costs a system call for each octet: program, directory (empty when they are the typical ones), names to remove, an empty line, NAME=value to set, an empty line. Null when a
 * shell is not to be asked. `_` is left out, because not every shell passes it on.
 */
export function spawnJob(
  { file, cwd, env }: SpawnOptions,
  inherited: Inherited,
  typical: Typical,
): Uint8Array | null {
  if (![file, cwd].every((path) => path.startsWith('/') && isLine(path))) return null;
  const set: string[] = [];
  for (const [name, value] of Object.entries(env)) {
    if (value === undefined || name === '_' || inherited.get(name) === value) continue;
    if (!isSettable(name) || !isLine(value)) return null;
    set.push(`${name}=${value}`);
  }
  const unset = [...inherited.keys()].filter((name) => env[name] === undefined);
  if (!unset.every(isSettable)) return null;
  const unless = (path: string, known: string): string => (path === known ? '' : path);
  const where = [unless(file, typical.file), unless(cwd, typical.cwd)];
  const job = Buffer.from([...where, ...unset, '', ...set, '', ''].join('\n'));
  return job.length > JOB_OCTETS ? null : job;
}

/** What /proc/PID/environ has. */
export function readEnvironment(octets: Buffer): Map<string, string | null> {
  const found = new Map<string, string | null>();
  for (const entry of octets.toString('latin1').split('\0')) {
    const equals = entry.indexOf('=');
    if (equals <= 0) continue;
    const raw = Buffer.from(entry.slice(equals + 1), 'latin1');
    const value = raw.toString();
    found.set(entry.slice(0, equals), Buffer.from(value).equals(raw) ? value : null);
  }
  return found;
}
