// The control files: one row each, in the order they are read. `mvmtr check`, the samples and the documentation all go by this
// table, and so, by tests, does the reader (files.ts); a control that is not here does not exist. Plain data, for people and tools:
// no session loads it.

import type { ControlSyntax } from './controls.ts';

/**
 * line: one line of text. lines: text of several lines ('qmail': only the first). list: one entry per line.
 * seconds, octets: a decimal number. cdb: a database, compiled from the file in `source`. pem: certificates and keys.
 * users: names with what proves their passwords.
 */
export type ControlKind = 'line' | 'lines' | 'list' | 'seconds' | 'octets' | 'cdb' | 'pem' | 'users';

export interface ControlRow {
  readonly file: string;
  readonly kind: ControlKind;
  readonly meaning: string;
  /** What holds when the file is missing, in words, by profile; null: the file is not read there. */
  readonly missing: Readonly<Record<'stock' | 'mvmtr', string | null>>;
  readonly source?: string;
  /** Read when it is needed, by whoever needs it, and not when a session begins. */
  readonly later?: true;
}

const both = (words: string): ControlRow['missing'] => ({ stock: words, mvmtr: words });

export const CONTROL_TABLE = [
  {
    file: 'me',
    kind: 'line',
    meaning: 'name of this host',
    missing: {
      stock: 'every session is answered 421, unless smtpgreeting exists',
      mvmtr: 'TCPLOCALHOST, else [TCPLOCALIP], else the name the system has',
    },
  },
  {
    file: 'smtpgreeting',
    kind: 'lines',
    meaning: 'text of the greeting; in the stock profile also the name in every reply that has one',
    missing: { stock: 'the text of me', mvmtr: 'no text after the first line of the greeting' },
  },
  {
    file: 'localiphost',
    kind: 'line',
    meaning: 'domain that takes the place of [an address of this host] in a recipient',
    missing: { stock: 'the text of me', mvmtr: 'the name of this host' },
  },
  {
    file: 'timeoutsmtpd',
    kind: 'seconds',
    meaning: 'longest time to wait for the next octets from the client',
    missing: { stock: '1200', mvmtr: '300' },
  },
  {
    file: 'timeouthelo',
    kind: 'seconds',
    meaning: 'the same, as long as the client has not introduced itself',
    missing: { stock: null, mvmtr: 'timeoutsmtpd, else 120' },
  },
  {
    file: 'timeoutcommand',
    kind: 'seconds',
    meaning: 'the same, between commands',
    missing: { stock: null, mvmtr: 'timeoutsmtpd, else 300' },
  },
  {
    file: 'timeoutdata',
    kind: 'seconds',
    meaning: 'the same, inside a message',
    missing: { stock: null, mvmtr: 'timeoutsmtpd, else 300' },
  },
  {
    file: 'rcpthosts',
    kind: 'list',
    meaning: 'domains mail is accepted for; with a leading dot, whatever is below that domain',
    missing: {
      stock: 'mail for every domain is accepted: an open relay',
      mvmtr: 'only mail for me is accepted',
    },
  },
  {
    file: 'morercpthosts.cdb',
    kind: 'cdb',
    meaning: 'more domains like those in rcpthosts, compiled by `mvmtr newmrh`; needs rcpthosts',
    missing: /* @__PURE__ */ both('only rcpthosts counts'),
    source: 'morercpthosts',
  },
  {
    file: 'badmailfrom',
    kind: 'list',
    meaning: 'senders whose recipients are refused; @domain stands for every sender in that domain',
    missing: /* @__PURE__ */ both('no sender is refused'),
  },
  {
    file: 'databytes',
    kind: 'octets',
    meaning: 'largest message in octets; 0 is no limit; the variable DATABYTES wins',
    missing: /* @__PURE__ */ both('0'),
  },
  {
    file: 'servercert.pem',
    kind: 'pem',
    meaning: 'certificates with their chains and keys, for TLS',
    missing: /* @__PURE__ */ both('no TLS'),
    later: true,
  },
  {
    file: 'clientca.pem',
    kind: 'pem',
    meaning: 'who signs certificates of clients',
    missing: /* @__PURE__ */ both('clients are not asked for certificates'),
    later: true,
  },
  {
    file: 'clientcrl.pem',
    kind: 'pem',
    meaning: 'lists of revoked certificates, from all who sign those of clients',
    missing: /* @__PURE__ */ both('no certificate is known to be revoked'),
    later: true,
  },
  {
    file: 'tlsserverciphers',
    kind: 'list',
    meaning: "ciphers of TLS 1.2, as OpenSSL's list; lines are joined by colons",
    missing: /* @__PURE__ */ both("the library's own list"),
    later: true,
  },
  {
    file: 'tlsclients',
    kind: 'list',
    meaning: 'e-mail addresses in certificates of clients that may relay',
    missing: /* @__PURE__ */ both('no certificate gives the right to relay'),
    later: true,
  },
  {
    file: 'smtpauth',
    kind: 'line',
    meaning: 'who checks passwords: `checkpassword PROGRAM ARGUMENTS`, `dovecot SOCKET` or `file`',
    missing: /* @__PURE__ */ both('smtpusers, if it exists; otherwise nobody can log in'),
  },
  {
    file: 'smtpusers',
    kind: 'users',
    meaning: 'users and what proves their passwords, written by `mvmtr passwd`',
    missing: /* @__PURE__ */ both('smtpauth says who checks passwords'),
    later: true,
  },
] as const satisfies readonly ControlRow[];

/** The rows that count with a syntax. */
export function controlsOf(syntax: ControlSyntax): readonly ControlRow[] {
  const rows: readonly ControlRow[] = CONTROL_TABLE;
  return syntax === 'extended' ? rows : rows.filter((row) => row.missing.stock !== null);
}
