// A socket of Bun's, plain or with TLS, as a connection.

import { SocketConnection } from './socket-connection.ts';
import type { Endpoint } from './sys.ts';

/**
 * Octets received, each piece in a buffer of its own, after which the garbage is collected: left to itself the collector lets
 * them pile up to tens of megabytes. It stops everything for as long as it takes, so not too often, and where there is one
 * connection, and little to look through, sooner.
 */
const GARBAGE_OCTETS = 48 * 1024 * 1024;
const GARBAGE_OCTETS_OF_ONE = 8 * 1024 * 1024;

let garbageOctets = GARBAGE_OCTETS;
let received = 0;

export type BunSocket = Bun.Socket<BunConnection>;

export interface Ends {
  readonly remote: Endpoint | null;
  readonly local: Endpoint | null;
}

export class BunConnection extends SocketConnection {
  readonly remote: Endpoint | null;
  readonly local: Endpoint | null;
  protected readonly socket: BunSocket;
  private unsent: Uint8Array | null = null;
  private endWanted = false;

  constructor(socket: BunSocket, { remote, local }: Ends) {
    super();
    this.socket = socket;
    this.remote = remote;
    this.local = local;
  }

  static readonly handlers = {
    data({ data }: BunSocket, octets: Uint8Array) {
      received += octets.length;
      if (received > garbageOctets) {
        received = 0;
        Bun.gc(true);
      }
      // TLS's octets Bun shows to us as well, and they are none of our business.
      if (data.upper === null) data.onOctets(octets);
    },
    drain: ({ data }: BunSocket) => data.onDrain(),
    end: ({ data }: BunSocket) => data.onEnded(),
    close: ({ data }: BunSocket) => data.onGone(),
    // The system's errors are told by close(), which follows. Bun brings here what a handler of ours has thrown as well.
    error(socket: BunSocket, error: Error) {
      if ((error as NodeJS.ErrnoException).code !== undefined) return;
      socket.terminate();
      queueMicrotask(() => {
        throw error;
      });
    },
  };

  takeSocket(): BunConnection {
    return this;
  }

  /** `start` hands the socket to TLS, together with what has come and nobody has read, and may throw. */
  handOver(start: (socket: BunSocket, unread: readonly Uint8Array[]) => BunConnection): void {
    this.setUpper(start(this.socket, this.takeUnread()));
  }

  protected send(octets: Uint8Array): boolean {
    const count = this.socket.write(octets);
    if (count === octets.length) return true;
    // Negative when the client has reset the connection, of which a paused socket is told nothing.
    if (count < 0) this.destroy();
    else this.unsent = octets.subarray(count);
    return false;
  }

  /** Everything that was given to send() has left. */
  protected get hasSent(): boolean {
    return this.unsent === null;
  }

  private onDrain(): void {
    const { unsent } = this;
    if (unsent === null || !this.send(unsent)) return;
    this.unsent = null;
    this.onSent();
    if (this.endWanted) this.socket.shutdown();
  }

  protected pause(): void {
    this.socket.pause();
  }

  protected resume(): void {
    this.socket.resume();
  }

  // Not socket.end(), which closes the socket as soon as all is sent, whatever the client has yet to say.
  protected end(): void {
    if (this.hasSent) this.socket.shutdown();
    else this.endWanted = true;
  }

  destroy(): void {
    this.socket.terminate();
  }
}

const NO_ENDS: Ends = { remote: null, local: null };

/** The only connection of this process, by the descriptor of its socket, which is the connection's from then on. */
export function connectionOn(descriptor: number): Promise<BunConnection> {
  garbageOctets = GARBAGE_OCTETS_OF_ONE;
  return new Promise((resolve, reject) => {
    const open = (socket: BunSocket): void => {
      socket.data = new BunConnection(socket, NO_ENDS);
      resolve(socket.data);
    };
    const options = { fd: descriptor, allowHalfOpen: true, socket: { ...BunConnection.handlers, open } };
    Bun.connect(options as never).catch(reject); // `fd` is known to Bun, and not to its types
  });
}
