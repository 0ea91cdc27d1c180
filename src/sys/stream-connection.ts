// A socket of Node's kind, plain or with TLS, as a connection.

import type { Socket } from 'node:net';
import type { Connection } from './serving-types.ts';
import { SocketConnection } from './socket-connection.ts';
import type { Endpoint } from './sys.ts';

/** Where a socket keeps its connection: the handlers of its events are the same functions for all. */
const CONNECTION = Symbol('connection');

interface ServedSocket extends Socket {
  [CONNECTION]: StreamConnection;
}

/** What takeSocket() of a channel gives on Node. */
export interface TakenSocket {
  /** With what has come and nobody has read put back. */
  readonly socket: Socket;
  /** `upper` is on it from now on, and is to hear that the server is going down. */
  readonly handOver: (upper: Pick<Connection, 'goingDown'>) => void;
}

export class StreamConnection extends SocketConnection {
  readonly remote: Endpoint | null;
  readonly local: Endpoint | null;
  private readonly socket: ServedSocket;

  constructor(socket: Socket, ends: { readonly remote: Endpoint | null; readonly local: Endpoint | null }) {
    super();
    this.socket = socket as ServedSocket;
    this.socket[CONNECTION] = this;
    this.remote = ends.remote;
    this.local = ends.local;
    socket.on('data', onData);
    socket.on('end', onEnd);
    socket.on('error', onError);
    socket.on('close', onClose);
  }

  /** null when nothing more will come. */
  takeSocket(): TakenSocket | null {
    const { socket } = this;
    if (socket.readableEnded || socket.destroyed) return null;
    socket.off('data', onData).off('end', onEnd);
    const unread = this.takeUnread();
    socket.pause();
    for (const octets of unread.toReversed()) socket.unshift(octets);
    return { socket, handOver: (upper) => this.setUpper(upper) };
  }

  protected send(octets: Uint8Array): boolean {
    const { socket } = this;
    socket.write(octets);
    // What has failed is not kept either. 'close' follows.
    if (socket.writableLength === 0) return socket.errored === null;
    // Below Node's mark there is no 'drain', so the last octets are waited for by their callback.
    socket.write('', (error) => {
      if (!error) this.onSent();
    });
    return false;
  }

  protected pause(): void {
    this.socket.pause();
  }

  protected resume(): void {
    this.socket.resume();
  }

  protected end(): void {
    this.socket.end();
  }

  destroy(): void {
    this.socket.destroy();
  }
}

function onData(this: Socket, octets: Uint8Array): void {
  (this as ServedSocket)[CONNECTION].onOctets(octets);
}

function onEnd(this: Socket): void {
  (this as ServedSocket)[CONNECTION].onEnded();
}

// 'close' follows and tells it.
const onError = (): void => {};

function onClose(this: Socket): void {
  (this as ServedSocket)[CONNECTION].onGone();
}
