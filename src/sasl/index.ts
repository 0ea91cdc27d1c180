export { fromBase64, toBase64 } from './base64.ts';
export { PASSWORD_OCTETS, USER_OCTETS } from './dialogue.ts';
export type { Authenticator, SaslContext, SaslExchange, SaslStep } from './exchange.ts';
export { MECHANISM_NAMES, type MechanismName, type MechanismOptions, startMechanism } from './mechanisms.ts';
export { SALT_OCTETS, SCRAM_ITERATIONS } from './scram.ts';
export type { Checked, CredentialVerifier, ScramVerifier, Unavailable } from './verifier.ts';
