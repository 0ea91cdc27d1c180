// TCP_QUICKACK (tcp(7)): what has come is acknowledged now, and not with whatever we say next. Bun's TLS 1.3 says nothing after the
// client's last handshake message, and a client that waits for its acknowledgement before it sends more (Nagle's algorithm)
// would wait 40 ms.

import { openC } from './libc-bun.ts';

/** Linux's values. */
const IPPROTO_TCP = 6;
const TCP_QUICKACK = 12;
const INT_OCTETS = 4;

const openLibrary = () =>
  openC({ setsockopt: { args: ['i32', 'i32', 'i32', 'ptr', 'u32'], returns: 'i32' } });

let library: ReturnType<typeof openLibrary> = null;

/** A descriptor that is no TCP socket is left alone. */
export function acknowledgeNow(descriptor: number): void {
  library ??= openLibrary();
  library?.setsockopt(descriptor, IPPROTO_TCP, TCP_QUICKACK, Int32Array.of(1), INT_OCTETS);
}
