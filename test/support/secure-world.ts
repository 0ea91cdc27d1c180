// A world with certificates and passwords: an authority of its own, a certificate for mx.example.com in control/servercert.pem, the user
// joe in control/smtpusers, and the same user for the stand-in of checkpassword. The queue stand-in notes what it is told
// of whoever has logged in. What servers write may be searched for secrets that should not be there.

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect } from 'vitest';
import { type Made, makeCertificate } from './certificates.ts';
import { removeDirectory, scratchDirectory } from './home.ts';
import { createWorld, type World } from './program.ts';
import type { ControlEntry } from './scenario.ts';
import { userLine } from './users.ts';

export const USER = 'joe@example.com';
export const PASSWORD = 'Xyzzy-open-sesame-4711';
/** What a client may try instead: no secret of the server's, and a secret of the client's all the same. */
export const WRONG_PASSWORD = 'Plugh-let-me-in-0815';

export const CHECKPASSWORD = fileURLToPath(new URL('checkpassword-stand-in.pl', import.meta.url));

export interface SecureWorld extends World {
  /** For certificates and whatever else a test needs. */
  readonly directory: string;
  readonly root: Made;
  readonly server: Made;
  /** Path of a control file. */
  control(name: string): string;
}

export const file = (octets: string): ControlEntry => ({ kind: 'file', octets });

/** @param more control files; null leaves one of the usual ones out */
export function createSecureWorld(more: Readonly<Record<string, string | null>> = {}): SecureWorld {
  const directory = scratchDirectory();
  const root = makeCertificate(directory, { name: 'root', kind: 'ec', names: [] });
  const server = makeCertificate(directory, {
    name: 'mx',
    kind: 'ec',
    names: ['mx.example.com', 'localhost'],
    issuer: root,
  });
  const texts: Record<string, string | null> = {
    'servercert.pem': server.keyText + server.chainText,
    smtpusers: userLine(USER, PASSWORD),
    ...more,
  };
  const entries = Object.entries(texts).flatMap(([name, text]) =>
    text === null ? [] : [[name, file(text)] as const],
  );
  const world = createWorld(Object.fromEntries(entries), { noteEnv: ['TCPREMOTEINFO', 'RELAYCLIENT'] });
  const passwords = join(directory, 'passwords');
  writeFileSync(passwords, `${USER}:${PASSWORD}\n`);
  return {
    ...world,
    env: { ...world.env, STAND_IN_PASSWORDS: passwords },
    directory,
    root,
    server,
    control: (name) => join(world.home, 'control', name),
    remove() {
      world.remove();
      removeDirectory(directory);
    },
  };
}

/** Environment for a server that finds out about its clients itself: tcpserver, or `serve`. */
export function serverEnv(
  { env }: World,
  more: Readonly<Record<string, string>> = {},
): Record<string, string> {
  const own = Object.entries(env).filter(([name]) => !name.startsWith('TCP'));
  return { ...Object.fromEntries(own), ...more };
}

export const b64 = (text: string): string => Buffer.from(text, 'latin1').toString('base64');

/** Passwords as they are, and as they go over the wire. */
const SECRETS: readonly string[] = [PASSWORD, WRONG_PASSWORD].flatMap((password) => [
  password,
  b64(password),
  ...['', USER].map((identity) => b64(`${identity}\0${USER}\0${password}`)),
  // Of a part of it: base64 of a longer text has it at one of three places.
  ...[0, 1, 2].map((shift) => b64(`${' '.repeat(shift)}${password}`).slice(shift === 0 ? 0 : 4, -4)),
]);

export function expectNoSecrets(text: string): void {
  for (const secret of SECRETS) expect(text).not.toContain(secret);
}
