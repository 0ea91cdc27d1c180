// The fields of a certificate (RFC 5280 §4.1) that say which it is, how long it is valid and whether another one has signed it. Pure.
// For certificates as everybody makes them: what is written in another way than DER and RFC 5280 have it is null, and
// whether the rest makes sense is for the TLS library to say.

import { contentsOf, type Element, element, elementsIn, hexOf } from './der.ts';

export interface CertificateFields {
  /** Serial number in DER, without its header, as octet string. */
  readonly serial: string;
  /** Names in DER, without their header, as octet strings. */
  readonly issuer: string;
  readonly subject: string;
  /** Milliseconds since 1970. */
  readonly notBefore: number;
  readonly notAfter: number;
  /** Values in DER, as octet strings, by the object identifier in hexadecimal. */
  readonly extensions: ReadonlyMap<string, string>;
}

const VERSION = 0xa0;
const EXTENSIONS = 0xa3;
const UTC_TIME = 0x17;
const GENERALIZED_TIME = 0x18;

export const TIME_TAGS: readonly number[] = [UTC_TIME, GENERALIZED_TIME];

const SUBJECT_KEY_IDENTIFIER = '551d0e';
const KEY_USAGE = '551d0f';
const AUTHORITY_KEY_IDENTIFIER = '551d23';

// Certificate ::= SEQUENCE { tbsCertificate SEQUENCE { … }, signatureAlgorithm, signature }
export function fieldsOf(der: Uint8Array): CertificateFields | null {
  const certificate = element(der, 0);
  if (certificate === null || certificate.to !== der.length) return null;
  const [signed] = elementsIn(der, certificate) ?? [];
  const fields = (signed && elementsIn(der, signed)) ?? [];
  const [serial, , issuer, validity, subject, , ...optional] =
    fields[0]?.tag === VERSION ? fields.slice(1) : fields;
  const times = validity && elementsIn(der, validity)?.map((each) => timeIn(der, each));
  const [notBefore = null, notAfter = null] = times ?? [];
  const tagged = optional.find(({ tag }) => tag === EXTENSIONS);
  const extensions = tagged === undefined ? new Map<string, string>() : extensionsIn(der, tagged);
  if (!serial || !issuer || !subject || notBefore === null || notAfter === null || extensions === null)
    return null;
  return {
    serial: contentsOf(der, serial),
    issuer: contentsOf(der, issuer),
    subject: contentsOf(der, subject),
    notBefore,
    notAfter,
    extensions,
  };
}

// [3] SEQUENCE OF SEQUENCE { extnID, critical BOOLEAN DEFAULT FALSE, extnValue OCTET STRING }
function extensionsIn(der: Uint8Array, tagged: Element): ReadonlyMap<string, string> | null {
  const list = element(der, tagged.from, tagged.to);
  const all = list && elementsIn(der, list);
  if (all === null) return null;
  const values = new Map<string, string>();
  for (const extension of all) {
    const parts = elementsIn(der, extension);
    const [name, value] = [parts?.at(0), parts?.at(-1)];
    if (name === undefined || value === undefined) return null;
    values.set(hexOf(der, name), contentsOf(der, value));
  }
  return values.size === all.length ? values : null; // §4.2: each once
}

/** §4.1.2.5: with seconds, and in Greenwich Mean Time, in milliseconds since 1970; null when it is no time. */
export function timeIn(der: Uint8Array, time: Element): number | null {
  const text = contentsOf(der, time);
  if (time.tag === GENERALIZED_TIME) return timeOf(text);
  return time.tag === UTC_TIME ? timeOf(`${Number(text.slice(0, 2)) < 50 ? 20 : 19}${text}`) : null;
}

/** @param text "20261201114500Z" */
function timeOf(text: string): number | null {
  const part = (from: number): string => text.slice(from, from + 2);
  const written = `${text.slice(0, 4)}-${part(4)}-${part(6)}T${part(8)}:${part(10)}:${part(12)}.000${text.slice(14)}`;
  const time = Date.parse(written);
  // What is no day of the calendar may have become another one.
  return Number.isNaN(time) || new Date(time).toISOString() !== written || text.startsWith('0') ? null : time;
}

/** Nobody but itself has signed it, going by its names. */
export const isSelfIssued = ({ issuer, subject }: CertificateFields): boolean => issuer === subject;

/** That one has signed the other, going by names, key identifiers and what it may do; its signature is not looked at. */
export function hasSigned(signer: CertificateFields, { issuer, extensions }: CertificateFields): boolean {
  const wanted = extensions.get(AUTHORITY_KEY_IDENTIFIER);
  const own = signer.extensions.get(SUBJECT_KEY_IDENTIFIER);
  return (
    signer.subject === issuer && maySign(signer) && (wanted === undefined || wanted === authorityOf(own))
  );
}

/** The AuthorityKeyIdentifier with nothing but that key identifier, SEQUENCE { [0] keyIdentifier }, in whose place 04 stands there. */
const authorityOf = (identifier: string | undefined): string | null =>
  identifier === undefined ? null : `\x30${String.fromCharCode(identifier.length)}\x80${identifier.slice(1)}`;

/** keyCertSign is the sixth bit of keyUsage (§4.2.1.3), behind the header and the number of unused bits. */
function maySign({ extensions }: CertificateFields): boolean {
  const usage = extensions.get(KEY_USAGE);
  return usage === undefined || (usage.charCodeAt(3) & 0x04) !== 0;
}
