// control/smtpusers as whoever knows the passwords: a line for each user, "name:verifier" or "name:verifier:verifier". Read at each check,
// so that a change counts at once. A file that cannot be read, or a line that makes no sense, is nobody's answer. A user who
// is not there costs as much time as one who is.

import { createHash } from 'node:crypto';
import { closeSync, fstatSync, openSync, readFileSync } from 'node:fs';
import type { CredentialVerifier, ScramVerifier } from '../sasl/index.ts';
import { fromOctets } from '../text/index.ts';
import { isScram, isScrypt, NOBODYS, parseScram, parseScrypt, type ScryptVerifier } from './verifiers.ts';

/** Octets of the file: some ten thousand users. */
export const USERS_OCTETS = 4 * 1024 * 1024;

/** What may not be in a name: the separator, and control characters. */
export const isUserName = (name: string): boolean => /^[^:\x00-\x20\x7f#][^:\x00-\x1f\x7f]*$/.test(name);

interface User {
  readonly scrypt: ScryptVerifier | null;
  readonly scram: ScramVerifier | null;
}

type Found = { readonly user: User | null } | { readonly unavailable: string };

export function usersFile(path: string): {
  readonly verifier: CredentialVerifier;
  readonly fakeSaltKey: () => string;
} {
  return {
    verifier: {
      async plain(name, password) {
        const found = find(path, name);
        if ('unavailable' in found) return found;
        return (await knows(found.user, password)) ? 'yes' : 'no';
      },
      async scram(name) {
        const found = find(path, name);
        return 'unavailable' in found ? found : (found.user?.scram ?? null);
      },
    },
    fakeSaltKey: () => fakeSaltKeyOf(path),
  };
}

async function knows(user: User | null, password: string): Promise<boolean> {
  if (user?.scrypt) return isScrypt(password, user.scrypt);
  if (user?.scram) return isScram(password, user.scram);
  await isScrypt(password, NOBODYS);
  return false;
}

/** Whether a line of the file is a user with what proves the password. */
export function isUserLine(line: string): boolean {
  const colon = line.indexOf(':');
  return colon > 0 && isUserName(line.slice(0, colon)) && userOf(line.slice(colon + 1)) !== null;
}

/** What stands behind the name; null when it makes no sense. */
function userOf(text: string): User | null {
  const verifiers = text.trimEnd().split(':');
  const scrypt = first(verifiers, parseScrypt);
  const scram = first(verifiers, parseScram);
  const isWhole = verifiers.length === Number(scrypt !== null) + Number(scram !== null);
  return isWhole ? { scrypt, scram } : null;
}

function find(path: string, name: string): Found {
  const text = read(path);
  if (typeof text !== 'string') return text;
  if (!isUserName(name)) return { user: null };
  // Names are octets, and so is the file.
  const start = `${name}:`;
  const line = text.split('\n').find((each) => each.startsWith(start));
  if (line === undefined) return { user: null };
  const user = userOf(line.slice(start.length));
  return user === null
    ? { unavailable: `${path}: the line of a user makes no sense; set the password again with mvmtr passwd` }
    : { user };
}

function first<T>(texts: readonly string[], parse: (text: string) => T | null): T | null {
  for (const text of texts) {
    const parsed = parse(text);
    if (parsed !== null) return parsed;
  }
  return null;
}

function read(path: string): string | { readonly unavailable: string } {
  try {
    const descriptor = openSync(path, 'r');
    try {
      if (fstatSync(descriptor).size > USERS_OCTETS) {
        return { unavailable: `${path} has more than ${USERS_OCTETS} octets` };
      }
      return readFileSync(descriptor, 'latin1');
    } finally {
      closeSync(descriptor);
    }
  } catch (error) {
    return { unavailable: `${path} cannot be read: ${(error as NodeJS.ErrnoException).code ?? error}` };
  }
}

// Has to be a secret, and the same for as long as possible: what proves the password of the user who has been there longest.
function fakeSaltKeyOf(path: string): string {
  const text = read(path);
  const line = (typeof text === 'string' ? text : '').split('\n').find((each) => /^[^#\s]/.test(each)) ?? '';
  return fromOctets(createHash('sha256').update(line).digest());
}
