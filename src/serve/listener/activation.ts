// Sockets that are open already when we start: systemd (sd_listen_fds(3)) binds them and says in the environment how many
// there are and for which process. They begin at descriptor 3. What is meant for another process, as after a fork of
// the one that was meant, is not ours and no problem. The variables must not reach the programs we start, which could
// take themselves for the receiver.

import type { Environment } from '../environment.ts';

export interface ActivatedSocket {
  readonly descriptor: number;
  /** FileDescriptorName= of the socket unit, or its name; null when no names came along. */
  readonly name: string | null;
}

export type ActivatedSockets =
  | { readonly kind: 'sockets'; readonly sockets: readonly ActivatedSocket[] }
  | { readonly problem: string };

/** To be taken out of the environment of queue programs. */
export const ACTIVATION_VARIABLES: readonly string[] = [
  'LISTEN_PID',
  'LISTEN_PIDFDID',
  'LISTEN_FDS',
  'LISTEN_FDNAMES',
];

/** SD_LISTEN_FDS_START */
const FIRST_DESCRIPTOR = 3;

/** Nobody listens in more places; a number beyond is a mistake, and not worth so many descriptors. */
const MOST_SOCKETS = 256;

/** @returns no sockets when there are none for us */
export function activatedSockets(env: Environment, pid: number): ActivatedSockets {
  const { LISTEN_PID: meant, LISTEN_FDS: count, LISTEN_FDNAMES: names } = env;
  if (meant === undefined || count === undefined) return { kind: 'sockets', sockets: [] };
  if (!/^[1-9][0-9]{0,9}$/.test(meant)) return { problem: `LISTEN_PID is "${meant}", which is no process` };
  if (Number(meant) !== pid) return { kind: 'sockets', sockets: [] };
  if (!/^[1-9][0-9]{0,2}$/.test(count) || Number(count) > MOST_SOCKETS) {
    return { problem: `LISTEN_FDS is "${count}", and can be a number from 1 to ${MOST_SOCKETS}` };
  }
  const listed = names?.split(':') ?? null;
  if (listed !== null && listed.length !== Number(count)) {
    return { problem: `LISTEN_FDNAMES has ${listed.length} names for ${count} sockets` };
  }
  const sockets = Array.from({ length: Number(count) }, (_, index) => ({
    descriptor: FIRST_DESCRIPTOR + index,
    name: listed?.[index] ?? null,
  }));
  return { kind: 'sockets', sockets };
}
