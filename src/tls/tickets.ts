// Keys that seal session tickets (RFC 5077 §4, RFC 8446 §4.6.1), kept in a file, so that a session can be resumed
// with another process. Whoever has them can read what was said in resumed sessions, so they are ours alone and are
// replaced by the first process that finds them too old. Several may do so at a time: the last one wins, and tickets
// of the others lead to a full handshake. Without keys TLS works the same; then tickets hold in one process only.

import {
  closeSync,
  constants,
  fstatSync,
  lstatSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  type Stats,
  statSync,
  writeFileSync,
} from 'node:fs';
import { nodeCrypto } from './node-crypto.ts';

/** As node:tls takes them: a name, a key for the seal, and one for the contents. */
export const TICKET_KEY_OCTETS = 48;
/** Seconds after which keys are replaced by whoever can … */
export const ROTATE_SECONDS = 12 * 3600;
/** … and after which they are not used any more. */
export const LIFETIME_SECONDS = 48 * 3600;

const HEADER = '# Session ticket keys of mvmtr: a secret. When they were made, in ms, and the keys.\n';
const FORM = /^([0-9]{1,15}) ([0-9a-f]{96})\n$/;
/** No file of ours has as many octets. */
const FILE_OCTETS = 1024;

/** What is wrong, and there are none; octets null and no problem: none are kept here. */
export type TicketKeys = { readonly octets: Uint8Array | null } | { readonly problem: string };

/** @param path absolute. @param now milliseconds since 1970 */
export function ticketKeysAt(path: string, now: number): TicketKeys {
  try {
    const home = path.slice(0, path.lastIndexOf('/'));
    const directory = statSync(home, { throwIfNoEntry: false });
    if (directory === undefined) return NONE;
    if ((directory.mode & 0o022) !== 0) return { problem: `${home} can be written to by others` };
    return keysAt(path, now);
  } catch (error) {
    return { problem: `${path} cannot be used for ticket keys: ${codeOf(error)}` };
  }
}

const NONE: TicketKeys = { octets: null };

function keysAt(path: string, now: number): TicketKeys {
  const found = readKeys(path);
  if ('problem' in found) return found;
  const age = ageOf(found, now);
  if (age < ROTATE_SECONDS) return { octets: found.octets };
  const refused = writeKeys(path, now);
  if (refused === null) {
    // Somebody else may have written at the same moment, and then it is theirs that all others see.
    const written = readKeys(path);
    return 'problem' in written || ageOf(written, now) < ROTATE_SECONDS ? written : NONE;
  }
  if (age < LIFETIME_SECONDS) return { octets: found.octets };
  return found.here ? { problem: `${path} has no keys of use, and cannot be replaced: ${refused}` } : NONE;
}

interface Found {
  /** There is a file of that name, whatever is in it. */
  readonly here: boolean;
  /** Milliseconds since 1970. */
  readonly made: number;
  readonly octets: Uint8Array | null;
}

/** In seconds. Keys from the future are as useless as those of long ago. */
const ageOf = ({ made, octets }: Found, now: number): number =>
  octets === null ? Number.POSITIVE_INFINITY : Math.abs(now - made) / 1000;

function readKeys(path: string): Found | { readonly problem: string } {
  let descriptor: number;
  try {
    descriptor = openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  } catch (error) {
    const code = codeOf(error);
    if (code === 'ELOOP') return { problem: `${path} is a symbolic link: remove it` };
    if (code !== 'ENOENT' && code !== 'EACCES') throw error;
    // Not there, or in a directory that is not for us; or not for us itself, and then it may be replaced nevertheless.
    return { here: isThere(path), made: 0, octets: null };
  }
  try {
    return distrust(path, fstatSync(descriptor)) ?? keysIn(readFileSync(descriptor, 'latin1'));
  } finally {
    closeSync(descriptor);
  }
}

function isThere(path: string): boolean {
  try {
    return lstatSync(path, { throwIfNoEntry: false }) !== undefined;
  } catch {
    return false; // the directory is closed to us
  }
}

function keysIn(text: string): Found {
  const [, made, digits] = (text.startsWith(HEADER) && FORM.exec(text.slice(HEADER.length))) || [];
  if (made === undefined || digits === undefined) return { here: true, made: 0, octets: null };
  return { here: true, made: Number(made), octets: Buffer.from(digits, 'hex') };
}

/** Why what is in the file cannot be a secret of ours. */
function distrust(path: string, stats: Stats): { readonly problem: string } | null {
  const { mode, uid, size } = stats;
  if (!stats.isFile() || size > FILE_OCTETS)
    return { problem: `${path} is no file of ticket keys: remove it` };
  if (uid !== 0 && uid !== process.geteuid?.())
    return { problem: `${path} belongs to user ${uid}: remove it` };
  return (mode & 0o077) === 0 ? null : { problem: `${path} is not for its owner alone: remove it` };
}

/** @returns why not; null when it is done */
function writeKeys(path: string, now: number): string | null {
  const { randomBytes } = nodeCrypto();
  const digits = randomBytes(TICKET_KEY_OCTETS).toString('hex');
  const temporary = `${path}.${process.pid}.${randomBytes(4).toString('hex')}`;
  let descriptor: number | null = null;
  try {
    const { O_WRONLY, O_CREAT, O_EXCL, O_NOFOLLOW } = constants;
    descriptor = openSync(temporary, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, 0o600);
    writeFileSync(descriptor, `${HEADER}${now} ${digits}\n`);
    renameSync(temporary, path);
    return null;
  } catch (error) {
    if (descriptor !== null) rmSync(temporary, { force: true });
    return codeOf(error);
  } finally {
    if (descriptor !== null) closeSync(descriptor);
  }
}

const codeOf = (error: unknown): string => (error as NodeJS.ErrnoException).code ?? String(error);
