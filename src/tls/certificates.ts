// Certificates out of PEM files, and which of them a client gets. A file may have several keys and certificates in any order, as the
// servercert.pem of the patches has a key and a chain: each key finds its certificate, and each certificate its chain. What is
// wrong comes back as a sentence with the file and what to do.

import { createHash, createPrivateKey, type KeyObject, X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { fromOctets, lowerAscii } from '../text/index.ts';
import type { Hello } from './client-hello.ts';

export interface Certificate {
  /** Host names it is for, in lower case, perhaps with "*." in front. */
  readonly names: readonly string[];
  readonly kind: 'ecdsa' | 'rsa' | 'other';
  /** PEM, its own certificate first. */
  readonly chain: string;
  readonly key: string;
  /** Channel binding tls-server-end-point (RFC 5929 §4.1), as octet string. */
  readonly endPointHash: string;
  /** Milliseconds since 1970. */
  readonly notBefore: number;
  readonly notAfter: number;
}

/** A file with certificates, and the one with their keys if that is another. */
export interface CertificateFile {
  readonly cert: string;
  readonly key: string | null;
}

/** Octets of a file that are looked at. */
const FILE_OCTETS = 1024 * 1024;

const BLOCK = /-----BEGIN ([A-Z0-9 ]+)-----[^-]*-----END \1-----/g;

export function readCertificates({
  cert,
  key,
}: CertificateFile): readonly Certificate[] | { readonly problem: string } {
  try {
    const certificateBlocks = blocksIn(read(cert));
    const keyBlocks = key === null ? certificateBlocks : blocksIn(read(key));
    const certificates = certificateBlocks.filter(isCertificate).map((block) => parsed(block, cert));
    const keys = keyBlocks.filter(isKey).map((block) => parsedKey(block, key ?? cert));
    if (certificates.length === 0) throw new Problem(`${cert} has no certificate in it`);
    if (keys.length === 0) throw new Problem(`${key ?? cert} has no private key in it`);
    return keys.map((each) => paired(each, certificates, { cert, key }));
  } catch (error) {
    if (error instanceof Problem) return { problem: error.message };
    throw error;
  }
}

class Problem extends Error {}

interface Parsed {
  readonly x509: X509Certificate;
  readonly pem: string;
}

interface ParsedKey {
  readonly key: KeyObject;
  readonly pem: string;
}

function read(path: string): string {
  let octets: Buffer;
  try {
    octets = readFileSync(path);
  } catch (error) {
    throw new Problem(`${path} cannot be read: ${(error as NodeJS.ErrnoException).code ?? error}`);
  }
  if (octets.length > FILE_OCTETS) throw new Problem(`${path} has more than ${FILE_OCTETS} octets`);
  return octets.toString('latin1');
}

const blocksIn = (text: string): readonly string[] => [...text.matchAll(BLOCK)].map(([block]) => block);
const isCertificate = (block: string): boolean =>
  /^-----BEGIN (?:X509 |TRUSTED )?CERTIFICATE-----/.test(block);
const isKey = (block: string): boolean => /^-----BEGIN [A-Z ]*PRIVATE KEY-----/.test(block);

function parsed(pem: string, path: string): Parsed {
  try {
    return { x509: new X509Certificate(pem), pem };
  } catch {
    throw new Problem(`${path} has a certificate that cannot be read; write it anew`);
  }
}

function parsedKey(pem: string, path: string): ParsedKey {
  if (/ENCRYPTED/.test(pem)) {
    throw new Problem(
      `${path} has a key with a pass phrase, which nobody is there to type; store it without`,
    );
  }
  try {
    return { key: createPrivateKey(pem), pem };
  } catch {
    throw new Problem(`${path} has a private key that cannot be read; write it anew`);
  }
}

function paired(
  { key, pem }: ParsedKey,
  certificates: readonly Parsed[],
  { cert, key: keyFile }: CertificateFile,
): Certificate {
  const own = certificates.find(({ x509 }) => x509.checkPrivateKey(key));
  if (own === undefined) {
    throw new Problem(`${keyFile ?? cert} has a private key for which ${cert} has no certificate`);
  }
  const { x509 } = own;
  return {
    names: namesOf(x509),
    kind: kindOf(key),
    chain: chainOf(own, certificates)
      .map((each) => `${each.pem}\n`)
      .join(''),
    key: pem,
    endPointHash: endPointHash(x509),
    notBefore: Date.parse(x509.validFrom),
    notAfter: Date.parse(x509.validTo),
  };
}

function kindOf({ asymmetricKeyType }: KeyObject): Certificate['kind'] {
  if (asymmetricKeyType === 'ec') return 'ecdsa';
  return asymmetricKeyType === 'rsa' ? 'rsa' : 'other';
}

// From issuer to issuer, as far as the file goes; the root may be left out, and be there.
function chainOf(first: Parsed, certificates: readonly Parsed[]): readonly Parsed[] {
  const chain = [first];
  for (let last = first; ; ) {
    const next = certificates.find((each) => !chain.includes(each) && last.x509.checkIssued(each.x509));
    if (next === undefined) return chain;
    chain.push(next);
    last = next;
  }
}

// RFC 6125 §6.4.4: the common name counts where there are no other names.
function namesOf({ subjectAltName, subject }: X509Certificate): readonly string[] {
  const alternative = [...(subjectAltName ?? '').matchAll(/(?:^|, )DNS:"?([^",\s]+)/g)];
  if (alternative.length > 0) return alternative.map(([, name = '']) => lowerAscii(name));
  const common = /^CN=(\S+)$/m.exec(subject ?? '')?.[1];
  return common === undefined ? [] : [lowerAscii(common)];
}

