// What TLS has in common on both runtimes: the options of a context, the handshake with its time, and what is known of a connection
// afterwards.

import { constants } from 'node:crypto';
import type { PeerCertificate, TLSSocket, TlsOptions } from 'node:tls';
import type { Channel } from '../session/index.ts';
import { fromOctets } from '../text/index.ts';
import { LONGEST_TIMER, reasonOf } from './both.ts';
import type { ChannelStream } from './channel-stream.ts';
import type { StreamConnection } from './stream-connection.ts';
import type { ClientCertificate, TlsConnection, TlsParameters } from './tls-types.ts';

/** Seconds for a client to take a piece of what TLS writes. */
const WRITE_SECONDS = 300;

/** Until what a client may still say is not waited for: behind its end in a handshake, and behind ours. */
const LAST_WORDS_MS = 1000;

/** For sessions to be resumed: any name will do, as long as it is the same in all processes. */
const SESSION_ID_CONTEXT = 'mvmtr';

/** @param noRoots what stands for "no certificate of a client is trusted" where the default would be a list that takes long to read */
export function optionsOf(
  { cert, key, clientCa, ciphers, ticketKeys }: TlsParameters,
  noRoots: TlsOptions['ca'],
): TlsOptions {
  return {
    cert,
    key,
    ...(clientCa !== null ? { ca: clientCa } : noRoots === undefined ? {} : { ca: noRoots }),
    ...(ciphers === null ? {} : { ciphers }),
    ...(ticketKeys === null ? {} : { ticketKeys: Buffer.from(ticketKeys) }),
    requestCert: clientCa !== null,
    rejectUnauthorized: false, // a certificate that nobody knows is none; the mail comes all the same
    minVersion: 'TLSv1.2',
    secureOptions: constants.SSL_OP_NO_RENEGOTIATION,
    sessionIdContext: SESSION_ID_CONTEXT,
  };
}

/** How a runtime speaks TLS on a stream of a kind that suits it. */
export interface Speaker<Stream extends ChannelStream> {
  openStream(channel: Channel, writeSeconds: number): Stream;
  /** Starts the server's part, and tells how it went. */
  begin(
    stream: Stream,
    told: { secure(socket: TLSSocket): void; failed(error: Error): void },
  ): TLSSocket | null;
  /** What has come of it, as a connection. */
  connect(socket: TLSSocket, stream: Stream): StreamConnection;
}

export function handshake<Stream extends ChannelStream>(
  channel: Channel,
  seconds: number,
  { openStream, begin, connect }: Speaker<Stream>,
): Promise<TlsConnection | { readonly failure: string }> {
  const stream = openStream(channel, WRITE_SECONDS);
  return new Promise((resolve) => {
    let begun: TLSSocket | null = null;
    let over = false;
    const fail = (failure: string): void => {
      if (over) return;
      over = true;
      clearTimeout(timer);
      begun?.destroy();
      stream.destroy();
      resolve({ failure });
    };
    let timer = setTimeout(fail, Math.min(seconds, LONGEST_TIMER) * 1000, 'no handshake in time');
    stream.on('error', (error) => fail(reasonOf(error)));
    stream.on('close', () => fail('the client has left'));
    // The library does not always say so.
    stream.onEnded = () => {
      clearTimeout(timer);
      if (!over) timer = setTimeout(fail, LAST_WORDS_MS, 'the client has left');
    };
    begun = begin(stream, {
      secure(socket) {
        if (over) return socket.destroy();
        over = true;
        clearTimeout(timer);
        resolve(connectionOf(socket, stream, connect(socket, stream)));
      },
      failed: (error) => fail(reasonOf(error)),
    });
  });
}

function connectionOf(socket: TLSSocket, stream: ChannelStream, connection: StreamConnection): TlsConnection {
  stream.onClosing = () => connection.goingDown();
  const { name } = socket.getCipher();
  return {
    channel: connection.channel,
    version: socket.getProtocol() ?? 'unknown',
    cipher: name,
    bits: bitsOf(name),
    resumed: socket.isSessionReused(),
    client: clientOf(socket),
    exporter: () => exporterOf(socket),
    close: (seconds) => closed(socket, stream, connection, seconds),
  };
}

/**
 * Resolves when close_notify has left and the client has ended its side as well, or has had time for that: whoever leaves before with
 * octets unread resets the connection, and our last words with it.
 */
function closed(
  socket: TLSSocket,
  stream: ChannelStream,
  connection: StreamConnection,
  seconds: number,
): Promise<void> {
  return new Promise((resolve) => {
    let hasLeft = false;
    let timer = setTimeout(resolve, Math.min(seconds, LONGEST_TIMER) * 1000);
    const done = (): void => {
      clearTimeout(timer);
      resolve();
    };
    connection.onClosed(done);
    if (socket.destroyed) return done();
    stream.onEnded = () => {
      if (hasLeft) done();
    };
    socket.end(() => {
      hasLeft = true;
      clearTimeout(timer);
      if (stream.readableEnded) resolve();
      else timer = setTimeout(resolve, LAST_WORDS_MS);
    });
    connection.close(seconds);
  });
}

/** RFC 9266 §2: its label, no context, 32 octets. */
function exporterOf(socket: TLSSocket): string | null {
  try {
    const material = socket.exportKeyingMaterial(32, 'EXPORTER-Channel-Binding', Buffer.alloc(0));
    return fromOctets(material);
  } catch {
    return null; // the connection is gone
  }
}

function bitsOf(cipher: string): number {
  const [, bits] = /(?:AES_?|CAMELLIA|ARIA)(128|256)|_(128|256)_/.exec(cipher.replace('AES_', 'AES')) ?? [];
  if (bits !== undefined) return Number(bits);
  return cipher.includes('CHACHA20') ? 256 : 128;
}

function clientOf(socket: TLSSocket): ClientCertificate | null {
  const certificate = socket.getPeerCertificate(false) as PeerCertificate | null;
  if (!certificate?.subject) return null;
  const { subject, issuer, fingerprint256, subjectaltname = '' } = certificate;
  const named = Object.entries(subject).filter(([name]) => name === 'emailAddress');
  const alternative = [...subjectaltname.matchAll(/(?:^|, )email:([^,\s"]+)/g)].map(
    ([, email = '']) => email,
  );
  return {
    verified: socket.authorized,
    subject: nameText(subject),
    issuer: nameText(issuer),
    fingerprint: fingerprint256.replaceAll(':', '').toLowerCase(),
    emails: [...named.flatMap(([, value]) => value as string | string[]), ...alternative],
  };
}

function nameText(name: object): string {
  return Object.entries(name)
    .flatMap(([type, values]) => [values].flat().map((value) => `${type}=${escaped(String(value))}`))
    .join(',');
}

const escaped = (value: string): string => value.replace(/[,+"\\<>;=]/g, '\\$&');
