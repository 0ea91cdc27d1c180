// TLS for sessions, behind a door: certificates from the store, the client's hello read before anything else (which certificate it gets is
// decided by that, on every runtime the same), the handshake, and what a session may know of it. One of these per process.

import type { Channel, StartedTls, TlsReady } from '../session/index.ts';
import { loadTls, type TlsConnection, type TlsEngine } from '../sys/index.ts';
import {
  type Certificate,
  type Hello,
  type Loaded,
  mayRelay,
  openTlsStore,
  parseClientHello,
  type TlsFiles,
} from '../tls/index.ts';
import { FAREWELL_SECONDS } from './services.ts';

/** Seconds for a client's first message, and as many for the rest of the handshake. */
const HANDSHAKE_SECONDS = 30;

export type PrepareTls = (files: TlsFiles) => Promise<TlsReady | { readonly problem: string }>;

/**
 * @param shared for more clients than one
 * @param complain what is wrong with a new certificate while an old one is still in use
 */
export async function openTls(shared: boolean, complain: (text: string) => void): Promise<PrepareTls> {
  const { tls } = await loadTls();
  const { keepsTickets } = tls;
  const store = openTlsStore((parts) => tls.makeContext({ ...parts, shared }), complain, { keepsTickets });
  return async (files) => {
    const loaded = store.current(files);
    return 'problem' in loaded ? loaded : { start: (channel) => start(channel, loaded, tls) };
  };
}

type Context = ReturnType<TlsEngine['makeContext']>;

async function start(
  channel: Channel,
  loaded: Loaded<Context>,
  engine: TlsEngine,
): Promise<StartedTls | { readonly failure: string }> {
  const hello = await readHello(channel);
  if ('failure' in hello) return hello;
  const chosen = loaded.choose(hello);
  if ('problem' in chosen) return { failure: chosen.problem };
  const { context, certificate } = chosen;
  const connection = await engine.accept({ channel, first: hello.octets }, context, HANDSHAKE_SECONDS);
  if ('failure' in connection) return connection;
  return startedTls(connection, { hello, certificate, loaded });
}

type HelloRead = Hello & { readonly octets: Uint8Array };

async function readHello(channel: Channel): Promise<HelloRead | { readonly failure: string }> {
  let octets = new Uint8Array(0);
  const until = Date.now() + HANDSHAKE_SECONDS * 1000;
  for (;;) {
    const read = await channel.read(Math.max(0, (until - Date.now()) / 1000));
    if (read === 'timeout') return { failure: 'no handshake in time' };
    if (typeof read === 'string') return { failure: 'the client has left' };
    octets = joined(octets, read);
    const hello = parseClientHello(octets);
    if (hello.kind === 'no-tls') return { failure: 'what the client says is not TLS' };
    if (hello.kind === 'hello') return { ...hello, octets };
  }
}

function joined(one: Uint8Array, other: Uint8Array): Uint8Array<ArrayBuffer> {
  const both = new Uint8Array(one.length + other.length);
  both.set(one);
  both.set(other, one.length);
  return both;
}

function startedTls(
  connection: TlsConnection,
  known: { readonly hello: Hello; readonly certificate: Certificate; readonly loaded: Loaded<Context> },
): StartedTls {
  const { channel, version, cipher, bits, client } = connection;
  const { hello, certificate, loaded } = known;
  const verified = client?.verified === true && loaded.isUnrevoked(client.der, Date.now());
  return {
    channel,
    facts: {
      version,
      cipher,
      bits,
      sni: hello.serverName ?? '',
      verified,
      subject: client?.subject ?? '',
      issuer: client?.issuer ?? '',
      fingerprint: client?.fingerprint ?? '',
    },
    mayRelay: verified && mayRelay(client?.emails ?? [], loaded.clients),
    canBind: true,
    channelBinding(type) {
      if (type === 'tls-server-end-point') return certificate.endPointHash;
      // RFC 9266 §3: before TLS 1.3 it would not tell two connections apart without extended master secrets.
      return type === 'tls-exporter' && version === 'TLSv1.3' ? connection.exporter() : null;
    },
    close: () => connection.close(FAREWELL_SECONDS),
  };
}
