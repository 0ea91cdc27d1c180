// A file that a rule or a test names, for those who look for it in several places.

import { readFileSync } from 'node:fs';

/** Its octets as an octet string; null when it cannot be read. */
export function readOctets(path: string): string | null {
  try {
    return readFileSync(path, 'latin1');
  } catch {
    return null;
  }
}
