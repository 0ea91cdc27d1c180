// Which clients may relay by the certificate they have shown: control/tlsclients has the e-mail addresses (Frederik Vermeulen's TLS
// patch for qmail). Only for certificates that were verified.

import { lowerAscii } from '../text/index.ts';

/** @param clients lines of control/tlsclients, in lower case */
export function mayRelay(emails: readonly string[], clients: readonly string[]): boolean {
  return emails.some((email) => clients.includes(lowerAscii(email)));
}
