// Node's TLS. A tls.Server that never listens is handed the client's socket, because only that way Node tells whether a client's
// certificate is good (a TLSSocket made by hand never does). The server is there for all connections of a context, so each speaks to
// it through a face of its own, by which it hears what becomes of just that handshake. What is no socket of Node's is made into a
// stream, which Node reads and writes in JavaScript.

import { constants } from 'node:crypto';
import type { Duplex } from 'node:stream';
import { createServer, type Server, type TLSSocket, type TlsOptions } from 'node:tls';
import { LONGEST_TIMER, reasonOf } from './both.ts';
import { ChannelStream } from './channel-stream.ts';
import { StreamConnection, type TakenSocket } from './stream-connection.ts';
import {
  bitsOf,
  clientOf,
  exporterOf,
  HAS_LEFT,
  LAST_WORDS_MS,
  SESSION_ID_CONTEXT,
  TAKES_TOO_LONG,
} from './tls-both.ts';
import type { TlsClient, TlsConnection, TlsEngine, TlsParameters } from './tls-types.ts';

/** Seconds for a client to take a piece of what TLS writes. */
const WRITE_SECONDS = 300;

export const tls: TlsEngine = {
  keepsTickets: true,
  makeContext: (parameters) => ({ server: createServer(optionsOf(parameters)) }),
  accept: (client, { server }, seconds) => handshake(client, server as Server, seconds),
};

function optionsOf({ cert, key, clientCa, ciphers, ticketKeys }: TlsParameters): TlsOptions {
  return {
    cert,
    key,
    // With [] Node does not read its own list of authorities, which takes 16 ms.
    ca: clientCa ?? [],
    ...(ciphers === null ? {} : { ciphers }),
    ...(ticketKeys === null ? {} : { ticketKeys: Buffer.from(ticketKeys) }),
    requestCert: clientCa !== null,
    rejectUnauthorized: false, // a certificate that nobody knows is none; the mail comes all the same
    minVersion: 'TLSv1.2',
    secureOptions: constants.SSL_OP_NO_RENEGOTIATION,
    sessionIdContext: SESSION_ID_CONTEXT,
  };
}

/** What TLS is spoken over, and how it tells what Node's TLS does not. */
interface Carrier {
  readonly stream: Duplex;
  /** `listener` hears once that nothing more will come, where TLS does not tell. */
  whenEnded(listener: () => void): void;
  /** The handshake is over. The connection is to hear that the server is going down. */
  secured(socket: TLSSocket, connection: StreamConnection): void;
}

function carrierOf({ channel, first }: TlsClient): Carrier {
  const taken = (channel.takeSocket?.() ?? null) as TakenSocket | null;
  if (taken === null) return byStream(new ChannelStream(channel, { first, writeSeconds: WRITE_SECONDS }));
  if (first.length > 0) taken.socket.unshift(first);
  return bySocket(taken);
}

const byStream = (stream: ChannelStream): Carrier => ({
  stream,
  whenEnded(listener) {
    stream.onEnded = listener;
    if (stream.hasEnded) listener();
  },
  secured(_socket, connection) {
    stream.onClosing = () => connection.goingDown();
  },
});

function bySocket({ socket, handOver }: TakenSocket): Carrier {
  socket.setNoDelay(true); // else the first reply waits until the client has acknowledged the tickets
  // The TLSSocket begins with the same: who ends in the handshake is gone, and who ends later may yet be answered.
  socket.allowHalfOpen = false;
  return {
    stream: socket,
    whenEnded() {}, // it is closed then
    secured(tlsSocket, connection) {
      tlsSocket.allowHalfOpen = true;
      handOver(connection);
    },
  };
}

function handshake(
  client: TlsClient,
  server: Server,
  seconds: number,
): Promise<TlsConnection | { readonly failure: string }> {
  const carrier = carrierOf(client);
  const { stream } = carrier;
  return new Promise((resolve) => {
    let over = false;
    const fail = (failure: string): void => {
      if (over) return;
      over = true;
      clearTimeout(timer);
      stream.destroy();
      resolve({ failure });
    };
    let timer = setTimeout(fail, Math.min(seconds, LONGEST_TIMER) * 1000, TAKES_TOO_LONG);
    stream.on('error', (error) => fail(reasonOf(error)));
    stream.on('close', () => fail(HAS_LEFT));
    carrier.whenEnded(() => {
      clearTimeout(timer);
      if (!over) timer = setTimeout(fail, LAST_WORDS_MS, HAS_LEFT);
    });
    begin(server, stream, {
      secure(socket) {
        if (over) return socket.destroy();
        over = true;
        clearTimeout(timer);
        resolve(connectionOf(socket, carrier));
      },
      failed: (error) => fail(reasonOf(error)),
    });
  });
}

type Listener = (this: Server, stream: unknown) => void;

interface Told {
  secure(socket: TLSSocket): void;
  failed(error: Error): void;
}

function begin(server: Server, stream: Duplex, { secure, failed }: Told): void {
  const [listener] = server.listeners('connection') as Listener[];
  const face: Server = Object.create(server, {
    emit: {
      value(event: string, first: unknown, second: unknown) {
        if (event === 'secureConnection') secure(first as TLSSocket);
        else if (event === 'tlsClientError') failed(first as Error);
        else return server.emit(event, first, second);
        return true;
      },
    },
  });
  listener?.call(face, stream);
}

function connectionOf(socket: TLSSocket, carrier: Carrier): TlsConnection {
  const connection = new StreamConnection(socket, { remote: null, local: null });
  carrier.secured(socket, connection);
  const { name } = socket.getCipher();
  return {
    channel: connection.channel,
    version: socket.getProtocol() ?? 'unknown',
    cipher: name,
    bits: bitsOf(name),
    resumed: socket.isSessionReused(),
    client: clientOf(socket.getPeerCertificate(false), socket.authorized),
    exporter: () => exporterOf(socket),
    close: (seconds) => closed(socket, { carrier, connection, seconds }),
  };
}

interface Closing {
  readonly carrier: Carrier;
  readonly connection: StreamConnection;
  readonly seconds: number;
}

/**
 * Resolves when close_notify has left and the client has ended its side as well, or has had time for that: whoever leaves before with
 * octets unread resets the connection, and our last words with it.
 */
function closed(socket: TLSSocket, { carrier, connection, seconds }: Closing): Promise<void> {
  return new Promise((resolve) => {
    let hasLeft = false;
    let hasEnded = false;
    let timer = setTimeout(resolve, Math.min(seconds, LONGEST_TIMER) * 1000);
    const done = (): void => {
      clearTimeout(timer);
      resolve();
    };
    connection.onClosed(done);
    if (socket.destroyed) return done();
    carrier.whenEnded(() => {
      hasEnded = true;
      if (hasLeft) done();
    });
    socket.end(() => {
      hasLeft = true;
      clearTimeout(timer);
      if (hasEnded) resolve();
      else timer = setTimeout(resolve, LAST_WORDS_MS);
    });
    connection.close(seconds);
  });
}
