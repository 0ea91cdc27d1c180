// Lists of revoked certificates (RFC 5280 §5), and whether a client's certificate counts by them. Pure. Whoever has such
// a list wants to know of every certificate from the client's up to the root that it is not in the list of whoever has
// signed it; what cannot be known of one is as bad as its being in there (OpenSSL's CRL_CHECK_ALL). That of a list its
// signature is not looked at is no matter: it is a file of the administrator's, next to the one that says whom to trust.

import { type CertificateFields, fieldsOf, isSelfIssued, timeIn } from './certificate-fields.ts';
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
 * CertificateList ::= SEQUENCE { tbsCertList SEQUENCE { … }, signatureAlgorithm, signature }. Null for what is none, and for
 * one that has something critical about it, such as being only of some certificates (§5.2.5) or of changes (§5.2.4).
 */
export function revocationListOf(der: Uint8Array): RevocationList | null {
  const whole = element(der, 0);
  if (whole === null || whole.to !== der.length) return null;
  const [signed] = elementsIn(der, whole) ?? [];
  const fields = (signed && elementsIn(der, signed)) ?? [];
  const [, issuer, from, ...optional] = fields[0]?.tag === INTEGER ? fields.slice(1) : fields;
  const thisUpdate = from && timeIn(der, from);
  if (!issuer || typeof thisUpdate !== 'number') return null;
  const [first] = optional;
  const until = first === undefined ? null : timeIn(der, first);
  const [revoked, extensions] = listAndExtensions(until === null ? optional : optional.slice(1));
  const serials = revoked === null ? [] : serialsIn(der, revoked);
  if (serials === null || extensions === 'unknown' || hasCritical(der, extensions)) return null;
  return {
    issuer: contentsOf(der, issuer),
    thisUpdate,
    nextUpdate: until ?? Number.POSITIVE_INFINITY,
    serials: new Set(serials),
  };
}

function listAndExtensions(
  rest: readonly Element[],
): readonly [revoked: Element | null, extensions: Element | null | 'unknown'] {
  const revoked = rest[0]?.tag === SEQUENCE ? rest[0] : null;
  const [extensions = null, ...more] = revoked === null ? rest : rest.slice(1);
  const known = more.length === 0 && (extensions === null || extensions.tag === EXTENSIONS);
  return [revoked, known ? extensions : 'unknown'];
}

/** SEQUENCE OF SEQUENCE { userCertificate, revocationDate, crlEntryExtensions OPTIONAL } */
function serialsIn(der: Uint8Array, revoked: Element): readonly string[] | null {
  const serials: string[] = [];
  for (const entry of elementsIn(der, revoked) ?? [null]) {
    const [serial, date, extensions = null] = (entry && elementsIn(der, entry)) ?? [];
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
const anyCritical = (der: Uint8Array, extensions: Element): boolean =>
  (elementsIn(der, extensions) ?? [null]).some((extension) => {
    const parts = extension && elementsIn(der, extension);
    return parts === null || parts.some(({ tag }) => tag === BOOLEAN);
  });

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
