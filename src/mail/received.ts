// The Received field that goes in front of every accepted message. Everything in it that the client or the network named
// is reduced to a safe set of characters first, so no name can end the line, open a comment or start a field.

import { rfc5322Date } from '../text/index.ts';

export interface Trace {
  /** TCPREMOTEHOST, TCPREMOTEIP, TCPREMOTEINFO. */
  readonly host: string;
  readonly ip: string;
  readonly info: string | null;
  /** Name given with HELO or EHLO; null when there was none worth telling. */
  readonly helo: string | null;
  /** Our own name. */
  readonly by: string;
  /** "SMTP", "ESMTP", "ESMTPSA" (RFC 3848). */
  readonly protocol: string;
  /** null without TLS. */
  readonly tls: { readonly version: string; readonly cipher: string } | null;
  /** Milliseconds since 1970. */
  readonly at: number;
}

// The same set as qmail's received.c: issafe() with brackets, as later versions have it.
const UNSAFE = /[^A-Za-z0-9.@%+/=:[\]-]/g;
const safe = (text: string): string => text.replace(UNSAFE, '?');
// Names of ciphers have underscores, and whoever speaks TLS for us may have written them.
const word = (text: string): string => text.replace(/[^A-Za-z0-9._-]/g, '?');

// A comment, as what is no "with" of its own (RFC 5321 §4.4).
const withOf = ({ protocol, tls }: Trace): string =>
  tls === null ? protocol : `${protocol} (${word(tls.version)} ${word(tls.cipher)})`;

/** qmail's wording: "from HOST (HELO NAME) (INFO@IP)". */
export function qmailReceived(trace: Trace): string {
  const helo = trace.helo === null ? '' : ` (HELO ${safe(trace.helo)})`;
  const info = trace.info === null ? '' : `${safe(trace.info)}@`;
  return (
    `Received: from ${safe(trace.host)}${helo} (${info}${safe(trace.ip)})\n` +
    `  by ${safe(trace.by)} with ${withOf(trace)}; ${rfc5322Date(trace.at)}\n`
  );
}

/** The wording of RFC 5321 §4.4: "from NAME (HOST [IP])". */
export function rfcReceived(trace: Trace): string {
  const info = trace.info === null || trace.info === '' ? '' : ` ident ${safe(trace.info)}`;
  return (
    `Received: from ${safe(trace.helo ?? trace.host)} (${safe(trace.host)} [${safe(trace.ip)}]${info})\n` +
    `  by ${safe(trace.by)} with ${withOf(trace)}; ${rfc5322Date(trace.at)}\n`
  );
}
