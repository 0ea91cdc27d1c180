// The store's files: one for each key, replaced as a whole and never written in place, so that a reader in another process sees the
// old one or the new one. A new key is linked, which fails if somebody has made it meanwhile; an old one is renamed over, after
// a look whether it is still the one that was read. There are no locks: between that look and the renaming another process
// may get in, and its change is lost. What the file system refuses is thrown as it comes.

import {
  closeSync,
  fstatSync,
  linkSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  type Stats,
  statSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname } from 'node:path';
import { FILE_OCTETS, type Named, parseCell } from './cell.ts';

/** Another one after every write; null when there is no file. */
export type Version = `${number} ${number}` | null;

export interface FileRead {
  /** null: not there, or nothing that we have written. */
  readonly named: Named | null;
  readonly version: Version;
}

export const TEMPORARY_SUFFIX = '.tmp';

const NO_FILE: FileRead = { named: null, version: null };

export function readFile(path: string): FileRead {
  const fd = unlessMissing(() => openSync(path, 'r'));
  if (fd === null) return NO_FILE;
  try {
    const stats = fstatSync(fd);
    const named = stats.size <= FILE_OCTETS ? parseCell(readFileSync(fd, 'latin1')) : null;
    return { named, version: versionOf(stats) };
  } finally {
    closeSync(fd);
  }
}

/** @param version what was read before; 'any' writes whatever is there now. @returns false when it has changed since. */
export function writeFile(path: string, octets: string, version: Version | 'any'): boolean {
  const temporary = `${dirname(path)}/${process.pid}.${Math.random().toString(36).slice(2)}${TEMPORARY_SUFFIX}`;
  try {
    writeNew(temporary, octets);
    if (version === null) return linked(temporary, path);
    if (version !== 'any' && currentVersion(path) !== version) return false;
    renameSync(temporary, path);
    return true;
  } finally {
    unlessMissing(() => unlinkSync(temporary));
  }
}

/** @returns false when it has changed since it was read. */
export function removeFile(path: string, version: Version): boolean {
  if (currentVersion(path) !== version) return false;
  unlessMissing(() => unlinkSync(path));
  return true;
}

function writeNew(path: string, octets: string): void {
  const write = (): void => writeFileSync(path, octets, { encoding: 'latin1', mode: 0o600, flag: 'wx' });
  if (unlessMissing(() => [write()]) !== null) return;
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  write();
}

function linked(from: string, to: string): boolean {
  try {
    linkSync(from, to);
    return true;
  } catch (error) {
    if (hasCode(error, 'EEXIST')) return false;
    throw error;
  }
}

const currentVersion = (path: string): Version => {
  const stats = unlessMissing(() => statSync(path));
  return stats && versionOf(stats);
};

// Every write makes an inode of its own; the time tells apart those that got the same number.
const versionOf = ({ ino, mtimeMs }: Stats): Version => `${ino} ${mtimeMs}`;

/** null when the file, or a directory on the way to it, is not there. */
function unlessMissing<T>(use: () => T): T | null {
  try {
    return use();
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return null;
    throw error;
  }
}

const hasCode = (error: unknown, code: string): boolean =>
  typeof error === 'object' && error !== null && 'code' in error && error.code === code;
