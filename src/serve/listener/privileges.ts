// From root to another user, once the sockets are bound, and without a way back: the groups first, because only root may change
// them. Names are looked up in /etc/passwd and /etc/group by a reader of our own, before anything is changed; users of
// other sources have to be given by number. Whatever is not as it should be at the end is thrown as an Error whose message is
// for the administrator, and the process must not go on: it may be half one user and half another.

import { readFileSync } from 'node:fs';
import type { Environment } from '../environment.ts';

/** A number, in digits or not, or a name. */
export type Id = number | string;

export interface WantedPrivileges {
  /** null: as it is. */
  readonly uid: Id | null;
  /** null: the group that /etc/passwd gives that user; without a user, as it is. */
  readonly gid: Id | null;
}

export interface AccountFiles {
  readonly passwd: string;
  readonly group: string;
}

const ACCOUNT_FILES: AccountFiles = { passwd: '/etc/passwd', group: '/etc/group' };

/** The largest number means "no change" to the kernel. */
const LARGEST_ID = 0xffff_fffe;

const ROOT = 0;

interface Ids {
  readonly uid: number | null;
  readonly gid: number | null;
}

/** tcpserver's -U: $UID and $GID, as envuidgid sets them. @throws when one is missing or no number */
export function privilegesOfEnvironment(env: Environment): WantedPrivileges {
  const numberOf = (name: 'UID' | 'GID'): number => {
    const id = numericId(env[name] ?? '');
    if (id === null) throw new Error(`-U wants a number in $${name}; start it with envuidgid`);
    return id;
  };
  return { uid: numberOf('UID'), gid: numberOf('GID') };
}

/** @throws Error for the administrator; the process must end then */
export function dropPrivileges(wanted: WantedPrivileges, files = ACCOUNT_FILES): void {
  const ids = resolve(wanted, files);
  if (process.geteuid?.() !== ROOT) {
    if (differences(ids).length > 0) throw new Error(`only root can change to ${nameOf(ids)}`);
    return;
  }
  try {
    if (ids.gid !== null) {
      process.setgroups?.([ids.gid]);
      process.setgid?.(ids.gid);
    }
    if (ids.uid !== null) process.setuid?.(ids.uid);
  } catch (error) {
    throw new Error(`cannot change to ${nameOf(ids)}: ${(error as Error).message}`);
  }
  const wrong = [...differences(ids), ...otherGroups(ids)];
  if (wrong.length > 0) throw new Error(`changed to ${nameOf(ids)}, but ${wrong.join(', ')}`);
  if (ids.uid !== null && ids.uid !== ROOT) expectNoWayBack(ids);
}

const nameOf = ({ uid, gid }: Ids): string =>
  [...(uid === null ? [] : [`user ${uid}`]), ...(gid === null ? [] : [`group ${gid}`])].join(', ') ||
  'nobody else';

function differences({ uid, gid }: Ids): readonly string[] {
  const held: readonly [string, number | undefined, number | null][] = [
    ['user', process.getuid?.(), uid],
    ['effective user', process.geteuid?.(), uid],
    ['group', process.getgid?.(), gid],
    ['effective group', process.getegid?.(), gid],
  ];
  return held
    .filter(([, is, wanted]) => wanted !== null && is !== wanted)
    .map(([what, is]) => `the ${what} is ${is}`);
}

function otherGroups({ gid }: Ids): readonly string[] {
  const others = gid === null ? [] : (process.getgroups?.() ?? []).filter((group) => group !== gid);
  return others.length === 0 ? [] : [`groups ${others.join(' and ')} are left`];
}

function expectNoWayBack({ gid }: Ids): void {
  if (succeeds(() => process.setuid?.(ROOT))) throw new Error(wayBackTo('user 0'));
  if (gid !== null && gid !== ROOT && succeeds(() => process.setgid?.(ROOT))) {
    throw new Error(wayBackTo('group 0'));
  }
}

const wayBackTo = (what: string): string =>
  `privileges do not stay away: ${what} could be taken back (capabilities?)`;

function succeeds(change: () => void): boolean {
  try {
    change();
    return true;
  } catch {
    return false;
  }
}

function resolve({ uid, gid }: WantedPrivileges, files: AccountFiles): Ids {
  if (gid !== null) {
    const number = numericId(uid);
    const user = uid === null ? null : (number ?? userOf(uid, files.passwd).uid);
    return { uid: user, gid: groupOf(gid, files.group) };
  }
  return uid === null ? { uid, gid } : userOf(uid, files.passwd);
}

function userOf(wanted: Id, file: string): { readonly uid: number; readonly gid: number } {
  const number = numericId(wanted);
  const found = entriesOf(file).find(([name, , uid]) =>
    number === null ? name === wanted : numericId(uid) === number,
  );
  const [uid, gid] = [number ?? numericId(found?.[2]), numericId(found?.[3])];
  if (uid === null) throw new Error(`there is no user "${wanted}" in ${file}; write the number of one`);
  if (gid === null) {
    throw new Error(`${file} has no group for user ${uid}; give it with -g`);
  }
  return { uid, gid };
}

function groupOf(wanted: Id, file: string): number {
  const number = numericId(wanted);
  if (number !== null) return number;
  const [, , gid = ''] = entriesOf(file).find(([name]) => name === wanted) ?? [];
  const named = numericId(gid);
  if (named === null) throw new Error(`there is no group "${wanted}" in ${file}; write the number of one`);
  return named;
}

function numericId(id: Id | null | undefined): number | null {
  const number = /^[0-9]{1,10}$/.test(String(id)) ? Number(id) : LARGEST_ID + 1;
  return number <= LARGEST_ID ? number : null;
}

// passwd(5) and group(5): lines of fields, the name first and the number third.
function entriesOf(file: string): readonly (readonly string[])[] {
  return readFileSync(file, 'latin1')
    .split('\n')
    .map((line) => line.split(':'));
}
