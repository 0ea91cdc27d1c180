// Descriptors for Bun's sockets: one of their own for a socket that others have as well, and pairs of sockets.

import { openC } from './libc-bun.ts';

/** Linux's values. */
const F_DUPFD_CLOEXEC = 1030;
const AF_UNIX = 1;
const SOCK_STREAM = 1;
const SOCK_NONBLOCK = 0o4000;
const SOCK_CLOEXEC = 0o2000000;

const openLibrary = () =>
  openC({
    fcntl: { args: ['i32', 'i32', 'i32'], returns: 'i32' },
    socketpair: { args: ['i32', 'i32', 'i32', 'ptr'], returns: 'i32' },
  });

let library: ReturnType<typeof openLibrary> = null;

/** Another descriptor of the same, at least `from`; negative when there is none left. */
export function duplicate(descriptor: number, from: number): number {
  library ??= openLibrary();
  return library?.fcntl(descriptor, F_DUPFD_CLOEXEC, from) ?? -1;
}

/** Two connected sockets, non-blocking; null when there are no descriptors left. */
export function openSocketPair(): readonly [number, number] | null {
  library ??= openLibrary();
  const ends = new Int32Array(2);
  const type = SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC;
  if (library === null || library.socketpair(AF_UNIX, type, 0, ends) !== 0) return null;
  const [one = -1, other = -1] = ends;
  return [one, other];
}
