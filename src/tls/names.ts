// Which hosts a certificate is for (RFC 6125 §6.4): its dNSNames, or the common name where there are none; what
// cannot be the name of a host is left out. And what a certificate is called in sentences.

import type { X509Certificate } from 'node:crypto';
import { lowerAscii } from '../text/index.ts';

/** Letters, digits, hyphens and underscores, with "*." in front or not. */
const HOST_NAME = /^(?:\*\.)?[a-z0-9_-]+(?:\.[a-z0-9_-]+)*$/;

/** One entry of what node:crypto makes of the alternative names: what is out of the ordinary is a JSON string. */
const ENTRY = /(?:^|, )([^:,"]*):("(?:[^"\\]|\\.)*"|[^,"]*)/gy;

type Named = Pick<X509Certificate, 'subject' | 'subjectAltName'>;

/** @returns in lower case, each once */
export function namesOf({ subjectAltName, subject }: Named): readonly string[] {
  const alternative = [...(subjectAltName ?? '').matchAll(ENTRY)].filter(([, type]) => type === 'DNS');
  const candidates =
    alternative.length > 0 ? alternative.map(([, , name = '']) => name) : [commonName(subject) ?? ''];
  return [...new Set(candidates.map(lowerAscii).filter((name) => HOST_NAME.test(name)))];
}

/** "CN=mx.example.org"; all of the subject where it has no common name. */
export function titleOf({
  subject,
  serialNumber,
}: Pick<X509Certificate, 'subject' | 'serialNumber'>): string {
  const common = commonName(subject);
  if (common !== null) return `CN=${common}`;
  // There are certificates without any subject, whose names are all alternative ones.
  return subject ? subject.replaceAll('\n', ', ') : `number ${serialNumber}`;
}

// On a line of its own.
const commonName = (subject: string | undefined): string | null =>
  /^CN=(.+)$/m.exec(subject ?? '')?.[1] ?? null;
