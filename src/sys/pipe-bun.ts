// pipe2() for Bun, which makes no pipes that a child could have under a number of our choice.

import { closeSync } from 'node:fs';
import { openC } from './libc-bun.ts';

/** Linux's values, the same on x86-64 and arm64. */
const O_CLOEXEC = 0o2000000;
const O_NONBLOCK = 0o4000;
const O_WRONLY = 1;
const F_SETFL = 4;

export interface Pipe {
  readonly readEnd: number;
  /** Non-blocking. */
  readonly writeEnd: number;
}

const openLibrary = () =>
  openC({
    pipe2: { args: ['ptr', 'i32'], returns: 'i32' },
    fcntl: { args: ['i32', 'i32', 'i32'], returns: 'i32' },
  });

type PipeLibrary = NonNullable<ReturnType<typeof openLibrary>>;

let library: PipeLibrary | null = null;

/** null when there are no descriptors left, or no C library. */
export function openPipe(): Pipe | null {
  library ??= openLibrary();
  const ends = new Int32Array(2);
  if (library === null || library.pipe2(ends, O_CLOEXEC) !== 0) return null;
  const [readEnd = -1, writeEnd = -1] = ends;
  library.fcntl(writeEnd, F_SETFL, O_NONBLOCK | O_WRONLY);
  return { readEnd, writeEnd };
}

export function closeBoth({ readEnd, writeEnd }: Pipe): void {
  closeSync(readEnd);
  closeSync(writeEnd);
}
