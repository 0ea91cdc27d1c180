// Unlinked temporary files: what has no name cannot be left behind, and a child can be given its descriptor.

import { closeSync, constants, openSync, unlinkSync } from 'node:fs';
import { reasonOf } from './both.ts';
import type { Child, SpawnFailure } from './sys.ts';

/** Linux's O_TMPFILE is this bit and O_DIRECTORY. */
const TMPFILE_BIT = 0o20000000;

/** Where small files are made: memory first, disk where that is missing. And large ones: never in memory if it can be helped. */
const DIRECTORIES = { small: ['/dev/shm', '/tmp'], large: ['/var/tmp', '/tmp', '/dev/shm'] };

let counter = 0;
/** Tells this process from all others that were and are. */
let own: string | null = null;

/** Opens an empty file without a name, for reading and writing by us alone; its descriptor is closed on exec. @throws the last error when no directory takes one */
export function openScratch(size: keyof typeof DIRECTORIES = 'small'): number {
  return inFirst(DIRECTORIES[size], openNameless);
}

export interface NamedScratch {
  readonly path: string;
  readonly descriptor: number;
}

/** The same with a name, for a process of ours that has to open it by that; then it is to be unlinked. @throws likewise */
export function openNamedScratch(): NamedScratch {
  return inFirst(DIRECTORIES.small, openNamed);
}

function inFirst<T>(directories: readonly string[], open: (directory: string) => T): T {
  let problem: unknown;
  for (const directory of directories) {
    try {
      return open(directory);
    } catch (error) {
      problem = error;
    }
  }
  throw problem;
}

/** Starts a child that has a scratch file as its descriptor 6; closes the file when there is no child. */
export async function withOwnText(
  start: (ownText: number) => Promise<Omit<Child, 'ownText'> | SpawnFailure>,
): Promise<Child | SpawnFailure> {
  let ownText: number;
  try {
    ownText = openScratch();
  } catch (error) {
    return { failure: 'exhausted', reason: reasonOf(error as Error) };
  }
  const child = await start(ownText);
  if (!('failure' in child)) return { ...child, ownText };
  closeAll([ownText]);
  return child;
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
    // No O_TMPFILE in this file system or kernel: a name for a moment.
    const { path, descriptor } = openNamed(directory);
    unlinkSync(path);
    return descriptor;
  }
}

// A name that never exists before.
function openNamed(directory: string): NamedScratch {
  counter += 1;
  // Short, because a shell reads it octet by octet; and nobody else's, or O_EXCL says so.
  own ??= `${process.pid.toString(36)}${Date.now().toString(36)}`;
  const path = `${directory}/.mvmtr-${own}-${counter.toString(36)}`;
  const flags = constants.O_RDWR | constants.O_CREAT | constants.O_EXCL;
  return { path, descriptor: openSync(path, flags, 0o600) };
}
