// What can be said about a literal by looking at it alone: header names, addresses, zones, networks, table names and the like.
// Each check answers null or what is wrong, in words. Whatever is put together while a rule runs is not judged here. Follows
// RFC 5322 §3.6.8 (field names), RFC 5260 §4 (date parts, zones), RFC 5321 §4.1.2 (addresses).

import { parseIpNetwork } from '../../text/index.ts';
import { MAP_SCHEMES } from '../commands/index.ts';

const DATE_PARTS: ReadonlySet<string> = new Set(
  'year month day date julian hour minute second time iso8601 std11 zone weekday'.split(' '),
);

/** Headers that hold addresses (RFC 5228 §5.1 has `address` look at no others). */
const ADDRESS_HEADERS: ReadonlySet<string> = new Set(
  (
    'from to cc bcc sender reply-to resent-from resent-to resent-cc resent-bcc resent-sender resent-reply-to ' +
    'return-path delivered-to envelope-to apparently-to errors-to x-original-to x-envelope-to ' +
    'return-receipt-to disposition-notification-to mail-followup-to mail-reply-to list-post ' +
    'x-original-from x-sender original-recipient x-complaints-to abuse-reports-to'
  ).split(' '),
);

export const isHeaderName = (text: string): boolean => /^[!-9;-~]+$/.test(text);

export const isAddressHeader = (text: string): boolean => ADDRESS_HEADERS.has(text.toLowerCase());

export const isDatePart = (text: string): boolean => DATE_PARTS.has(text.toLowerCase());

export const isZone = (text: string): boolean => /^[+-][0-9]{4}$/.test(text);

const ATOM =
  /^[A-Za-z0-9!#$%&'*+/=?^_`{|}~\x80-\u{10ffff}-]+(?:\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~\x80-\u{10ffff}-]+)*$/u;
const QUOTED = /^"(?:[^"\\\r\n]|\\[ -~])*"$/;
const DOMAIN = /^(?:[A-Za-z0-9_\x80-\u{10ffff}-]+(?:\.[A-Za-z0-9_\x80-\u{10ffff}-]+)*|\[[!-Z^-~]+\])$/u;

/** One address, bare or as `Name <address>`. */
export function isAddress(text: string): boolean {
  const angled = /^[^<>]*<([^<>]*)>\s*$/.exec(text);
  const bare = (angled ? (angled[1] ?? '') : text).trim();
  const cut = bare.lastIndexOf('@');
  if (cut <= 0) return false;
  const local = bare.slice(0, cut);
  return (ATOM.test(local) || QUOTED.test(local)) && DOMAIN.test(bare.slice(cut + 1));
}

/** RFC 5229 §3 and §4.1: an identifier, or one in a namespace. */
export function isVariableName(text: string): boolean {
  return text.length <= 64 && /^[A-Za-z_][A-Za-z0-9_]*(?:\.[A-Za-z_][A-Za-z0-9_]*)*$/.test(text);
}

const IMAP_SYSTEM_FLAGS: ReadonlySet<string> = new Set([
  '\\answered',
  '\\flagged',
  '\\deleted',
  '\\seen',
  '\\draft',
]);

/** Flags in a space-separated list that no mail store takes; null when all are fine. */
export function badFlag(text: string): string | null {
  for (const flag of text.split(' ')) {
    if (flag === '') continue;
    const fine = flag.startsWith('\\')
      ? IMAP_SYSTEM_FLAGS.has(flag.toLowerCase())
      : !/[\x00-\x20\x7f(){%*"\\\]]/.test(flag);
    if (!fine) return flag;
  }
  return null;
}

/** RFC 6609 §3.2: a name, not a path. */
export const isScriptName = (text: string): boolean =>
  text !== '' && text.length <= 256 && !/[\x00-\x1f\x7f/]/.test(text);

/** An address, or one with a prefix length. */
export const isNetwork = (text: string): boolean => parseIpNetwork(text) !== null;

/** "zone" or "zone=filter", as in "list.example.org=127.0.0.[2;10..11]". */
export function isDnsZone(text: string): boolean {
  const cut = text.indexOf('=');
  const zone = cut < 0 ? text : text.slice(0, cut);
  const labels = zone.replace(/\.$/, '').split('.');
  if (zone.length > 253 || labels.length < 2) return false;
  if (!labels.every((label) => /^[A-Za-z0-9_](?:[A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?$/.test(label)))
    return false;
  return cut < 0 || /^[0-9][0-9.;[\]]*$/.test(text.slice(cut + 1));
}

/** What is wrong with the name of a table; `later` when its kind cannot be read yet. */
export function mapProblem(uri: string): string | 'later' | null {
  const cut = uri.indexOf(':');
  const scheme = uri.slice(0, Math.max(cut, 0));
  const kinds = [...MAP_SCHEMES.keys()].map((name) => `${name}:`).join(' ');
  if (cut < 0) return `a table is named by kind and place: one of ${kinds}`;
  const ready = MAP_SCHEMES.get(scheme);
  if (ready === undefined) return `no kind of table is called '${scheme}:': there are ${kinds}`;
  if (uri.length === cut + 1) return `'${uri}' names no table`;
  return ready === 'later' ? 'later' : null;
}
