// A file in the place of another, all at once, and on the disk before it is done: readers see the old one or the new one.

import {
  closeSync,
  constants,
  fchmodSync,
  fchownSync,
  fsyncSync,
  openSync,
  renameSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname } from 'node:path';

export interface Replacement {
  readonly path: string;
  /** Octet string. */
  readonly octets: string;
  readonly mode: number;
  /** Whose it will be; ours where it is not given. */
  readonly owner?: { readonly uid: number; readonly gid: number };
  /** Where it is written first; has not to be there. */
  readonly temporary?: string;
  /** Called when the temporary file is whole: throws where the other file is to stay. */
  readonly check?: () => void;
}

/** @throws what the file system says; nothing has changed then */
export function replaceFile({
  path,
  octets,
  mode,
  owner,
  temporary = `${path}.${process.pid}.tmp`,
  check,
}: Replacement): void {
  const { O_WRONLY, O_CREAT, O_EXCL } = constants;
  const fd = openSync(temporary, O_WRONLY | O_CREAT | O_EXCL, 0o600);
  try {
    try {
      writeFileSync(fd, octets, 'latin1');
      if (owner !== undefined) fchownSync(fd, owner.uid, owner.gid);
      fchmodSync(fd, mode);
      fsyncSync(fd);
    } finally {
      closeSync(fd);
    }
    check?.();
    renameSync(temporary, path);
  } catch (cause) {
    unlinkSync(temporary);
    throw cause;
  }
  syncDirectory(dirname(path));
}

function syncDirectory(path: string): void {
  const fd = openSync(path, constants.O_RDONLY);
  try {
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
}
