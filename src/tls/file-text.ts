// The text of a file that an administrator has named, or why it cannot be had, as a sentence that says what to do. A
// file that is not there is told apart, because some may be missing. Nothing is waited for: what is no regular file
// is not read.

import { closeSync, constants, fstatSync, openSync, readFileSync } from 'node:fs';

export type FileText =
  /** Octet string. */
  { readonly text: string } | { readonly problem: string; readonly missing: boolean };

/** More than the certificates of all authorities there are. */
export const FILE_OCTETS = 1024 * 1024;

export function readText(path: string): FileText {
  let descriptor: number | null = null;
  try {
    descriptor = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
    const stats = fstatSync(descriptor);
    if (!stats.isFile()) return unusable(`${path} is not a regular file`);
    if (stats.size > FILE_OCTETS) return unusable(`${path} has more than ${FILE_OCTETS} octets`);
    return { text: readFileSync(descriptor, 'latin1') };
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') return { problem: `${path} does not exist`, missing: true };
    if (code !== 'EACCES') return unusable(`${path} cannot be read: ${code ?? error}`);
    return unusable(`${path} cannot be read by user ${process.geteuid?.()}, who needs the right to`);
  } finally {
    if (descriptor !== null) closeSync(descriptor);
  }
}

const unusable = (problem: string): FileText => ({ problem, missing: false });
