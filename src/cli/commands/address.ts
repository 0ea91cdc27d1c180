// Whether a text is an IP address or an address literal (RFC 5321 §4.1.3), for findings about names that are
// not names. Accepts what people write, with or without brackets and the "IPv6:" that belongs there. The only
// file that imports ip-address. Never fails.

import { Address4, Address6 } from 'ip-address';

/** "192.0.2.1", "2001:db8::1", or one of them in brackets, with or without the "IPv6:" that belongs there. */
export function isAddress(text: string): boolean {
  const inner = /^\[(?:IPv6:)?(.*)\]$/i.exec(text)?.[1] ?? text;
  if (/[/%]/.test(inner)) return false;
  return Address4.isValid(inner) || Address6.isValid(inner);
}
