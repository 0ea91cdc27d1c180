// Certificates out of PEM files. A file may have several keys and certificates in any order, as the servercert.pem of
// qmail's patches has a key and a chain: each key finds its certificate, and each certificate its chain. What is
// wrong comes back as a sentence with the file and what it needs. A file is good as a whole or not at all, so that
// half of a change is noticed.

import { createPrivateKey, type KeyObject, X509Certificate } from 'node:crypto';
import { chainOf } from './chain.ts';
import { endPointHash } from './end-point-hash.ts';
import { readText } from './file-text.ts';
import { namesOf, titleOf } from './names.ts';
import { isCertificate, isPrivateKey, type PemBlock, pemBlocks } from './pem.ts';

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

/** A file with certificates, and the one with their keys if that is another. */
export interface CertificateFile {
  readonly cert: string;
  readonly key: string | null;
}

/** A sentence without a full stop: "/path has no certificate in it, and needs one as PEM". */
export interface Problem {
  readonly problem: string;
}

/** At least one. */
export type Some<T> = readonly [T, ...T[]];

/** @returns in the order of the file with the certificates */
export function readCertificates({ cert, key }: CertificateFile): Some<Certificate> | Problem {
  const certText = readText(cert);
  if ('problem' in certText) return { problem: certText.problem };
  const keyText = key === null ? certText : readText(key);
  if ('problem' in keyText) return { problem: keyText.problem };
  const all = certificatesIn(pemBlocks(certText.text), cert);
  if ('problem' in all) return all;
  const keys = keysIn(pemBlocks(keyText.text), key ?? cert);
  if ('problem' in keys) return keys;
  const pairs = pairsOf(all, keys, { cert, key });
  if ('problem' in pairs) return pairs;
  const [first, ...others] = pairs;
  const made = ({ own, key: ownKey }: Pair): Certificate =>
    certificateOf(ownKey, chainOf(own, all, others.length === 0), cert);
  return [made(first), ...others.map(made)];
}

/** A warning when the certificate is not valid at the time; null when it is. @param now milliseconds since 1970 */
export function validityWarning({ title, notBefore, notAfter }: Certificate, now: number): string | null {
  if (now > notAfter) return `certificate ${title} has ended on ${dateText(notAfter)}; renew it`;
  if (now >= notBefore) return null;
  return `certificate ${title} is not valid before ${dateText(notBefore)}; set the clock, or renew it`;
}

const dateText = (time: number): string => `${new Date(time).toISOString().slice(0, 19)}Z`;

interface Key {
  readonly key: KeyObject;
  readonly pem: string;
}

interface Pair {
  readonly own: X509Certificate;
  readonly key: Key;
}

/** Each once. */
function certificatesIn(blocks: readonly PemBlock[], file: string): Some<X509Certificate> | Problem {
  const found = new Map<string, X509Certificate>();
  for (const { text } of blocks.filter(isCertificate)) {
    try {
      const certificate = new X509Certificate(text);
      if (!found.has(certificate.fingerprint256)) found.set(certificate.fingerprint256, certificate);
    } catch (error) {
      return {
        problem: `${file} has a certificate that cannot be used (${messageOf(error)}), and needs another`,
      };
    }
  }
  const [first, ...others] = found.values();
  return first === undefined
    ? { problem: `${file} has no certificate in it, and needs one as PEM` }
    : [first, ...others];
}

function keysIn(blocks: readonly PemBlock[], file: string): readonly Key[] | Problem {
  const keys: Key[] = [];
  for (const { text, encrypted } of blocks.filter(isPrivateKey)) {
    if (encrypted) {
      return {
        problem: `${file} has a private key with a pass phrase, which nobody types; it must be decrypted`,
      };
    }
    try {
      keys.push({ key: createPrivateKey(text), pem: text });
    } catch (error) {
      return {
        problem: `${file} has a private key that cannot be used (${messageOf(error)}), and needs another`,
      };
    }
  }
  return keys;
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/** The first certificate of each key. */
function pairsOf(
  all: Some<X509Certificate>,
  keys: readonly Key[],
  { cert, key: keyFile }: CertificateFile,
): Some<Pair> | Problem {
  const left = new Set(keys);
  const pairs: Pair[] = [];
  for (const own of all) {
    const key = [...left].find((each) => own.checkPrivateKey(each.key));
    if (key === undefined) continue;
    pairs.push({ own, key });
    left.delete(key);
  }
  const where = keyFile ?? cert;
  const title = titleOf(all.find((each) => !each.ca) ?? all[0]);
  const [first, ...others] = pairs;
  if (keys.length === 0)
    return { problem: `${where} has no private key for certificate ${title}, and needs it` };
  if (first === undefined) {
    return {
      problem: `${where} has the private key of another certificate than ${title}, and needs the right one`,
    };
  }
  if (left.size > 0) {
    return { problem: `${where} has one more private key, for which there is no certificate in ${cert}` };
  }
  return [first, ...others];
}

function certificateOf({ key, pem }: Key, chain: Some<X509Certificate>, file: string): Certificate {
  const [own] = chain;
  return {
    names: namesOf(own),
    kind: kindOf(key),
    chain: chain.map((each) => each.toString()).join(''),
    key: pem,
    // Most clients never ask for it, and it takes a process longer than all the rest.
    get endPointHash() {
      return endPointHash(own.raw);
    },
    notBefore: Date.parse(own.validFrom),
    notAfter: Date.parse(own.validTo),
    fingerprint: own.fingerprint256.replaceAll(':', '').toLowerCase(),
    title: `${titleOf(own)} in ${file}`,
  };
}

/** P-256, P-384 and P-521 are what clients know. */
const USUAL_CURVES: readonly (string | undefined)[] = ['prime256v1', 'secp384r1', 'secp521r1'];

function kindOf({ asymmetricKeyType: type, asymmetricKeyDetails: details }: KeyObject): Certificate['kind'] {
  if (type === 'ec' && USUAL_CURVES.includes(details?.namedCurve)) return 'ecdsa';
  return type === 'rsa' ? 'rsa' : 'other';
}