/** Hashes in names of signature algorithms that RFC 5929 §4.1 keeps; MD5 and SHA-1 become SHA-256. */
function endPointHash({ raw }: X509Certificate): string {
  const name = signatureHash(raw);
  return fromOctets(createHash(name).update(raw).digest());
}

// signatureAlgorithm stands behind the signed part: an object identifier whose last arc tells the hash.
function signatureHash(der: Uint8Array): 'sha256' | 'sha384' | 'sha512' {
  const outer = element(der, 0);
  const signed = outer && element(der, outer.from);
  const algorithm = signed && element(der, signed.to);
  const identifier = algorithm && element(der, algorithm.from);
  if (!identifier) return 'sha256';
  const oid = Buffer.from(der.subarray(identifier.from, identifier.to)).toString('hex');
  return SIGNATURE_HASHES[oid] ?? 'sha256';
}

/** sha384WithRSAEncryption, sha512WithRSAEncryption, ecdsa-with-SHA384, ecdsa-with-SHA512. */
const SIGNATURE_HASHES: Readonly<Record<string, 'sha384' | 'sha512'>> = {
  '2a864886f70d01010c': 'sha384',
  '2a864886f70d01010d': 'sha512',
  '2a8648ce3d040303': 'sha384',
  '2a8648ce3d040304': 'sha512',
};

/** Where the content of a DER element at `at` begins and ends. */
function element(der: Uint8Array, at: number): { readonly from: number; readonly to: number } | null {
  const first = der[at + 1];
  if (first === undefined) return null;
  if (first < 0x80) return { from: at + 2, to: at + 2 + first };
  const count = first & 0x7f;
  let length = 0;
  for (let index = 0; index < count; index += 1) length = length * 256 + (der[at + 2 + index] ?? 0);
  const from = at + 2 + count;
  return from + length > der.length ? null : { from, to: from + length };
}

/** The one that fits a client best: by name, and of those with an equally good one by what it can check. */
export function chooseCertificate<Of extends Pick<Certificate, 'names' | 'kind'>>(
  certificates: readonly [Of, ...Of[]],
  { serverName, ecdsa }: Hello,
): Of {
  let best = certificates[0];
  let most = -1;
  for (const each of certificates) {
    const isOfFirst = each.names.join() === certificates[0].names.join();
    const name = serverName === null ? 0 : matchOf(each.names, serverName);
    const check = checkable(each.kind, ecdsa);
    // Without a common algorithm there is no handshake at all, whatever the names are.
    const value = (check > 0 ? 100 : 0) + (name > 0 ? name * 10 : isOfFirst ? 5 : 0) + check;
    if (value > most) {
      best = each;
      most = value;
    }
  }
  return best;
}

const checkable = (kind: Certificate['kind'], ecdsa: boolean): number =>
  kind === 'rsa' ? 2 : kind === 'ecdsa' ? (ecdsa ? 3 : 0) : 1;

// RFC 6125 §6.4.3: an asterisk is the whole first label.
function matchOf(names: readonly string[], serverName: string): 0 | 1 | 2 {
  if (names.includes(serverName)) return 2;
  const dot = serverName.indexOf('.');
  return dot > 0 && names.includes(`*${serverName.slice(dot)}`) ? 1 : 0;
}
