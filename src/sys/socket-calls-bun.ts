// Calls about sockets that Bun does not make. They come with bun:ffi, which costs a process a millisecond, so not in everybody's way.

import { openC } from './libc-bun.ts';

/** Linux's values. */
const F_DUPFD_CLOEXEC = 1030;
const AF_UNIX = 1;
const SOCK_STREAM = 1;
const SOCK_NONBLOCK = 0o4000;
const SOCK_CLOEXEC = 0o2000000;
const IPPROTO_TCP = 6;
const TCP_QUICKACK = 12;

const SHUT_WR = 1;

const INT_OCTETS = 4;

const openLibrary = () =>
  openC({
    fcntl: { args: ['i32', 'i32', 'i32'], returns: 'i32' },
    shutdown: { args: ['i32', 'i32'], returns: 'i32' },
    socketpair: { args: ['i32', 'i32', 'i32', 'ptr'], returns: 'i32' },
    setsockopt: { args: ['i32', 'i32', 'i32', 'ptr', 'u32'], returns: 'i32' },
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

/** Nothing more will be said on it; the other side may go on. */
export function halfClose(descriptor: number): void {
  library?.shutdown(descriptor, SHUT_WR);
}

/** What has come is acknowledged now, and not with whatever we say next (tcp(7)). A descriptor that is no TCP socket is left alone. */
export function acknowledgeNow(descriptor: number): void {
  library ??= openLibrary();
  library?.setsockopt(descriptor, IPPROTO_TCP, TCP_QUICKACK, Int32Array.of(1), INT_OCTETS);
}
