// What listening sockets have in common on both runtimes.

import { readFileSync, statSync, unlinkSync } from 'node:fs';
import { connect } from 'node:net';
import { ipText, parseIp, unmapped } from '../text/index.ts';
import type { Connection } from './serving-types.ts';
import type { Endpoint } from './sys.ts';

/** IPv4 addresses as such, also where an IPv6 socket has accepted them. */
export function endpointOf(address: string | undefined, port: number | undefined): Endpoint | null {
  if (!address || port === undefined) return null;
  if (!address.includes(':')) return { address, port };
  const octets = parseIp(address);
  return { address: octets === null ? address : ipText(unmapped(octets)), port };
}

/**
 * The client has reset the connection before we could ask the system for its address, with octets left for us to read. Such a
 * connection is nobody's: without an address it would pass for one of a unix socket, whose clients are trusted.
 */
export const isNobodys = ({ remote, local }: Pick<Connection, 'remote' | 'local'>): boolean =>
  remote === null && local !== null;

/** Whether a socket can be bound under this path; one that nobody listens on any more is removed. */
export function unixSocketIsFree(path: string): Promise<boolean> {
  try {
    if (!statSync(path).isSocket()) return Promise.resolve(false);
  } catch {
    return Promise.resolve(true); // nothing there; whatever else is wrong, binding will tell
  }
  return new Promise((resolve) => {
    const socket = connect({ path });
    socket.on('connect', () => {
      socket.destroy();
      resolve(false);
    });
    socket.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'ECONNREFUSED') unlinkSync(path);
      resolve(error.code === 'ECONNREFUSED');
    });
  });
}

export const statusInWords = (code: number | null, signal: string | null): string =>
  code === null ? `signal ${signal ?? 'unknown'}` : `exit ${code}`;

/** Where the system does not say: what most give at least. */
const USUAL_LIMIT = 1024;

/** Most descriptors this process may have open, from /proc/self/limits. */
export function descriptorLimit(): number {
  try {
    const [, soft] = /^Max open files +(\S+)/m.exec(readFileSync('/proc/self/limits', 'latin1')) ?? [];
    return soft === 'unlimited' ? Number.POSITIVE_INFINITY : Number(soft ?? USUAL_LIMIT);
  } catch {
    return USUAL_LIMIT;
  }
}

/** What a machine without IPv6 says to '::'. */
export const WITHOUT_IPV6: readonly string[] = ['EAFNOSUPPORT', 'EADDRNOTAVAIL'];
