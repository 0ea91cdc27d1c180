// TLS over a channel, against the runtime's own client: versions, what is told of a connection and of a client's certificate, resumption,
// the end in all its forms, and what is no handshake. Certificates are made by openssl.

import { X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import { connect as connectTcp, createServer, type Server, type Socket } from 'node:net';
import { type ConnectionOptions, connect, type TLSSocket } from 'node:tls';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { type Made, makeCertificate } from '../../test/support/certificates.ts';
import { removeDirectory, scratchDirectory } from '../../test/support/home.ts';
import { needs } from '../../test/support/needs.ts';
import type { Channel } from '../session/index.ts';
import { fromOctets } from '../text/index.ts';
import { StreamConnection } from './stream-connection.ts';
import { tls } from './tls.ts';
import type { TlsConnection, TlsContext } from './tls-types.ts';

const { describe } = needs('openssl');

let scratch: string;
let own: Made;
let authority: Made;
let client: Made;
let server: Server | null = null;
const sockets = new Set<Socket>();

afterEach(() => {
  for (const socket of sockets) socket.destroy();
  sockets.clear();
  server?.close();
  server = null;
});

type Outcome = Awaited<ReturnType<typeof tls.accept>>;

const PARAMETERS = { clientCa: null, ciphers: null, ticketKeys: null, shared: true };

const contextOf = (more: Partial<Parameters<typeof tls.makeContext>[0]> = {}): TlsContext =>
  tls.makeContext({ ...PARAMETERS, cert: own.certText, key: own.keyText, ...more });

const NO_ENDS = { remote: null, local: null };

/** What TLS is spoken over: a channel, or the client's socket behind one, of a listener's connection or of a process. */
const CHANNELS: Readonly<Record<string, (socket: Socket) => Channel>> = {
  'a channel': (socket) => {
    const connection = new StreamConnection(socket, NO_ENDS);
    return {
      read: (seconds, between) => connection.read(seconds, between),
      write: (text, seconds) => connection.write(text, seconds),
    };
  },
  'a connection': (socket) => new StreamConnection(socket, NO_ENDS),
  'the client’s own socket': (socket) => ({
    read: async () => 'end',
    write: () => false,
    takeSocket: () => ({ socket: socket.on('error', () => {}), handOver() {} }),
  }),
};
let channelOf: (socket: Socket) => Channel;

/** A listener whose connections are handed to TLS. */
async function listen(context: TlsContext, seconds = 20) {
  const outcomes: Promise<Outcome>[] = [];
  let wake: () => void = () => {};
  server = createServer({ allowHalfOpen: true }, (socket) => {
    sockets.add(socket);
    outcomes.push(tls.accept({ channel: channelOf(socket), first: new Uint8Array(0) }, context, seconds));
    wake();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  return {
    port,
    async next(): Promise<Outcome> {
      if (outcomes.length === 0) {
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
      return outcomes.shift() as Promise<Outcome>;
    },
  };
}

function clientTo(port: number, options: ConnectionOptions = {}): TLSSocket {
  const socket = connect({ port, host: '127.0.0.1', rejectUnauthorized: false, ...options });
  sockets.add(socket);
  socket.on('error', () => {});
  return socket;
}

async function both(context: TlsContext, options: ConnectionOptions = {}) {
  const listener = await listen(context);
  const socket = clientTo(listener.port, options);
  const connection = await listener.next();
  if ('failure' in connection) throw new Error(connection.failure);
  return { socket, connection, listener };
}

const textOf = async (connection: TlsConnection): Promise<string> => {
  const read = await connection.channel.read(10);
  return typeof read === 'string' ? `(${read})` : fromOctets(read);
};

for (const [what, made] of Object.entries(CHANNELS))
  describe(`TLS over ${what}`, () => {
    beforeAll(() => {
      channelOf = made;
      scratch = scratchDirectory();
      own = makeCertificate(scratch, { name: 'mx', kind: 'ec', names: ['mx.example.com'] });
      authority = makeCertificate(scratch, { name: 'ca', kind: 'ec', names: [] });
      client = makeCertificate(scratch, {
        name: 'client, of us',
        kind: 'ec',
        names: [],
        email: 'joe@example.com',
        issuer: authority,
      });
    });

    afterAll(() => removeDirectory(scratch));

    it.each([
      ['TLSv1.3', 'TLS_AES_256_GCM_SHA384', 256],
      ['TLSv1.2', 'ECDHE-ECDSA-AES128-GCM-SHA256', 128],
      ['TLSv1.2', 'ECDHE-ECDSA-CHACHA20-POLY1305', 256],
      ['TLSv1.2', 'ECDHE-ECDSA-AES256-SHA384', 256],
    ] as const)('speaks %s with %s', async (version, cipher, bits) => {
      const { socket, connection } = await both(contextOf(), {
        minVersion: version,
        maxVersion: version,
        ...(version === 'TLSv1.2' ? { ciphers: cipher } : {}),
      });
      expect(connection).toMatchObject({ version, cipher, bits, resumed: false, client: null });
      socket.write('hello');
      expect(await textOf(connection)).toBe('hello');
      connection.channel.write('hello yourself', 10);
      expect(String((await once(socket, 'data'))[0])).toBe('hello yourself');
    });

    it.each(['TLSv1', 'TLSv1.1'] as const)('does not speak %s', async (version) => {
      const listener = await listen(contextOf());
      clientTo(listener.port, { minVersion: version, maxVersion: version, ciphers: 'ALL:@SECLEVEL=0' });
      expect(await listener.next()).toEqual({ failure: expect.stringContaining('ERR_SSL') });
    });

    it('is not renegotiated', async () => {
      const listener = await listen(contextOf());
      const socket = clientTo(listener.port, { maxVersion: 'TLSv1.2' });
      await once(socket, 'secureConnect');
      const refused = new Promise((resolve) => {
        socket.once('error', resolve);
        socket.renegotiate({}, resolve);
      });
      expect(String(await refused)).toMatch(/renegotiation/i);
    });

    it('binds to the connection as the client does', async () => {
      const { socket, connection } = await both(contextOf());
      const material = socket.exportKeyingMaterial(32, 'EXPORTER-Channel-Binding', Buffer.alloc(0));
      expect(connection.exporter()).toBe(fromOctets(material));
    });

    it('resumes a session', async () => {
      const context = contextOf();
      const { socket, listener } = await both(context);
      const [session] = await once(socket, 'session');
      const again = clientTo(listener.port, { session });
      await once(again, 'secureConnect');
      expect(again.isSessionReused()).toBe(true);
      expect(await listener.next()).toMatchObject({ resumed: true });
    });

    it('resumes it by the same ticket keys in another context, which may be another process', async () => {
      const ticketKeys = Buffer.alloc(48, 7);
      const { socket } = await both(contextOf({ ticketKeys }));
      const [session] = await once(socket, 'session');
      server?.close();
      const { connection } = await both(contextOf({ ticketKeys }), { session });
      expect(connection.resumed).toBe(true);
    });

    describe('knows of a client’s certificate', () => {
      const shown = (): ConnectionOptions => ({ cert: client.certText, key: client.keyText });

      it('that it is good', async () => {
        const { connection } = await both(contextOf({ clientCa: authority.certText }), shown());
        expect(connection.client).toEqual({
          verified: true,
          subject: expect.stringContaining('CN=client\\, of us'),
          issuer: expect.stringContaining('CN=ca'),
          fingerprint: expect.stringMatching(/^[0-9a-f]{64}$/),
          der: new X509Certificate(client.certText).raw,
          emails: expect.arrayContaining(['joe@example.com']),
        });
      });

      it('that nobody known has signed it, and goes on', async () => {
        const { connection } = await both(contextOf({ clientCa: own.certText }), shown());
        expect(connection.client).toMatchObject({ verified: false });
      });

      it('that there is none, and goes on', async () => {
        const { connection } = await both(contextOf({ clientCa: authority.certText }));
        expect(connection.client).toBeNull();
      });

      it('nothing where none was asked for', async () => {
        const { connection } = await both(contextOf(), shown());
        expect(connection.client).toBeNull();
      });
    });

    describe('ends', () => {
      it('when the client ends, and what it has said before is heard', async () => {
        const { socket, connection } = await both(contextOf());
        socket.end('last words');
        expect(await textOf(connection)).toBe('last words');
        expect(await textOf(connection)).toBe('(end)');
      });

      it('with a client that goes on to listen, who hears the answer', async () => {
        const { socket, connection } = await both(contextOf());
        socket.end('QUIT');
        const heard = once(socket, 'data');
        expect(await textOf(connection)).toBe('QUIT');
        expect(connection.channel.write('221', 10)).not.toBe(false);
        expect(String((await heard)[0])).toBe('221');
      });

      it('without close_notify, when the client is cut off', async () => {
        const listener = await listen(contextOf());
        const raw = connectTcp(listener.port, '127.0.0.1');
        const secured = once(clientTo(0, { socket: raw }), 'secureConnect');
        const connection = await listener.next();
        if ('failure' in connection) throw new Error(connection.failure);
        await secured;
        raw.resetAndDestroy();
        expect(await textOf(connection)).toBe('(end)');
      });

      it('with close_notify from us', async () => {
        const { socket, connection } = await both(contextOf());
        connection.channel.write('bye', 10);
        const ended = once(socket, 'end');
        socket.resume();
        await connection.close(10);
        await ended;
        await connection.close(10);
      });
    });

    describe('is no handshake', () => {
      const failureOf = async (says: (socket: Socket) => void, seconds = 20): Promise<unknown> => {
        const listener = await listen(contextOf(), seconds);
        const raw = connectTcp(listener.port, '127.0.0.1');
        sockets.add(raw);
        raw.on('error', () => {});
        says(raw);
        return listener.next();
      };

      it('where the client says something else', async () => {
        expect(await failureOf((raw) => raw.write('EHLO client.example\r\n'))).toHaveProperty('failure');
      });

      it('where it leaves', async () => {
        expect(await failureOf((raw) => raw.end())).toHaveProperty('failure');
        expect(await failureOf((raw) => raw.end(Buffer.from([22, 3, 1, 2])))).toHaveProperty('failure');
      });

      it('where it takes too long', async () => {
        expect(await failureOf((raw) => raw.write(Buffer.from([22, 3, 1])), 0.2)).toEqual({
          failure: 'no handshake in time',
        });
      });
    });
  });
