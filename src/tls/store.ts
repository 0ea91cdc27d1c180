// The certificates, lists and keys that are in force, by the files they are in. Each use looks at the files again (stat), so a new
// certificate counts without a restart. What cannot be used is told once, and in a process that has good ones already those
// stay in force: half of a change, such as a new certificate whose key is still the old one, does no harm. Contexts of the TLS
// library, which take milliseconds, are made when a client needs one, and made anew when a file has changed.

import { readFileSync, statSync } from 'node:fs';
import { lowerAscii } from '../text/index.ts';
import {
  type Certificate,
  type CertificateFile,
  chooseCertificate,
  readCertificates,
} from './certificates.ts';
import type { Hello } from './client-hello.ts';
import { ticketKeysAt } from './tickets.ts';

/** Absolute paths. */
export interface TlsFiles {
  /** Which one a client gets is decided by the name it asks for (SNI); the first is for those who ask for none of them. */
  readonly certificates: readonly CertificateFile[];
  /** Who signs clients' certificates; one that is not there: they are not asked for. */
  readonly clientCa: string | null;
  /** One line, OpenSSL's cipher list for TLS 1.2; may be missing. */
  readonly ciphersFile: string | null;
  /** The same as text, which goes before the file. */
  readonly ciphers: string | null;
  /** E-mail addresses in clients' certificates that may relay; may be missing. */
  readonly clientsFile: string | null;
  /** Where ticket keys are kept for other processes. */
  readonly ticketKeys: string | null;
}

export interface ContextParts {
  readonly cert: string;
  readonly key: string;
  readonly clientCa: string | null;
  readonly ciphers: string | null;
  readonly ticketKeys: Uint8Array | null;
}

export interface Loaded<Context> {
  /** @returns a problem where the TLS library refuses what the files have */
  choose(
    hello: Hello,
  ): { readonly context: Context; readonly certificate: Certificate } | { readonly problem: string };
  /** Lines of control/tlsclients, in lower case. */
  readonly clients: readonly string[];
}

export interface TlsStore<Context> {
  current(files: TlsFiles): Loaded<Context> | { readonly problem: string };
}

interface Kept<Context> {
  /** What the files were when this was read; a problem is kept too, so that it is told once. */
  readonly stamp: string;
  readonly loaded: Loaded<Context> | null;
  readonly problem: string | null;
}

/**
 * @param make may throw
 * @param complain of what is wrong while something older stays in force
 */
export function openTlsStore<Context>(
  make: (parts: ContextParts) => Context,
  complain: (text: string) => void,
): TlsStore<Context> {
  const kept = new Map<string, Kept<Context>>();
  const told = new Set<string>();
  const tellOnce = (text: string): void => {
    if (!told.has(text)) complain(text);
    told.add(text);
  };
  return {
    current(files) {
      const name = JSON.stringify(files);
      const before = kept.get(name);
      const keys = files.ticketKeys === null ? null : ticketKeysAt(files.ticketKeys, Date.now());
      if (keys !== null && 'problem' in keys) tellOnce(keys.problem);
      const ticketKeys = keys !== null && 'octets' in keys ? keys.octets : null;
      const stamp = stampOf(files, ticketKeys);
      if (before?.stamp !== stamp)
        kept.set(name, {
          stamp,
          ...renewed(before?.loaded ?? null, load(files, ticketKeys, make), complain),
        });
      const { loaded = null, problem = null } = kept.get(name) ?? {};
      return loaded ?? { problem: problem ?? 'no certificate' };
    },
  };
}

function renewed<Context>(
  before: Loaded<Context> | null,
  next: Loaded<Context> | { readonly problem: string },
  complain: (text: string) => void,
): Omit<Kept<Context>, 'stamp'> {
  if (!('problem' in next)) return { loaded: next, problem: null };
  if (before !== null) complain(`${next.problem}; what was read before stays in force`);
  return { loaded: before, problem: next.problem };
}

