// Channel binding tls-server-end-point (RFC 5929 §4.1): a hash of our own certificate, by the hash function of its
// signature. Where that is not known, or the signature has none of its own (Ed25519), it is SHA-256, as it is for MD5
// and SHA-1.

import { fromOctets } from '../text/index.ts';
import { element, hexOf } from './der.ts';
import { nodeCrypto } from './node-crypto.ts';

type Hash = 'sha256' | 'sha384' | 'sha512';

/** Object identifiers, in hexadecimal, of signatures with these hashes: by RSA (RFC 8017), and by ECDSA (RFC 5758). */
const SIGNATURES: Readonly<Record<string, Hash>> = {
  '2a864886f70d01010c': 'sha384',
  '2a864886f70d01010d': 'sha512',
  '2a8648ce3d040303': 'sha384',
  '2a8648ce3d040304': 'sha512',
};

/** RSASSA-PSS has the hash among its parameters (RFC 4055 §3.1). */
const PSS = '2a864886f70d01010a';
const HASHES: Readonly<Record<string, Hash>> = {
  '608648016503040202': 'sha384',
  '608648016503040203': 'sha512',
};

/** @param der the certificate. @returns octet string */
export function endPointHash(der: Uint8Array): string {
  return fromOctets(nodeCrypto().createHash(signatureHash(der)).update(der).digest());
}

// Certificate ::= SEQUENCE { tbsCertificate, signatureAlgorithm SEQUENCE { algorithm, parameters }, signature } (RFC 5280 §4.1).
function signatureHash(der: Uint8Array): Hash {
  const certificate = element(der, 0);
  const signed = certificate && element(der, certificate.from);
  const algorithm = signed && element(der, signed.to);
  const identifier = algorithm && element(der, algorithm.from);
  if (!identifier) return 'sha256';
  const name = hexOf(der, identifier);
  const hash = name === PSS ? HASHES[pssHash(der, identifier.to)] : SIGNATURES[name];
  return hash ?? 'sha256';
}

// Parameters ::= SEQUENCE { [0] SEQUENCE { algorithm, … }, … }
function pssHash(der: Uint8Array, at: number): string {
  const parameters = element(der, at);
  const tagged = parameters && der[parameters.from] === 0xa0 ? element(der, parameters.from) : null;
  const algorithm = tagged && element(der, tagged.from);
  const identifier = algorithm && element(der, algorithm.from);
  return identifier ? hexOf(der, identifier) : '';
}
