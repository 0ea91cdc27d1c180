// The store's files: one for each key, replaced as a whole and never written in place, so that a reader in another process sees the
// old one or the new one and never waits. A new key is linked, which fails if somebody has made it meanwhile. An old one is
// renamed over by whoever first made the one file that may replace that version; others see that and come again. When
// that one has died, or is too slow, 'any' writes over it, and then a change can be lost. What the file system
// refuses is thrown as it comes.

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

/** @param version what was read before; 'any' writes whatever is there now. @returns false when somebody else is or was faster. */
export function writeFile(path: string, octets: string, version: Version | 'any'): boolean {
  const temporary = `${path}-${nameOf(version)}${TEMPORARY_SUFFIX}`;
  if (!wroteNew(temporary, octets)) return false;
  try {
    if (version !== 'any' && currentVersion(path) !== version) return false;
    if (version === null) return linked(temporary, path);
    renameSync(temporary, path);
    return true;
  } finally {
    // Renamed, the name is free, or belongs to somebody who is about to see that he is too late.
    unlessMissing(() => unlinkSync(temporary));
  }
}

/** Whoever means to replace one version writes to one name, so there is one at a time; who writes over any is alone. */
function nameOf(version: Version | 'any'): string {
  const alone = version === null || version === 'any';
  return alone ? `${process.pid}.${Math.random().toString(36).slice(2)}` : version.replace(' ', '.');
}

/** As writeFile. */
export function removeFile(path: string, version: Version | 'any'): boolean {
  if (version !== 'any' && currentVersion(path) !== version) return false;
  unlessMissing(() => unlinkSync(path));
  return true;
}

/** @returns false when the file is there already. */
function wroteNew(path: string, octets: string): boolean {
  const fd = unlessThere(() => openNew(path));
  if (fd === null) return false;
  try {
    writeFileSync(fd, octets, 'latin1');
    return true;
  } catch (error) {
    unlessMissing(() => unlinkSync(path));
    throw error;
  } finally {
    closeSync(fd);
  }
}

function openNew(path: string): number {
  const open = (): number => openSync(path, 'wx', 0o600);
  const fd = unlessMissing(open);
  if (fd !== null) return fd;
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  return open();
}

const linked = (from: string, to: string): boolean =>
  unlessThere(() => {
    linkSync(from, to);
    return true;
  }) ?? false;

const currentVersion = (path: string): Version => {
  const stats = unlessMissing(() => statSync(path));
  return stats && versionOf(stats);
};

// Every write makes an inode of its own; the time tells apart those that got the same number.
const versionOf = ({ ino, mtimeMs }: Stats): Version => `${ino} ${mtimeMs}`;

/** null when the file, or a directory on the way to it, is not there. */
const unlessMissing = <T>(use: () => T): T | null => unless('ENOENT', use);

const unlessThere = <T>(use: () => T): T | null => unless('EEXIST', use);

function unless<T>(code: string, use: () => T): T | null {
  try {
    return use();
  } catch (error) {
    if (typeof error === 'object' && error !== null && 'code' in error && error.code === code) return null;
    throw error;
  }
}
