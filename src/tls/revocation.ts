// Lists of revoked certificates (RFC 5280 §5), and whether a client's certificate counts by them. Pure. Whoever has such
// a list wants to know of every certificate from the client's up to the root that it is not in the list of whoever has
// signed it; what cannot be known of one is as bad as its being in there (OpenSSL's CRL_CHECK_ALL). Signatures of lists
// are not looked at: they are a file of the administrator's, next to the one that says whom to trust.

import { type CertificateFields, fieldsOf, isSelfIssued, TIME_TAGS, timeIn } from './certificate-fields.ts';
import { contentsOf, type Element, element, elementsIn } from './der.ts';

export interface RevocationList {
  /** Name in DER, without its header, as octet string. */
  readonly issuer: string;
  /** Milliseconds since 1970 from which it counts, and until when; infinite where it does not say. */
  readonly thisUpdate: number;
  readonly nextUpdate: number;
  /** Serial numbers in DER, without their header, as octet strings. */
  readonly serials: ReadonlySet<string>;
}

export interface Revocations {
  /** Certificates of those who sign; any that are missing here are not trusted. */
  readonly authorities: readonly CertificateFields[];
  readonly lists: readonly RevocationList[];
}

const INTEGER = 0x02;
const BOOLEAN = 0x01;
const SEQUENCE = 0x30;
const EXTENSIONS = 0xa0;

/**
 * CertificateList ::= SEQUENCE { tbsCertList, signatureAlgorithm, signature }
 * TBSCertList ::= SEQUENCE { version OPTIONAL, signature, issuer, thisUpdate, nextUpdate OPTIONAL, revokedCertificates OPTIONAL,
 * [0] crlExtensions OPTIONAL }. Null for what is none, and for one that has something critical about it, such as being only of some
 * certificates (§5.2.5) or of changes (§5.2.4).
 */
export function revocationListOf(der: Uint8Array): RevocationList | null {
  const whole = element(der, 0);
  if (whole === null || whole.to !== der.length) return null;
  const [signed] = elementsIn(der, whole) ?? [];
  const rest = [...((signed && elementsIn(der, signed)) ?? [])];
  const next = (...tags: readonly number[]): Element | null =>
    tags.includes(rest[0]?.tag ?? 0) ? (rest.shift() ?? null) : null;
  next(INTEGER);
  next(SEQUENCE);
  const issuer = next(SEQUENCE);
  const [from, until] = [next(...TIME_TAGS), next(...TIME_TAGS)];
  const [revoked, extensions] = [next(SEQUENCE), next(EXTENSIONS)];
  if (issuer === null || from === null || rest.length > 0 || hasCritical(der, extensions)) return null;
  const thisUpdate = timeIn(der, from);
  const nextUpdate = until === null ? Number.POSITIVE_INFINITY : timeIn(der, until);
  const serials = revoked === null ? [] : serialsIn(der, revoked);
  if (thisUpdate === null || nextUpdate === null || serials === null) return null;
  return { issuer: contentsOf(der, issuer), thisUpdate, nextUpdate, serials: new Set(serials) };
}

/** SEQUENCE OF SEQUENCE { userCertificate, revocationDate, crlEntryExtensions OPTIONAL } */
function serialsIn(der: Uint8Array, revoked: Element): readonly string[] | null {
  const entries = elementsIn(der, revoked);
  if (entries === null) return null;
  const serials: string[] = [];
  for (const entry of entries) {
    const [serial, date, extensions = null] = elementsIn(der, entry) ?? [];
    if (serial?.tag !== INTEGER || date === undefined) return null;
    if (extensions !== null && anyCritical(der, extensions)) return null; // it may be of another issuer's (§5.3.3)
    serials.push(contentsOf(der, serial));
  }
  return serials;
}

/** @param tagged [0] Extensions */
function hasCritical(der: Uint8Array, tagged: Element | null): boolean {
  if (tagged === null) return false;
  const extensions = element(der, tagged.from, tagged.to);
  return extensions === null || anyCritical(der, extensions);
}

/** SEQUENCE OF SEQUENCE { extnID, critical BOOLEAN DEFAULT FALSE, extnValue }: what is false is not written. */
function anyCritical(der: Uint8Array, extensions: Element): boolean {
  const each = elementsIn(der, extensions);
  if (each === null) return true; // for all that is known
  return each.some((extension) => elementsIn(der, extension)?.some(({ tag }) => tag === BOOLEAN) ?? true);
}

const counts = ({ thisUpdate, nextUpdate }: RevocationList, time: number): boolean =>
  thisUpdate <= time && time < nextUpdate;

/** @param der a certificate that has been found good but for the lists. @param time milliseconds since 1970 */
export function isUnrevoked(der: Uint8Array, { authorities, lists }: Revocations, time: number): boolean {
  let certificate = fieldsOf(der);
  for (let steps = 0; certificate !== null && steps <= authorities.length; steps += 1) {
    const { issuer, serial } = certificate;
    const ofIssuer = lists.filter((list) => list.issuer === issuer && counts(list, time));
    if (ofIssuer.length === 0 || ofIssuer.some(({ serials }) => serials.has(serial))) return false;
    if (isSelfIssued(certificate)) return true;
    certificate = authorities.find(({ subject }) => subject === issuer) ?? null;
  }
  return false;
}

/** When the oldest of them was to be replaced, in milliseconds since 1970; null when all of them count. */
export function staleSince({ lists }: Revocations, time: number): number | null {
  const ended = lists.map(({ nextUpdate }) => nextUpdate).filter((end) => end <= time);
  return ended.length === 0 ? null : Math.min(...ended);
}
