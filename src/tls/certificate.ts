// A certificate of ours and all there is to know of it. What the handshake does not need is found out when somebody
// asks, because it takes node:crypto, and a process longer than all the rest.

import type { X509Certificate } from 'node:crypto';
import { endPointHash } from './end-point-hash.ts';
import { namesOf, titleOf } from './names.ts';

export interface Certificate {
  /** Host names it is for, in lower case, perhaps with "*." in front. */
  readonly names: readonly string[];
  /** What signs with its key; 'other' is what not every client can check. */
  readonly kind: 'ecdsa' | 'rsa' | 'other';
  /** PEM, its own certificate first. */
  readonly chain: string;
  /** PEM. */
  readonly key: string;
  /** Channel binding tls-server-end-point (RFC 5929 §4.1), as octet string. */
  readonly endPointHash: string;
  /** Milliseconds since 1970. */
  readonly notBefore: number;
  readonly notAfter: number;
  /** SHA-256 of the whole, in lower-case hexadecimal without colons. */
  readonly fingerprint: string;
  /** For sentences: "CN=mx.example.org in /var/qmail/control/servercert.pem". */
  readonly title: string;
}

export interface CertificateParts extends Pick<Certificate, 'chain' | 'key' | 'notBefore' | 'notAfter'> {
  /** Its own certificate; asked for once. */
  readonly own: () => X509Certificate;
  /** Where it is from. */
  readonly file: string;
}

export function certificateOf({ own, file, ...parts }: CertificateParts): Certificate {
  const x509 = once(own);
  const names = once(() => namesOf(x509()));
  const kind = once(() => kindOf(x509()));
  return {
    ...parts,
    get names() {
      return names();
    },
    get kind() {
      return kind();
    },
    get endPointHash() {
      return endPointHash(x509().raw);
    },
    get fingerprint() {
      return x509().fingerprint256.replaceAll(':', '').toLowerCase();
    },
    get title() {
      return `${titleOf(x509())} in ${file}`;
    },
  };
}

function once<T>(make: () => T): () => T {
  let made: { readonly value: T } | null = null;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
}

/** P-256, P-384 and P-521 are what clients know. */
const USUAL_CURVES: readonly (string | undefined)[] = ['prime256v1', 'secp384r1', 'secp521r1'];

function kindOf({ publicKey }: X509Certificate): Certificate['kind'] {
  const { asymmetricKeyType: type, asymmetricKeyDetails: details } = publicKey;
  if (type === 'ec' && USUAL_CURVES.includes(details?.namedCurve)) return 'ecdsa';
  return type === 'rsa' ? 'rsa' : 'other';
}

/** A warning when the certificate is not valid at the time; null when it is. @param now milliseconds since 1970 */
export function validityWarning(certificate: Certificate, now: number): string | null {
  const { notBefore, notAfter } = certificate; // and the title only for a warning
  if (now > notAfter) return `certificate ${certificate.title} has ended on ${dateText(notAfter)}; renew it`;
  if (now >= notBefore) return null;
  return `certificate ${certificate.title} is not valid before ${dateText(notBefore)}; set the clock, or renew it`;
}

export const dateText = (time: number): string => `${new Date(time).toISOString().slice(0, 19)}Z`;
