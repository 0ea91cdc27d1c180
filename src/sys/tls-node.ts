// Node's TLS. A tls.Server that never listens is handed the stream, because only that way Node tells whether a client's certificate is
// good (a TLSSocket made by hand never does). The server is there for all connections of a context, so each speaks to it
// through a face of its own, by which it hears what becomes of just that handshake.

import { createServer, type Server, type TLSSocket } from 'node:tls';
import { ChannelStream } from './channel-stream.ts';
import { StreamConnection } from './stream-connection.ts';
import { handshake, optionsOf, type Speaker } from './tls-both.ts';
import type { TlsContext, TlsEngine } from './tls-types.ts';

export const tls: TlsEngine = {
  // With [] Node does not read its own list of authorities, which takes 16 ms.
  makeContext: (parameters) => ({ server: createServer(optionsOf(parameters, [])) }),
  accept: (channel, { server }: TlsContext, seconds) =>
    handshake(channel, seconds, speaker(server as Server)),
};

type Listener = (this: Server, stream: unknown) => void;

const speaker = (server: Server): Speaker<ChannelStream> => ({
  openStream: (channel, writeSeconds) => new ChannelStream(channel, writeSeconds),
  begin(stream, { secure, failed }) {
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
    return null;
  },
  connect: (socket) => new StreamConnection(socket, NO_ENDS),
});

const NO_ENDS = { remote: null, local: null };
