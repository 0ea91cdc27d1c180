// The one interface to what differs between runtimes: descriptors 0 and 1 with timers, child processes with chosen
// descriptors, and questions to other hosts. Everything else of the operating system is `node:fs` and the like, the same
// on both.

import type { Channel } from '../session/index.ts';

/** How a child process ended: its exit code, or the signal that killed it (a name, or what is known of it). */
export type ChildStatus = { readonly code: number } | { readonly signal: string };

/** The writing end of one of a child's descriptors. */
export interface ChildInput {
  /**
   * Octets for the child. A promise means: wait before the next write; the octets may be overwritten after it, or at
   * once if there is none. Never rejects; taken() tells.
   */
  write(octets: Uint8Array): void | Promise<void>;
  /** Whether everything written has left this process; false when the child closed its end before. Never rejects. */
  taken(): Promise<boolean>;
  /** End of input; what has not left yet never will. */
  close(): void;
  /**
   * Once the child has ended: whether it is known to have left octets unread behind it. A pipe never tells; whoever
   * wrote more than a pipe holds knows by taken().
   */
  readonly leftUnread: boolean;
}

export interface Child {
  readonly pid: number;
  /** Its descriptors 0 and 1, both for reading. */
  readonly message: ChildInput;
  readonly envelope: ChildInput;
  /** Descriptor of ours for the file without a name that is its descriptor 6. Whoever has the child closes it. */
  readonly ownText: number;
  /** Resolves when it has ended. */
  readonly ended: Promise<ChildStatus>;
  /** SIGKILL, unless it has ended. */
  kill(): void;
}

/** Its descriptor 2 is ours; it has 0, 1, 2 and 6, and no other. */
export interface SpawnOptions {
  /** Absolute path; no search, no shell, no arguments. */
  readonly file: string;
  /** Absolute path. */
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** 'not-executable': there is no such program, or it cannot be run. 'exhausted': no process or descriptors to be had. */
export type SpawnFailure = { readonly failure: 'not-executable' | 'exhausted'; readonly reason: string };

export type Spawn = (options: SpawnOptions) => Promise<Child | SpawnFailure>;

/** Starts children for a process that stays and starts many of them: as Sys.spawn does, for less. */
export interface Spawner {
  /** The child's environment is as with Sys.spawn, save that `_`, which shells set, may be missing. */
  readonly spawn: Spawn;
  /** Why it costs as much as Sys.spawn after all, in words for the log; null when it does not. */
  readonly handicap: string | null;
  /** Lets go of what is kept ready; resolves when the last child has ended and nothing is left. */
  close(): Promise<void>;
}

/** Another host, by address and never by name. */
export interface Endpoint {
  readonly address: string;
  readonly port: number;
}

/** Whom to ask, and from which address of ours. */
export interface Destination extends Endpoint {
  /** Of the same family; the system chooses where it is absent. One that is not ours ends the exchange. */
  readonly from?: string;
}

/** Nothing is told before the exchange was returned, and nothing after its close(). */
export interface ExchangeEvents {
  /** A datagram from that endpoint and no other, or octets of the connection as they come. */
  octets(octets: Uint8Array): void;
  /** Nothing more will come: refused, unreachable, closed by the other side. */
  over(reason: string): void;
}

export interface Exchange {
  /** Frees the socket; to be called in any case, also after `over`. */
  close(): void;
}

/** Sends these octets from a port of the system's choice and tells what comes back. Has no time limit of its own. */
export type StartExchange = (to: Destination, question: Uint8Array, events: ExchangeEvents) => Exchange;

export interface Sys {
  readonly runtime: 'node' | 'bun';
  /**
   * Whoever is at two descriptors, whatever they are: one socket, two pipes, a file, a tty, /dev/null. The client is at 0
   * and 1.
   */
  openDescriptors(read: number, write: number): Channel;
  readonly spawn: Spawn;
  /** For a process that has become the user that it will be. */
  /** @param typical what will be started mostly: the less a child differs from it, the less it may cost */
  openSpawner(typical: SpawnOptions): Promise<Spawner>;
  readonly overUdp: StartExchange;
  readonly overTcp: StartExchange;
}
