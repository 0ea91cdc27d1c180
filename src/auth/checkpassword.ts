// A program with checkpassword's interface (http://cr.yp.to/checkpwd/interface.html) as whoever knows the passwords: user, password and
// a timestamp go to its descriptor 3, each with a NUL behind it, and it starts the program behind it, usually true, if they are
// right. 0 is yes and 1 is no; whatever else happens is nobody's answer. CRAM-MD5 as s/qmail has it: user, digest, challenge.

import type { Checked, CredentialVerifier } from '../sasl/index.ts';
import { type ChildStatus, type FedChild, loadFedChild, type SpawnFailure } from '../sys/index.ts';
import { toOctets } from '../text/index.ts';

/** Octets that the interface lets a program read. */
const MOST_OCTETS = 512;

/** Seconds for a killed program to be gone. One that has become another user's (setuid) is not ours to kill, and not waited for. */
const KILL_SECONDS = 1;

export interface CheckpasswordOptions {
  readonly program: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
  /** After which it is killed, and the answer is none. */
  readonly seconds: number;
}

export function checkpassword(options: CheckpasswordOptions): CredentialVerifier {
  return {
    plain: (user, password) => check(options, [user, password, '']),
    cramMd5: (user, challenge, digest) => check(options, [user, digest, challenge]),
  };
}

async function check(options: CheckpasswordOptions, parts: readonly string[]): Promise<Checked> {
  if (parts.some((part) => part.includes('\0'))) return 'no';
  const octets = toOctets(parts.map((part) => `${part}\0`).join(''));
  if (octets.length > MOST_OCTETS) return 'no';
  const { program, args, env, seconds } = options;
  const child = await start({ program, args, env, octets });
  if ('failure' in child) return { unavailable: `${program} cannot be started: ${child.reason}` };
  return verdictOf(child, program, seconds);
}

async function start(
  what: Omit<CheckpasswordOptions, 'seconds'> & { readonly octets: Uint8Array },
): Promise<FedChild | SpawnFailure> {
  const { fedChild } = await loadFedChild();
  return fedChild(what);
}

/** What the end of a program says; it has been told user and password. */
export async function verdictOf(child: FedChild, program: string, seconds: number): Promise<Checked> {
  const status = await endedWithin(child, seconds);
  if (status === null) {
    child.kill();
    await endedWithin(child, KILL_SECONDS);
    return { unavailable: `${program} has not answered in ${seconds} s` };
  }
  if ('signal' in status) return { unavailable: `${program} was killed by ${status.signal}` };
  if (status.code === 0) return 'yes';
  return status.code === 1 ? 'no' : { unavailable: `${program} left with ${status.code}` };
}

/** null: it goes on. */
function endedWithin(child: FedChild, seconds: number): Promise<ChildStatus | null> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, seconds * 1000, null);
    child.ended.then((status) => {
      clearTimeout(timer);
      resolve(status);
    });
  });
}
