// The files that TLS is set up from, and what is in them. Which may be missing is said at each; one that is there and
// cannot be read is a problem, and never taken for missing.

import type { Certificate } from './certificate.ts';
import { fieldsOf } from './certificate-fields.ts';
import { type CertificateFile, type Problem, readCertificates, type Some } from './certificates.ts';
import { clientLines } from './client-names.ts';
import { readText } from './file-text.ts';
import { isCertificate, isRevocationList, octetsIn, pemBlocks } from './pem.ts';
import { readPlainCertificate } from './plain-certificate.ts';
import { type Revocations, revocationListOf } from './revocation.ts';

/** Absolute paths. */
export interface TlsFiles {
  /** Which one a client gets is decided by the name it asks for (SNI); the first is for those who ask for none of them. */
  readonly certificates: readonly CertificateFile[];
  /** Who signs clients' certificates; one that is not there: they are not asked for. */
  readonly clientCa: string | null;
  /** Which of clients' certificates are good no more; one that is not there: nobody keeps account of it. */
  readonly clientCrl: string | null;
  /** OpenSSL's cipher list for TLS 1.2, which may be spread over lines; may be missing. */
  readonly ciphersFile: string | null;
  /** The same as text, which goes before the file. */
  readonly ciphers: string | null;
  /** E-mail addresses in clients' certificates that may relay; may be missing. */
  readonly clientsFile: string | null;
  /** Where ticket keys are kept for other processes. */
  readonly ticketKeys: string | null;
}

/** What is in them, save for the ticket keys. */
export interface Contents extends OtherContents {
  readonly certificates: Some<Certificate>;
}

/** … and save for the certificates. */
export interface OtherContents {
  /** PEM. */
  readonly clientCa: string | null;
  /** null: all that are signed are good. */
  readonly revocations: Revocations | null;
  readonly ciphers: string | null;
  readonly clients: readonly string[];
}

/** All files whose changes count, in an order of their own. */
export function pathsOf(files: TlsFiles): readonly string[] {
  const { certificates, clientCa, clientCrl, ciphersFile, clientsFile } = files;
  const own = certificates.flatMap(({ cert, key }) => [cert, key]);
  return [...own, clientCa, clientCrl, ciphersFile, clientsFile].filter((path) => path !== null);
}

/** The same in short where there is one certificate, with its key on trust (see plain-certificate.ts); null: read it in full. */
export function readPlainContents(files: TlsFiles): Contents | null {
  const [file, ...more] = files.certificates;
  const certificate = file === undefined || more.length > 0 ? null : readPlainCertificate(file);
  if (certificate === null) return null;
  const others = readOtherFiles(files);
  return 'problem' in others ? null : { certificates: [certificate], ...others };
}

export function readContents(files: TlsFiles): Contents | Problem {
  const certificates: Certificate[] = [];
  for (const file of files.certificates) {
    const read = readCertificates(file);
    if ('problem' in read) return read;
    certificates.push(...read);
  }
  const [first, ...others] = certificates;
  if (first === undefined) return { problem: 'no file with a certificate is named' };
  const contents = readOtherFiles(files);
  return 'problem' in contents ? contents : { certificates: [first, ...others], ...contents };
}

export function readOtherFiles(files: TlsFiles): OtherContents | Problem {
  const clientCa = ifThere(files.clientCa);
  if ('problem' in clientCa) return clientCa;
  if (clientCa.text !== null && !pemBlocks(clientCa.text).some(isCertificate)) {
    return { problem: `${files.clientCa} has no certificate in it, and needs one as PEM` };
  }
  const revocations = clientCa.text === null ? null : revocationsIn(files.clientCrl, clientCa.text);
  if (revocations !== null && 'problem' in revocations) return revocations;
  const ciphers = ifThere(files.ciphers === null ? files.ciphersFile : null);
  if ('problem' in ciphers) return ciphers;
  const clients = ifThere(files.clientsFile);
  if ('problem' in clients) return clients;
  const cipherList = files.ciphers?.trim() ?? listLines(ciphers.text ?? '').join(':');
  return {
    clientCa: clientCa.text,
    revocations,
    ciphers: cipherList || null,
    clients: clients.text === null ? [] : clientLines(clients.text),
  };
}

function revocationsIn(path: string | null, clientCa: string): Revocations | null | Problem {
  const read = ifThere(path);
  if ('problem' in read) return read;
  if (read.text === null) return null;
  const lists = pemBlocks(read.text).filter(isRevocationList).map(octetsIn).map(revocationListOf);
  if (lists.length === 0)
    return { problem: `${path} has no list of revoked certificates in it, and needs one as PEM` };
  const understood = lists.filter((list) => list !== null);
  if (understood.length < lists.length)
    return { problem: `${path} has a list that is not of all certificates, or none at all: get a whole one` };
  const authorities = pemBlocks(clientCa).filter(isCertificate).map(octetsIn).map(fieldsOf);
  return { lists: understood, authorities: authorities.filter((fields) => fields !== null) };
}

/** Entries of a list in qmail's syntax. */
const listLines = (text: string): readonly string[] =>
  text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('#'));

function ifThere(path: string | null): { readonly text: string | null } | Problem {
  const read = path === null ? null : readText(path);
  if (read === null || ('missing' in read && read.missing)) return { text: null };
  return read;
}
