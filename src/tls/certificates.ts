// Certificates out of PEM files. A file may have several keys and certificates in any order, as the servercert.pem of
// qmail's patches has a key and a chain: each key finds its certificate, and each certificate its chain. What is
// wrong comes back as a sentence with the file and what it needs. A file is good as a whole or not at all, so that
// half of a change is noticed.

import type { KeyObject, X509Certificate } from 'node:crypto';
import { type Certificate, certificateOf } from './certificate.ts';
import { chainOf } from './chain.ts';
import { readText } from './file-text.ts';
import { titleOf } from './names.ts';
import { nodeCrypto } from './node-crypto.ts';
import { isCertificate, isPrivateKey, type PemBlock, pemBlocks } from './pem.ts';

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
    certificateOf({
      chain: chainOf(own, all, others.length === 0)
        .map(String)
        .join(''),
      key: ownKey.pem,
      notBefore: Date.parse(own.validFrom),
      notAfter: Date.parse(own.validTo),
      own: () => own,
      file: cert,
    });
  return [made(first), ...others.map(made)];
}

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
  const { X509Certificate } = nodeCrypto();
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
      keys.push({ key: nodeCrypto().createPrivateKey(text), pem: text });
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
