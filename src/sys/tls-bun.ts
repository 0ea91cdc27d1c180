// Bun's TLS: a TLSSocket made by hand knows whether a client's certificate is good, and its stream may be anything.

import { createSecureContext, type SecureContext, TLSSocket } from 'node:tls';
import { RecordStream } from './record-stream.ts';
import { StreamConnection } from './stream-connection.ts';
import { handshake, optionsOf, type Speaker } from './tls-both.ts';
import type { TlsContext, TlsEngine, TlsParameters } from './tls-types.ts';

interface BunContext {
  readonly secure: SecureContext;
  readonly asks: boolean;
}

export const tls: TlsEngine = {
  makeContext: (parameters: TlsParameters): TlsContext => {
    const server: BunContext = {
      secure: createSecureContext(optionsOf(parameters, undefined)),
      asks: parameters.clientCa !== null,
    };
    return { server };
  },
  accept: (channel, { server }, seconds) => handshake(channel, seconds, speaker(server as BunContext)),
};

const speaker = ({ secure: secureContext, asks }: BunContext): Speaker<RecordStream> => ({
  openStream: (channel, writeSeconds) => new RecordStream(channel, writeSeconds),
  begin(stream, { secure, failed }) {
    const options = { isServer: true, secureContext, requestCert: asks, rejectUnauthorized: false };
    const socket = new TLSSocket(stream as never, options);
    socket.on('secure', () => {
      stream.heard();
      secure(socket);
    });
    socket.on('error', failed);
    return socket;
  },
  connect: (socket, stream) => new BunTlsConnection(socket, stream),
});

/** Records are shown to TLS while the session waits for octets, and else not. */
class BunTlsConnection extends StreamConnection {
  private readonly records: RecordStream;

  constructor(socket: TLSSocket, records: RecordStream) {
    super(socket, { remote: null, local: null });
    this.records = records;
    records.shut();
  }

  override read(...wait: Parameters<StreamConnection['read']>): ReturnType<StreamConnection['read']> {
    const reading = super.read(...wait);
    if (this.isAwaited) this.records.open();
    return reading;
  }

  override onOctets(octets: Uint8Array): void {
    super.onOctets(octets);
    this.records.shut();
  }

  /** Whoever ends wants to hear the other side's end. */
  override close(seconds: number): void {
    super.close(seconds);
    this.records.open();
  }
}
