// The door to checking passwords: by source, the mechanisms of our own on top of a verifier, or those of Dovecot.

import { randomBytes } from 'node:crypto';
import { type Authenticator, type CredentialVerifier, startMechanism } from '../sasl/index.ts';
import { checkpassword } from './checkpassword.ts';
import { dovecot } from './dovecot.ts';
import type { PasswordSource } from './source.ts';
import { usersFile } from './users-file.ts';
import { SCRAM_ITERATIONS } from './verifiers.ts';

/** Seconds for whoever checks a password to answer. */
export const AUTH_SECONDS = 60;

export interface AuthenticatorOptions {
  /** For a program that is started. */
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly seconds?: number;
}

export function openAuthenticator(
  source: PasswordSource,
  { env, seconds = AUTH_SECONDS }: AuthenticatorOptions,
): Authenticator {
  switch (source.kind) {
    case 'checkpassword':
      return ownMechanisms(checkpassword({ ...source, env, seconds }), () => randomOctets());
    case 'dovecot':
      return dovecot({ path: source.path, seconds });
    case 'file': {
      const { verifier, fakeSaltKey } = usersFile(source.path);
      return ownMechanisms(verifier, fakeSaltKey);
    }
  }
}

function ownMechanisms(verifier: CredentialVerifier, fakeSaltKey: () => string): Authenticator {
  return {
    start: (name, context) =>
      startMechanism({
        name,
        verifier,
        context,
        clock: Date.now,
        random: randomOctets,
        fakeIterations: SCRAM_ITERATIONS,
        fakeSaltKey: fakeSaltKey(),
      }),
  };
}

const randomOctets = (): string => randomBytes(24).toString('base64url');
