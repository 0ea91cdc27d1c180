// The certificate in files as most have them: one key without a pass phrase, its certificate, and whoever signed that,
// in this order, all as everybody writes them. Then there is nothing to be found out, and it is read without
// node:crypto (see node-crypto.ts). That the key is one, and that of the certificate, is taken on trust: when a context
// is made of them, the TLS library says so if it is not. For files that are different in any way, certificates.ts is
// there; for those it reads the same out of these.

import { type Certificate, certificateOf } from './certificate.ts';
import { type CertificateFields, fieldsOf, hasSigned, isSelfIssued } from './certificate-fields.ts';
import type { CertificateFile, Some } from './certificates.ts';
import { readText } from './file-text.ts';
import { nodeCrypto } from './node-crypto.ts';
import { isCertificate, isPrivateKey, octetsIn, type PemBlock, pemBlocks } from './pem.ts';

/** @returns null when they are not plain, whatever the reason */
export function readPlainCertificate({ cert, key }: CertificateFile): Certificate | null {
  const certBlocks = blocksIn(cert);
  const keyBlocks = key === null ? certBlocks : blocksIn(key);
  const [ownKey, ...moreKeys] = keyBlocks.filter(isPrivateKey);
  const chain = certBlocks.filter(isCertificate);
  const [own] = chain;
  const fields = plainChain(chain);
  if (ownKey === undefined || ownKey.encrypted || moreKeys.length > 0) return null;
  if (own === undefined || fields === null) return null;
  const [{ notBefore, notAfter }] = fields;
  return certificateOf({
    chain: chain.map(({ text }) => text).join(''),
    key: ownKey.text,
    notBefore,
    notAfter,
    own: () => new (nodeCrypto().X509Certificate)(own.text),
    file: cert,
  });
}

function blocksIn(path: string): readonly PemBlock[] {
  const read = readText(path);
  return 'problem' in read ? [] : pemBlocks(read.text);
}

/** Certificates that are each signed by the next one; null when there is any doubt about it. */
function plainChain(chain: readonly PemBlock[]): Some<CertificateFields> | null {
  const fields: CertificateFields[] = [];
  for (const block of chain) {
    const der = derOf(block);
    const next = der && fieldsOf(der);
    const last = fields.at(-1);
    if (next === null || (last !== undefined && (isSelfIssued(last) || !hasSigned(next, last)))) return null;
    fields.push(next);
  }
  const [first, ...others] = fields;
  const different = new Set(chain.map(({ text }) => text));
  return first === undefined || different.size < chain.length ? null : [first, ...others];
}

const BEGIN = '-----BEGIN CERTIFICATE-----\n';
const END = '-----END CERTIFICATE-----\n';
const LINE_CHARACTERS = 64;

/** Null where it is not written as TLS libraries write it: in lines of 64 (RFC 7468 §3), and under no other label. */
function derOf(block: PemBlock): Uint8Array | null {
  const der = octetsIn(block);
  const digits = der.toString('base64');
  let lines = '';
  for (let at = 0; at < digits.length; at += LINE_CHARACTERS)
    lines += `${digits.slice(at, at + LINE_CHARACTERS)}\n`;
  return block.text === `${BEGIN}${lines}${END}` ? der : null;
}
