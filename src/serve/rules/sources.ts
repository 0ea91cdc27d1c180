// Rule files on disk, and the compiled file that stands beside one. A file and what it imports go by names relative to the directory
// of the first one, so that messages are short and a directory of rules can be moved. What cannot be used as a source (a
// directory, no permission, too long, no UTF-8) is said in words; cycles of imports are the compiler's to find. A compiled
// file counts only as long as every source it was made from is still what it was. Nothing here throws.

import { isUtf8 } from 'node:buffer';
import { readFileSync, statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import {
  type Dialect,
  digest,
  type Loaded,
  type Program,
  readProgram,
  type Sources,
} from '../../rules/index.ts';
import { fromOctets } from '../../text/index.ts';
import { fileReason } from '../file-reason.ts';

/** Octets of one source file. */
export const LONGEST_SOURCE = 1024 * 1024;

export interface SourceProblem {
  readonly problem: string;
}

/** What the compiler is given for a rule file and everything it imports; an unusable first file is a problem. */
export function ruleSources(path: string): Sources | SourceProblem {
  const main = readSource(path, basename(path));
  if ('problem' in main) return main;
  return { main, load: (imported, from) => readSource(path, join(dirname(from), imported)) };
}

/** Where the file that a problem names is on disk. */
export function sourcePath(path: string, name: string): string {
  return join(dirname(path), name);
}

/** "mvmtr.mfl" is compiled to "mvmtr.mflc". */
export function compiledPath(path: string): string {
  return `${path}c`;
}

export type CompiledFile =
  | { readonly state: 'current'; readonly program: Program }
  /** Made from other sources, or by another version. */
  | { readonly state: 'stale' }
  | { readonly state: 'missing' }
  | { readonly state: 'unreadable'; readonly reason: string };

/** The compiled file of a rule file, if it can be used instead. */
export function readCompiled(path: string): CompiledFile {
  let text: string;
  try {
    text = readFileSync(compiledPath(path), 'latin1');
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    return code === 'ENOENT' ? { state: 'missing' } : { state: 'unreadable', reason: fileReason(cause) };
  }
  const program = readProgram(text);
  return program !== null && isCurrent(path, program) ? { state: 'current', program } : { state: 'stale' };
}

// A source that is older than the compiled file, and as long as it was, has not been edited since; only where that is not
// so is it read again, because the digest of a long file costs more than everything else a session does with it.
function isCurrent(path: string, { files }: Program): boolean {
  const compiled = statSync(compiledPath(path)).mtimeMs;
  return files.every(({ name, digest: before }) => {
    const { mtimeMs, size } = statSync(sourcePath(path, name));
    if (mtimeMs < compiled && before.startsWith(`${size}-`)) return true;
    const now = readSource(path, name);
    return !('problem' in now) && digest(now.text) === before;
  });
}

/** One file by its name in a program whose first file is at `start`. */
export function readSource(start: string, name: string): Loaded {
  const path = sourcePath(start, name);
  try {
    const stats = statSync(path);
    // Opening a pipe would wait for somebody to write.
    if (!stats.isFile()) return { problem: stats.isDirectory() ? 'it is a directory' : 'it is not a file' };
    if (stats.size > LONGEST_SOURCE) return tooLong;
    const octets = readFileSync(path);
    if (octets.length > LONGEST_SOURCE) return tooLong;
    if (!isUtf8(octets)) return { problem: 'it is not UTF-8' };
    return { name, text: fromOctets(octets), dialect: dialectOf(name) };
  } catch (cause) {
    return { problem: fileReason(cause) };
  }
}

const tooLong: SourceProblem = { problem: `it is longer than ${LONGEST_SOURCE} octets` };

const dialectOf = (name: string): Dialect => (name.endsWith('.sieve') ? 'sieve' : 'mfl');
