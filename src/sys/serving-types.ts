// The interface to listening sockets, of which Node's and Bun's differ. A socket is bound first (while we may still be root), and
// listened on later, by us or by worker processes that were given it.

import type { Channel } from '../session/index.ts';
import type { Endpoint } from './sys.ts';

export type ListenAddress =
  /** `host` is an address as text ('::': IPv6 only); null: every address of this machine, IPv6 and IPv4. */
  (
    | { readonly kind: 'tcp'; readonly host: string | null; readonly port: number }
    | { readonly kind: 'unix'; readonly path: string }
    /** Bound by whoever has started us. */
    | { readonly kind: 'inherited'; readonly descriptor: number }
  ) & {
    /** Its clients speak TLS from the first octet; nothing to the socket itself. */
    readonly tls?: true;
  };

/** A bound socket, not yet listened on. */
export interface Bound {
  readonly address: ListenAddress;
  /** 0 for a unix socket. */
  readonly port: number;
  /** Its number: what workers inherit. */
  readonly descriptor: number;
  /** What the runtime has of it beside that. */
  readonly handle: unknown;
  /**
   * Gives up one that nobody listens on here, so that the kernel takes no more connections for us; the file of a unix
   * socket of ours goes with it. Called once at most.
   */
  release(): void;
}

/** A client's connection. The channel's octets are those of the socket. */
export interface Connection {
  readonly channel: Channel;
  /** null on a unix socket. IPv4 clients of an IPv6 socket have IPv4 addresses. */
  readonly remote: Endpoint | null;
  readonly local: Endpoint | null;
  /** From now on read() says 'closing' between commands. */
  goingDown(): void;
  /** Ends the connection; what was written is sent before, if the client takes it within `seconds`. */
  close(seconds: number): void;
  /** Ends it now. */
  destroy(): void;
  /** `listener` is called once, when the socket is gone. */
  onClosed(listener: (connection: Connection) => void): void;
}

export interface Listener {
  /** Leaves new connections to the kernel's queue; false where the runtime cannot, and they have to be turned away. */
  pause(): boolean;
  /** Takes them again; false when it cannot yet, and has to be asked once more. */
  resume(): boolean;
  /** No more connections; those that are there stay. Releases the socket. */
  close(): void;
}

export interface WorkerProcess {
  readonly pid: number;
  kill(signal: NodeJS.Signals): void;
  /** true when it has said on its descriptor 1 that it takes clients; false when it has ended without. */
  readonly ready: Promise<boolean>;
  /** Resolves with its exit code or signal, in words. */
  readonly ended: Promise<string>;
}

/** A socket that cannot be had: the system's code (EADDRINUSE, EACCES …). */
export interface BindFailure {
  readonly failure: string;
}

export interface Serving {
  /** @param backlog connections that wait in the kernel */
  bind(address: ListenAddress, backlog: number): Promise<Bound | BindFailure>;
  listen(
    bound: Bound,
    backlog: number,
    accept: (connection: Connection) => void,
  ): Promise<Listener | BindFailure>;
  /** Starts this program again with the sockets as descriptors 3, 4, …; descriptor 2 is shared, 0 and 1 are pipes to us. */
  startWorker(
    args: readonly string[],
    sockets: readonly Bound[],
    env: Readonly<Record<string, string | undefined>>,
  ): WorkerProcess;
  /** In a worker: resolves when whoever has started it is gone. */
  parentGone(): Promise<void>;
  /**
   * One datagram to the unix socket of a supervisor, "/path" or "@abstract name" (sd_notify(3)): lines "NAME=value".
   * Never rejects; what went wrong, or null.
   */
  sendNotify(socketPath: string, message: string): Promise<string | null>;
  /** Most descriptors this process may have open. */
  descriptorLimit(): number;
}
