// `mvmtr passwd`: sets a user's password in control/smtpusers, takes a user away, or lists them. The password comes from standard input,
// never from the command line; what is written is what proves it (scrypt, and the keys of SCRAM-SHA-256). Sessions see the old
// file or the new one, and nobody's change is lost to another's. Exit code 0: done, 1: no such user, or not a name or password
// that can be, 111: a file cannot be read or written; nothing has changed then.

import { spawnSync } from 'node:child_process';
import { readFileSync, readSync, realpathSync, type Stats, statSync } from 'node:fs';
import { isatty } from 'node:tty';
import { isUserName, makeScram, makeScrypt, userNames, withoutUser, withUser } from '../../auth/editing.ts';
import { fileReason } from '../../serve/file-reason.ts';
import { fromNative, toNative } from '../../text/index.ts';
import { type Output, writeLine } from './output.ts';
import { replaceFile } from './replace-file.ts';

export interface PasswdRequest {
  readonly file: string;
  /** null: only with `list`. */
  readonly user: string | null;
  readonly action: 'set' | 'delete' | 'list';
}

/** Where passwords come from; null: there is none. */
export type ReadPassword = () => string | null;

/** As a login may have them. */
const LONGEST_PASSWORD = 1024;
const LONGEST_USER = 255;

/** Of a file that was not there. */
const NEW_MODE = 0o640;

const FAILED = 111;

export async function runPasswd(
  { file, user, action }: PasswdRequest,
  output: Output,
  readPassword: ReadPassword = askForPassword,
): Promise<number> {
  const complain = (what: string, exit: number): number => {
    writeLine(output.err, `mvmtr passwd: ${what}`);
    return exit;
  };
  const before = readUsers(file);
  if ('problem' in before) return complain(`cannot read ${file}: ${before.problem}`, FAILED);
  if (action === 'list') {
    for (const name of userNames(before.text)) writeLine(output.out, toNative(name));
    return 0;
  }
  const name = fromNative(user ?? '');
  if (!isUserName(name) || name.length > LONGEST_USER) {
    return complain('a user is named without ":", control characters, or "#" or a space in front', 1);
  }
  const text = await changed(before.text, name, action, readPassword);
  if ('problem' in text) return complain(text.problem, 1);
  const problem = save(file, text.text, before);
  if (problem !== null) return complain(`cannot write ${file}: ${problem}`, FAILED);
  if (before.stats === null) {
    writeLine(
      output.err,
      `mvmtr passwd: made ${file}; the user that sessions run as has to be able to read it`,
    );
  }
  return 0;
}

interface Before {
  readonly text: string;
  /** null: it was not there. */
  readonly stats: Stats | null;
}

function readUsers(file: string): Before | { readonly problem: string } {
  try {
    const stats = statSync(file);
    return { text: readFileSync(file, 'latin1'), stats };
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return { text: '', stats: null };
    return { problem: fileReason(cause) };
  }
}

async function changed(
  text: string,
  name: string,
  action: 'set' | 'delete',
  readPassword: ReadPassword,
): Promise<{ readonly text: string } | { readonly problem: string }> {
  if (action === 'delete') {
    const left = withoutUser(text, name);
    return left === null ? { problem: `there is no user ${toNative(name)}` } : { text: left };
  }
  const password = readPassword();
  if (password === null) return { problem: 'the two are not the same; nothing was changed' };
  if (password === '' || password.includes('\0') || password.length > LONGEST_PASSWORD) {
    return { problem: `a password has from 1 to ${LONGEST_PASSWORD} octets, none of them NUL` };
  }
  const verifiers = [await makeScrypt(password), await makeScram(password)];
  return { text: withUser(text, name, verifiers) };
}

// One at a time: whoever finds the temporary file there, or a file that is not the one that was read, would undo what
// another one does. Where the file is a link, what it leads to is replaced.
function save(file: string, octets: string, { stats }: Before): string | null {
  const owner = stats === null ? {} : { owner: { uid: stats.uid, gid: stats.gid } };
  const mode = stats === null ? NEW_MODE : stats.mode & 0o777;
  let path = file;
  let isChanged = false;
  const check = (): void => {
    isChanged = !isSame(stats, statSync(file, { throwIfNoEntry: false }) ?? null);
    if (isChanged) throw new Error('changed');
  };
  try {
    if (stats !== null) path = realpathSync(file);
    replaceFile({ path, octets, mode, ...owner, temporary: `${path}.tmp`, check });
    return null;
  } catch (cause) {
    if (isChanged) return 'another one has changed it meanwhile; try again';
    return (cause as NodeJS.ErrnoException).code === 'EEXIST'
      ? `another one is at work; if none is, remove ${path}.tmp`
      : fileReason(cause);
  }
}

const IDENTITY = ['dev', 'ino', 'size', 'mtimeMs', 'ctimeMs'] as const;

const isSame = (before: Stats | null, now: Stats | null): boolean =>
  before === null || now === null ? before === now : IDENTITY.every((each) => before[each] === now[each]);

// Octet strings. On a terminal it is asked for twice, and does not show.
function askForPassword(): string | null {
  if (!isatty(0)) return firstLine();
  const [first, second] = ['Password: ', 'Once more: '].map(askQuietly);
  return first === second ? (first ?? null) : null;
}

/** No more of it than a password can have, and without waiting for what comes behind. */
function firstLine(): string {
  const octets = Buffer.alloc(LONGEST_PASSWORD + 2);
  let length = 0;
  while (length < octets.length && !octets.subarray(0, length).includes(0x0a)) {
    const more = readSync(0, octets, length, octets.length - length, null);
    if (more === 0) break;
    length += more;
  }
  const [line = ''] = octets.toString('latin1', 0, length).split('\n', 1);
  return line.replace(/\r$/, '');
}

/** A shell, because it sees to it that the terminal shows again what is typed, however this ends. */
const ASK =
  'trap "stty echo; echo >&2" 0; trap "exit 1" 1 2 15; stty -echo; printf %s "$0" >&2; IFS= read -r p; printf %s "$p"';

function askQuietly(prompt: string): string {
  const { stdout } = spawnSync('/bin/sh', ['-c', ASK, prompt], {
    stdio: ['inherit', 'pipe', 'inherit'],
    encoding: 'latin1',
  });
  return stdout;
}
