// What all mechanisms are written as: a dialogue, a generator that is begun with the initial response, yields
// challenges, is resumed with responses, and returns the last step. Here a dialogue becomes the exchange of a
// session, which never rejects: what is thrown in it (by who checks passwords, by TLS) means that nobody can tell.
// And the bounds of names and passwords.

import type { SaslContext, SaslExchange, SaslStep } from './exchange.ts';
import type { Checked, CredentialVerifier } from './verifier.ts';

/** Octets of a user name (RFC 4616 §2: 255 must be accepted). */
export const USER_OCTETS = 255;

/** Octets of a password. */
export const PASSWORD_OCTETS = 1024;

export type LastStep = Exclude<SaslStep, { readonly step: 'challenge' }>;

export type Dialogue = AsyncGenerator<string, LastStep, string>;

/** What a mechanism goes by. */
export interface Setting {
  readonly verifier: CredentialVerifier;
  readonly context: SaslContext;
  /** Octets that were never used before and that nobody can guess: at least 24 in U+0021–U+007E, none of them a comma. */
  readonly random: () => string;
  /** Wall-clock time in milliseconds since 1970. */
  readonly clock: () => number;
  /**
   * A secret that salts of users who do not exist are made from. It has to stay the same for as long as real salts do, in all
   * processes: salts that change tell which users do not exist.
   */
  readonly fakeSaltKey: string;
  /** The iteration count such users have: that of most real ones. */
  readonly fakeIterations?: number;
}

export type Mechanism = (initial: string | null, setting: Setting) => Dialogue;

export function exchangeOf(mechanism: Mechanism, setting: Setting): SaslExchange {
  let dialogue: Dialogue | null = null;
  let over = false;
  return {
    async next(response) {
      if (over) return MALFORMED;
      try {
        dialogue ??= mechanism(response, setting);
        const { done, value } = await dialogue.next(response ?? '');
        if (!done) return { step: 'challenge', octets: value };
        over = true;
        return value;
      } catch (error) {
        over = true;
        return { step: 'unavailable', user: '', why: String((error as Error | null)?.message ?? error) };
      }
    },
    abort() {
      over = true;
      dialogue = null;
    },
  };
}

export const MALFORMED: LastStep = { step: 'malformed', user: '' };

/** The end of a dialogue for a user whose password has been checked. */
export function settled(user: string, checked: Checked): LastStep {
  if (checked === 'yes') return { step: 'accepted', user };
  if (checked === 'no') return { step: 'rejected', user };
  return { step: 'unavailable', user, why: checked.unavailable };
}

/** Neither empty nor too long, and no control characters, which every profile of SASL names prohibits (RFC 4013 §2.3). */
export function isUser(text: string): boolean {
  return text.length <= USER_OCTETS && /^[^\x00-\x1f\x7f]+$/.test(text);
}

/** Neither empty nor too long, and without NUL, which ends a password where it is checked. */
export function isPassword(text: string): boolean {
  return text.length > 0 && text.length <= PASSWORD_OCTETS && !text.includes('\0');
}
