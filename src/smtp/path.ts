// Reverse-path and forward-path to the letter of RFC 5321 §4.1.2, with the source route of §4.1.1.3 accepted and
// dropped. The value is the mailbox in qmail's form: quoting removed from the local part, domain as written.
// 8-bit and control octets are refused, and so is an empty quoted local part, so what comes out can be neither confused
// nor split by anything behind us.

import { isAddressLiteral, isDomain } from './domain.ts';

/** A path that was read, and what stands behind its closing bracket. */
export interface ParsedPath {
  /** 'local@domain', 'postmaster' in any letter case, or '' for the null reverse-path. */
  readonly address: string;
  readonly rest: string;
}

/** Longest path in octets, brackets included. RFC 5321 §4.5.3.1.3 asks for 256 at least; qmail takes 900. */
export const PATH_OCTETS = 900;

const ATEXT = "[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+";
const DOT_STRING = new RegExp(`^${ATEXT}(?:\\.${ATEXT})*`);
const QUOTED_STRING = /^"(?:[\x20\x21\x23-\x5b\x5d-\x7e]|\\[\x20-\x7e])*"/;
const DOMAIN_OR_LITERAL = /^(?:\[[\x21-\x5a\x5e-\x7e]*\]|[A-Za-z0-9.-]+)/;

/**
 * @param text what follows "FROM:" or "TO:"
 * @param kind 'reverse' allows "<>", 'forward' allows "<Postmaster>"
 * @returns null when it is not such a path
 */
export function parsePath(text: string, kind: 'reverse' | 'forward'): ParsedPath | null {
  if (!text.startsWith('<')) return null;
  if (kind === 'reverse' && text.startsWith('<>')) return { address: '', rest: text.slice(2) };
  const start = skipSourceRoute(text, 1);
  if (start < 0) return null;
  const postmaster = kind === 'forward' ? /^<(postmaster)>/i.exec(text)?.[1] : undefined;
  const mailbox = postmaster
    ? { address: postmaster, length: postmaster.length }
    : parseMailbox(text.slice(start));
  if (!mailbox) return null;
  const end = start + mailbox.length;
  if (text[end] !== '>' || end + 1 > PATH_OCTETS) return null;
  return { address: mailbox.address, rest: text.slice(end + 1) };
}

// A-d-l = At-domain *( "," At-domain ) ":" — the index behind it, `start` when there is none, -1 when it is malformed.
function skipSourceRoute(text: string, start: number): number {
  if (text[start] !== '@') return start;
  const colon = text.indexOf(':', start);
  if (colon < 0) return -1;
  const hops = text.slice(start, colon).split(',');
  return hops.every((hop) => hop.startsWith('@') && isDomain(hop.slice(1))) ? colon + 1 : -1;
}

function parseMailbox(text: string): { address: string; length: number } | null {
  const local = DOT_STRING.exec(text)?.[0] ?? QUOTED_STRING.exec(text)?.[0];
  if (local === undefined || text[local.length] !== '@') return null;
  const domain = DOMAIN_OR_LITERAL.exec(text.slice(local.length + 1))?.[0];
  if (domain === undefined || !(isDomain(domain) || isAddressLiteral(domain))) return null;
  const unquoted = local.startsWith('"') ? local.slice(1, -1).replace(/\\(.)/g, '$1') : local;
  if (unquoted === '') return null;
  return { address: `${unquoted}@${domain}`, length: local.length + 1 + domain.length };
}