/** Tells any change of a file, and of what the ticket keys are. */
function stampOf(files: TlsFiles, ticketKeys: Uint8Array | null): string {
  const { certificates, clientCa, ciphersFile, clientsFile } = files;
  const paths = [...certificates.flatMap(({ cert, key }) => [cert, key]), clientCa, ciphersFile, clientsFile];
  return [...paths.map((path) => (path === null ? '' : fileStamp(path))), ticketKeys?.join(' ')].join('|');
}

function fileStamp(path: string): string {
  try {
    const { dev, ino, size, mtimeMs, ctimeMs } = statSync(path);
    return [dev, ino, size, mtimeMs, ctimeMs].join(' ');
  } catch (error) {
    return String((error as NodeJS.ErrnoException).code);
  }
}

function load<Context>(
  files: TlsFiles,
  ticketKeys: Uint8Array | null,
  make: (parts: ContextParts) => Context,
): Loaded<Context> | { readonly problem: string } {
  const certificates: Certificate[] = [];
  for (const file of files.certificates) {
    const read = readCertificates(file);
    if ('problem' in read) return read;
    certificates.push(...read);
  }
  const [first, ...others] = certificates;
  if (first === undefined) return { problem: 'no certificate is named' };
  const lists = readLists(files);
  if ('problem' in lists) return lists;
  const contexts = new Map<Certificate, Context>();
  const contextOf = (certificate: Certificate): Context => {
    const known = contexts.get(certificate);
    if (known !== undefined) return known;
    const { chain: cert, key } = certificate;
    const made = make({ ...lists.parts, cert, key, ticketKeys });
    contexts.set(certificate, made);
    return made;
  };
  const choose: Loaded<Context>['choose'] = (hello) => {
    const certificate = chooseCertificate([first, ...others], hello);
    try {
      return { certificate, context: contextOf(certificate) };
    } catch (error) {
      return { problem: unusable(files, error) };
    }
  };
  // With the first one it shows whether the library takes what is the same for all, and before anybody was told to go on.
  const tried = choose({ serverName: null, ecdsa: first.kind === 'ecdsa' });
  return 'problem' in tried ? tried : { choose, clients: lists.clients };
}

function unusable({ certificates, ciphers, ciphersFile }: TlsFiles, error: unknown): string {
  const cause = String((error as Error).message);
  if (/cipher/i.test(cause))
    return `${ciphers === null ? ciphersFile : 'tls_ciphers'}: no such ciphers (${cause})`;
  return `${certificates.map(({ cert }) => cert).join(', ')}: the TLS library says "${cause}"`;
}

interface Lists {
  readonly parts: Pick<ContextParts, 'clientCa' | 'ciphers'>;
  readonly clients: readonly string[];
}

function readLists(files: TlsFiles): Lists | { readonly problem: string } {
  const clientCa = textOf(files.clientCa);
  const ciphers = textOf(files.ciphersFile);
  const clients = textOf(files.clientsFile);
  for (const text of [clientCa, ciphers, clients]) if (text !== null && typeof text !== 'string') return text;
  const line = files.ciphers ?? ((ciphers as string | null)?.split('\n', 1)[0] ?? '').trim();
  return {
    parts: { clientCa: clientCa as string | null, ciphers: line === '' ? null : line },
    clients: linesOf((clients as string | null) ?? ''),
  };
}

// What is there and cannot be read is a problem: without a list of signers everybody would be let in the same, and so on.
function textOf(path: string | null): string | null | { readonly problem: string } {
  if (path === null) return null;
  try {
    return readFileSync(path, 'latin1');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    return code === 'ENOENT' ? null : { problem: `${path} cannot be read: ${code ?? error}` };
  }
}

const linesOf = (text: string): readonly string[] =>
  text
    .split('\n')
    .map((line) => lowerAscii(line.trim()))
    .filter((line) => line !== '' && !line.startsWith('#'));
