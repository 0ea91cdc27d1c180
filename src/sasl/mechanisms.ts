// The mechanisms of SASL that are here, by name, and how an exchange begins. Pure: passwords, chance, time and
// what is known of the connection are handed in. Whether a mechanism may be used on a connection is for the
// session to say.

import { cramMd5 } from './cram-md5.ts';
import { exchangeOf, type Mechanism, type Setting } from './dialogue.ts';
import type { SaslExchange } from './exchange.ts';
import { login } from './login.ts';
import { plain } from './plain.ts';
import { scram, scramPlus } from './scram.ts';
import type { CredentialVerifier } from './verifier.ts';

const MECHANISMS = {
  PLAIN: { mechanism: plain, asks: 'plain' },
  LOGIN: { mechanism: login, asks: 'plain' },
  'CRAM-MD5': { mechanism: cramMd5, asks: 'cramMd5' },
  'SCRAM-SHA-256': { mechanism: scram, asks: 'scram' },
  'SCRAM-SHA-256-PLUS': { mechanism: scramPlus, asks: 'scram' },
} as const satisfies Record<string, { mechanism: Mechanism; asks: keyof CredentialVerifier }>;

export type MechanismName = keyof typeof MECHANISMS;

export const MECHANISM_NAMES = /* @__PURE__ */ Object.keys(MECHANISMS) as readonly MechanismName[];

export interface MechanismOptions extends Setting {
  /** In upper case. */
  readonly name: string;
}

/** null: not one of ours, or one that this verifier has nothing for. */
export function startMechanism({ name, ...setting }: MechanismOptions): SaslExchange | null {
  if (!isMechanism(name)) return null;
  const { mechanism, asks } = MECHANISMS[name];
  return setting.verifier[asks] ? exchangeOf(mechanism, setting) : null;
}

function isMechanism(name: string): name is MechanismName {
  return Object.hasOwn(MECHANISMS, name);
}
