// What TLS has in common on both runtimes: what is known of a connection once the handshake is over, and how long an end is waited for.

import type { PeerCertificate } from 'node:tls';
import { fromOctets } from '../text/index.ts';
import type { ClientCertificate } from './tls-types.ts';

/** Until what a client may still say is not waited for: behind its end in a handshake, and behind ours. */
export const LAST_WORDS_MS = 1000;

/** For sessions to be resumed: any name will do, as long as it is the same in all processes. */
export const SESSION_ID_CONTEXT = 'mvmtr';

export const TAKES_TOO_LONG = 'no handshake in time';
export const HAS_LEFT = 'the client has left';

/** RFC 9266 §2: its label, no context, 32 octets. */
export function exporterOf(socket: {
  exportKeyingMaterial(length: number, label: string, context: Buffer): Buffer;
}): string | null {
  try {
    return fromOctets(socket.exportKeyingMaterial(32, 'EXPORTER-Channel-Binding', Buffer.alloc(0)));
  } catch {
    return null; // the connection is gone
  }
}

/** In OpenSSL's names of ciphers; the others have keys of 128 bits. */
const KEYS_OF_256_BITS: readonly string[] = ['AES_256', 'AES256', 'CAMELLIA256', 'ARIA256', 'CHACHA20'];

/** Of the key of a cipher by OpenSSL's name. */
export const bitsOf = (cipher: string): number =>
  KEYS_OF_256_BITS.some((name) => cipher.includes(name)) ? 256 : 128;

/** @param certificate as node:tls has it, also for none: an object without a subject */
export function clientOf(
  certificate: PeerCertificate | null | undefined,
  verified: boolean,
): ClientCertificate | null {
  if (!certificate?.subject) return null;
  const { subject, issuer, fingerprint256, raw, subjectaltname = '' } = certificate;
  const named = Object.entries(subject).filter(([name]) => name === 'emailAddress');
  const alternative = [...subjectaltname.matchAll(/(?:^|, )email:([^,\s"]+)/g)].map(
    ([, email = '']) => email,
  );
  return {
    verified,
    subject: nameText(subject),
    issuer: nameText(issuer),
    fingerprint: fingerprint256.replaceAll(':', '').toLowerCase(),
    der: raw,
    emails: [...named.flatMap(([, value]) => value as string | string[]), ...alternative],
  };
}

function nameText(name: object): string {
  return Object.entries(name)
    .flatMap(([type, values]) => [values].flat().map((value) => `${type}=${escaped(String(value))}`))
    .join(',');
}

const escaped = (value: string): string => value.replace(/[,+"\\<>;=]/g, '\\$&');
