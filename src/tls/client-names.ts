// Which clients may relay by the certificate they have shown, which has to be verified: control/tlsclients has their
// e-mail addresses, one in each line, as for Frederik Vermeulen's TLS patch for qmail. Pure. Letter case does not
// count, as in all of qmail's lists; anything but printable ASCII is no address, and never equal to one.

import { lowerAscii } from '../text/index.ts';

const ADDRESS = /^[\x21-\x7e]+$/;

/** @param emails as the certificate has them. @param clients as clientLines() makes them */
export function mayRelay(emails: readonly string[], clients: readonly string[]): boolean {
  return emails.some((email) => ADDRESS.test(email) && clients.includes(lowerAscii(email)));
}

/** Spaces and tabs end a line's text; "#" begins a comment where a line begins. */
const ENTRY = /^(?!#)([\x21-\x7e]+)[ \t]*$/;

/** The entries of control/tlsclients in lower case, in qmail's syntax. What could be no address is left out. @param text octet string */
export function clientLines(text: string): readonly string[] {
  return text.split('\n').flatMap((line) => {
    const entry = ENTRY.exec(line)?.[1];
    return entry === undefined ? [] : [lowerAscii(entry)];
  });
}
