// Bun's way to tell a supervisor something: one datagram to its unix socket. Bun has no such sockets, so the C library's are
// called; with its functions come the numbers of Linux, the same on x86-64 and arm64. Never waits in a call: a socket
// whose queue is full is tried again a little later. Follows unix(7) and sd_notify(3).

import { openC } from './libc-bun.ts';
import type { Serving } from './serving-types.ts';

const AF_UNIX = 1;
const SOCK_DGRAM = 2;
const SOCK_CLOEXEC = 0o2000000;
const MSG_DONTWAIT = 0x40;
const MSG_NOSIGNAL = 0x4000;
const EAGAIN = 11;

/** sockaddr_un: two octets of family, and the name. */
const FAMILY_OCTETS = 2;
const NAME_OCTETS = 108;

/** Two seconds in all: a supervisor that has not looked into its socket by then has other troubles. */
const TRIES = 40;
const BETWEEN_TRIES_MS = 50;

export const sendNotify: Serving['sendNotify'] = async (socketPath, message) => {
  const address = addressOf(socketPath);
  if (address === null) return `a socket cannot be called ${socketPath}`;
  library ??= openSockets();
  if (library === null) return 'no C library to send it with';
  const problem = await send(library, address, new TextEncoder().encode(message));
  return problem === null ? null : `${socketPath}: ${problem}`;
};

async function send(sockets: Sockets, address: Uint8Array, octets: Uint8Array): Promise<string | null> {
  const { socket, sendto, close } = sockets;
  const descriptor = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  if (descriptor < 0) return errorName(errnoOf(sockets));
  try {
    for (let tries = 1; ; tries += 1) {
      const flags = MSG_DONTWAIT | MSG_NOSIGNAL;
      const sent = sendto(descriptor, octets, octets.length, flags, address, address.length);
      if (sent === octets.length) return null;
      const errno = errnoOf(sockets);
      if (errno !== EAGAIN || tries === TRIES) return errorName(errno);
      await new Promise((resolve) => setTimeout(resolve, BETWEEN_TRIES_MS));
    }
  } finally {
    close(descriptor);
  }
}

// A name in the file system has NUL behind it, an abstract one, written "@name", before it.
function addressOf(socketPath: string): Uint8Array | null {
  const abstract = socketPath.startsWith('@');
  const name = new TextEncoder().encode(abstract ? `\0${socketPath.slice(1)}` : `${socketPath}\0`);
  if (name.length > NAME_OCTETS) return null;
  const address = new Uint8Array(FAMILY_OCTETS + name.length);
  // In the machine's order, which is little-endian on both.
  address[0] = AF_UNIX;
  address.set(name, FAMILY_OCTETS);
  return address;
}

const openSockets = () =>
  openC({
    socket: { args: ['i32', 'i32', 'i32'], returns: 'i32' },
    sendto: { args: ['i32', 'ptr', 'u64', 'i32', 'ptr', 'u32'], returns: 'i32' },
    close: { args: ['i32'], returns: 'i32' },
    __errno_location: { args: [], returns: 'ptr' },
  });

type Sockets = NonNullable<ReturnType<typeof openSockets>>;

let library: Sockets | null = null;

function errnoOf(sockets: Sockets): number {
  const { read } = require('bun:ffi') as typeof import('bun:ffi');
  const at = sockets.__errno_location();
  return at === null ? 0 : read.i32(at, 0);
}

const errorName = (errno: number): string =>
  errno === 0 ? 'not sent' : process.getBuiltinModule('node:util').getSystemErrorName(-errno);
