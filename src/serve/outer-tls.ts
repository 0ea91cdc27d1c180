// TLS that somebody in front of us speaks: a wrapper that has done so from the first octet and tells in the environment what it found
// (sslserver, s6-tlsserver: names of Apache's mod_ssl), and UCSPI-TLS, which starts when it is told to. Who trusts what
// stands there is said by the run script.

import type { Channel, Secured, StartedTls, TlsReady } from '../session/index.ts';
import { sys } from '../sys/index.ts';
import { fromNative, fromOctets } from '../text/index.ts';
import type { Environment } from './environment.ts';
import type { UcspiTls } from './security.ts';

/** Seconds for whoever speaks TLS to do the handshake and tell of it. */
const HANDSHAKE_SECONDS = 60;
/** Octets of what it tells; certificates of clients may be among it. */
const TOLD_OCTETS = 64 * 1024;

/** null when the variables tell of no TLS. */
export function outerTls(env: Environment): Secured | null {
  const value = (...names: readonly string[]): string => {
    for (const name of names) {
      const found = env[`SSL_${name}`] ?? env[`TLS_${name}`];
      if (found !== undefined && found !== '') return fromNative(found);
    }
    return '';
  };
  const version = value('PROTOCOL', 'VERSION');
  if (version === '') return null;
  const verified = value('CLIENT_VERIFY', 'PEER_VERIFY') === 'SUCCESS';
  return {
    facts: {
      version,
      cipher: value('CIPHER') || 'unknown',
      bits: Number(value('CIPHER_USEKEYSIZE')) || 0,
      sni: value('TLS_SNI', 'TLS_SNI_SERVERNAME', 'SNI'),
      verified,
      subject: value('CLIENT_S_DN', 'PEER_CERT_SUBJECT'),
      issuer: value('CLIENT_I_DN', 'PEER_CERT_ISSUER'),
      fingerprint: value('PEER_CERT_HASH').replace(/^SHA256:/, ''),
    },
    mayRelay: false,
    canBind: false,
    channelBinding: () => null,
  };
}

/** STARTTLS by UCSPI-TLS. There are no certificates of ours, so it is always ready. */
export async function ucspiTls(descriptors: UcspiTls): Promise<TlsReady> {
  return {
    start(client) {
      client.release?.(); // what the client says next is for whoever does the handshake
      return startByControl(descriptors);
    },
  };
}

async function startByControl({
  control,
  read,
  write,
}: UcspiTls): Promise<StartedTls | { readonly failure: string }> {
  const told = await ask(sys.openDescriptors(control, control));
  if (told === null) return { failure: 'UCSPI-TLS: no answer on SSLCTLFD' };
  const secured = outerTls(told) ?? outerTls({ SSL_PROTOCOL: 'TLS' });
  if (secured === null) return { failure: 'UCSPI-TLS: nothing is told of the connection' };
  return {
    ...secured,
    channel: sys.openDescriptors(read, write),
    // It ends TLS when our end of its descriptors is closed, which is when we leave.
    close: async () => {},
  };
}

/** "Y": start, and tell what came of it, as variables that end in NUL, and one NUL more. null: it did not work. */
async function ask(control: Channel): Promise<Environment | null> {
  if (!(await control.write('Y', HANDSHAKE_SECONDS))) return null;
  let text = '';
  const until = Date.now() + HANDSHAKE_SECONDS * 1000;
  while (!/(?:^|\0)\0$/.test(text)) {
    const octets = await control.read(Math.max(0, (until - Date.now()) / 1000));
    if (typeof octets === 'string') return null;
    text += fromOctets(octets);
    if (text.length > TOLD_OCTETS) return null;
  }
  const variables = text.split('\0').filter((entry) => entry.includes('='));
  return Object.fromEntries(
    variables.map((entry) => [entry.slice(0, entry.indexOf('=')), entry.slice(entry.indexOf('=') + 1)]),
  );
}
