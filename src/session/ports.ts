// What one session needs from the world, handed in by whoever runs it (process mode, listener, tests).

import type { Queue } from '../queue/index.ts';
import type { SessionEvent } from './events.ts';

/** The client's octets, in and out. */
export interface Channel {
  /**
   * The next octets from the client, at least one; they may be overwritten by the next read. 'end': the client has
   * closed its side or is gone. 'timeout': nothing came within `seconds`. Never rejects.
   */
  read(seconds: number): Promise<Uint8Array | 'end' | 'timeout'>;
  /**
   * Hands an octet string to the client. False (or a promise of it) when the client is gone or did not take
   * it within `seconds`; nothing more can be said then. Never rejects.
   */
  write(octets: string, seconds: number): boolean | Promise<boolean>;
}

/** Wall-clock time in milliseconds since 1970. */
export type Clock = () => number;

export interface Services {
  readonly channel: Channel;
  readonly queue: Queue;
  readonly clock: Clock;
  readonly log: (event: SessionEvent) => void;
}
