// Unlinked temporary files: what has no name cannot be left behind, and a child can be given its descriptor.

import { closeSync, constants, openSync, unlinkSync } from 'node:fs';

/** Linux's O_TMPFILE is this bit and O_DIRECTORY. */
const TMPFILE_BIT = 0o20000000;

/** Where small files are made: memory first, disk where that is missing. And large ones: never in memory if it can be helped. */
const DIRECTORIES = { small: ['/dev/shm', '/tmp'], large: ['/var/tmp', '/tmp', '/dev/shm'] };

let counter = 0;

/** Opens an empty file without a name, for reading and writing by us alone; its descriptor is closed on exec. @throws the last error when no directory takes one */
export function openScratch(size: keyof typeof DIRECTORIES = 'small'): number {
  let problem: unknown;
  for (const directory of DIRECTORIES[size]) {
    try {
      return openNameless(directory);
    } catch (error) {
      problem = error;
    }
  }
  throw problem;
}

/** Closes descriptors of our own; one that is closed already is no fault worth telling. */
export function closeAll(descriptors: readonly number[]): void {
  for (const descriptor of descriptors) {
    try {
      closeSync(descriptor);
    } catch {
      // closed already
    }
  }
}

function openNameless(directory: string): number {
  try {
    return openSync(directory, constants.O_RDWR | constants.O_DIRECTORY | TMPFILE_BIT, 0o600);
  } catch {
    // No O_TMPFILE in this file system or kernel: a name for a moment, never one that exists.
    counter += 1;
    const path = `${directory}/.mvmtr-${process.pid}-${Date.now()}-${counter}`;
    const descriptor = openSync(path, constants.O_RDWR | constants.O_CREAT | constants.O_EXCL, 0o600);
    unlinkSync(path);
    return descriptor;
  }
}
