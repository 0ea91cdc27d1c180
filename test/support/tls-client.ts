// A client that speaks TLS, led by hand as the one of smtp-client.ts: by STARTTLS, or from the first octet. No certificate is
// distrusted unless asked for.

import { once } from 'node:events';
import { type ConnectionOptions, connect, type TLSSocket } from 'node:tls';
import { within } from './serve.ts';
import { clientOn, greeted, type SmtpClient } from './smtp-client.ts';

export interface TlsClient extends SmtpClient {
  readonly tls: TLSSocket;
}

const TRUSTING: ConnectionOptions = { rejectUnauthorized: false };

/** The handshake behind 220. @throws when there is none */
export async function startTls(client: SmtpClient, options: ConnectionOptions = {}): Promise<TlsClient> {
  const reply = await client.ask('STARTTLS');
  if (!reply.startsWith('220')) throw new Error(`STARTTLS: "${reply}"`);
  return handshake(connect({ ...TRUSTING, ...options, socket: client.socket }));
}

/** Greeted, and then TLS. */
export async function starttlsClient(port: number, options?: ConnectionOptions): Promise<TlsClient> {
  return startTls(await greeted(port), options);
}

/** TLS from the first octet; greeted. */
export async function smtpsClient(port: number, options: ConnectionOptions = {}): Promise<TlsClient> {
  const client = await handshake(connect({ ...TRUSTING, ...options, host: '127.0.0.1', port }));
  const greeting = await client.reply();
  if (!greeting.startsWith('220')) throw new Error(`instead of a greeting: "${greeting}"`);
  return client;
}

async function handshake(tls: TLSSocket): Promise<TlsClient> {
  const client = clientOn(tls);
  await within('a handshake', () => '', once(tls, 'secureConnect'));
  return { ...client, tls };
}
