// The typed snapshot of qmail's control directory that a session is configured from. Octet strings throughout.
// A missing file is null, never a default: what holds then depends on the profile, and whoever uses the value decides.
// Types only; read.ts fills them in.

import type { CdbReader } from './cdb.ts';

/** 'qmail': as stock qmail-smtpd reads them. 'extended': with comments, blank lines and backslashes. */
export type ControlSyntax = 'qmail' | 'extended';

export interface Controls {
  readonly me: string | null;
  /** Lines of the greeting text; with 'qmail' syntax exactly one, possibly empty. */
  readonly smtpgreeting: readonly string[] | null;
  /** null when the file is missing: whoever uses it falls back to `me`. */
  readonly localiphost: string | null;
  /** Seconds; null when the file is missing or does not start with a digit. */
  readonly timeoutsmtpd: number | null;
  /** Extended syntax only (null in 'qmail'): waiting for the first HELO, for any command, for the next octets of DATA. */
  readonly timeouthelo: number | null;
  readonly timeoutcommand: number | null;
  readonly timeoutdata: number | null;
  /** Entries as written; null when the file is missing. */
  readonly rcpthosts: readonly string[] | null;
  /** Open cdb; null when rcpthosts or the cdb is missing. */
  readonly morercpthosts: CdbReader | null;
  readonly badmailfrom: readonly string[] | null;
  /** Octets; null when the file is missing or does not start with a digit; 0 means no limit. */
  readonly databytes: number | null;
  /** Who checks passwords; null when the file is missing. */
  readonly smtpauth: string | null;
  /** Whether these files exist; they are read when they are needed. */
  readonly has: Readonly<Record<'servercert.pem' | 'smtpusers', boolean>>;
}

/** A control file that exists and cannot be read. Fatal for the session: 421, never "as if it were missing". */
export interface ControlFault {
  readonly fault: 'control';
  readonly file: string;
  readonly reason: string;
}
