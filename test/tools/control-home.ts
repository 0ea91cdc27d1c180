// A qmail home with the control files a test wants and nothing else in it,
// below a scratch directory that the caller removes. Files are written octet
// for octet.

import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Octet strings by file name; null makes a directory of that name. */
export type ControlFiles = Readonly<Record<string, string | null>>;

export function homeWith(scratch: string, files: ControlFiles): string {
  const home = mkdtempSync(join(scratch, 'home-'));
  mkdirSync(join(home, 'control'));
  for (const [file, octets] of Object.entries(files)) {
    const path = join(home, 'control', file);
    if (octets === null) mkdirSync(path, { recursive: true });
    else writeFileSync(path, octets, 'latin1');
  }
  return home;
}
