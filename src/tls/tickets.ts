// Keys that seal session tickets (RFC 5077 §4, RFC 8446 §4.6.1), kept in a file, so that a session can be resumed with another process.
// Whoever has them can read what was said in resumed sessions, so they are ours alone and are replaced by the first process that
// finds them too old. Where the file cannot be made, tickets hold in one process only.

import { randomBytes } from 'node:crypto';
import {
  closeSync,
  constants,
  fstatSync,
  openSync,
  readFileSync,
  renameSync,
  unlinkSync,
  writeSync,
} from 'node:fs';

/** As node:tls takes them: a name, a key for the seal, and one for the contents. */
export const TICKET_KEY_OCTETS = 48;
/** Seconds after which keys are replaced by whoever can … */
export const ROTATE_SECONDS = 12 * 3600;
/** … and after which they are not used any more. */
export const LIFETIME_SECONDS = 48 * 3600;

const FORM = /^# session ticket keys of mvmtr: a secret\n([0-9]{1,16}) ([0-9a-f]{96})\n$/;

export type TicketKeys = { readonly octets: Uint8Array } | { readonly problem: string };

/** @param now milliseconds since 1970; null: there are none, and none can be kept */
export function ticketKeysAt(path: string, now: number): TicketKeys | null {
  const found = readKeys(path);
  if ('problem' in found) return found;
  const age = found.made === null ? Number.POSITIVE_INFINITY : Math.abs(now - found.made) / 1000;
  if (age < ROTATE_SECONDS) return { octets: found.octets };
  const fresh = writeKeys(path, now);
  if (fresh !== null) return { octets: fresh };
  return age < LIFETIME_SECONDS ? { octets: found.octets } : null;
}

interface Found {
  /** null: there are none yet, or nothing that makes sense. */
  readonly made: number | null;
  readonly octets: Uint8Array;
}

const NONE: Found = { made: null, octets: new Uint8Array(0) };

function readKeys(path: string): Found | { readonly problem: string } {
  let descriptor: number;
  try {
    descriptor = openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR' || code === 'EACCES') return NONE;
    return { problem: `${path} cannot be used for ticket keys: ${code ?? error}` };
  }
  try {
    const { mode, uid } = fstatSync(descriptor);
    if ((mode & 0o077) !== 0)
      return { problem: `${path} can be read by others; remove it, and a new one is made` };
    const ours = process.getuid?.() ?? uid;
    if (uid !== ours && uid !== 0) return { problem: `${path} belongs to somebody else; remove it` };
    const [, made, digits = ''] = FORM.exec(readFileSync(descriptor, 'latin1')) ?? [];
    return made === undefined ? NONE : { made: Number(made), octets: Buffer.from(digits, 'hex') };
  } finally {
    closeSync(descriptor);
  }
}

// Several may do so at a time: the last one wins, and the others' tickets lead to a full handshake.
function writeKeys(path: string, now: number): Uint8Array | null {
  const octets = randomBytes(TICKET_KEY_OCTETS);
  const temporary = `${path}.${process.pid}.${randomBytes(4).toString('hex')}`;
  const flags = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW;
  try {
    const descriptor = openSync(temporary, flags, 0o600);
    try {
      writeSync(descriptor, `# session ticket keys of mvmtr: a secret\n${now} ${octets.toString('hex')}\n`);
    } finally {
      closeSync(descriptor);
    }
  } catch {
    return null; // no such directory, or not for us to write to
  }
  try {
    renameSync(temporary, path);
    return octets;
  } catch {
    unlinkSync(temporary);
    return null;
  }
}
