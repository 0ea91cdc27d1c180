// Who checks passwords, as control/smtpauth says it in one line. Pure, and loaded with every session.

export type PasswordSource =
  /** A program with checkpassword's interface, and what stands behind it. */
  | { readonly kind: 'checkpassword'; readonly program: string; readonly args: readonly string[] }
  /** Dovecot's authentication socket, and the mechanisms to offer if not the usual ones. */
  | { readonly kind: 'dovecot'; readonly path: string; readonly mechanisms: readonly string[] }
  /** A file that `mvmtr passwd` writes. */
  | { readonly kind: 'file'; readonly path: string };

/** @param home qmail's, under which a relative file is meant */
export function passwordSourceIn(line: string, home: string): PasswordSource | { readonly problem: string } {
  const [kind = '', first, ...more] = line.trim().split(/[ \t]+/);
  if (kind === 'file' && more.length === 0) {
    const name = first ?? 'smtpusers';
    return { kind, path: name.startsWith('/') ? name : `${home}/control/${name}` };
  }
  if (kind === 'checkpassword' && first !== undefined) return { kind, program: first, args: more };
  if (kind === 'dovecot' && first?.startsWith('/')) {
    return { kind, path: first, mechanisms: more.map((name) => name.toUpperCase()) };
  }
  return { problem: PROBLEM };
}

const PROBLEM =
  'write "checkpassword PROGRAM ARGUMENTS", "dovecot /path/to/socket" or "file", each as one line';
