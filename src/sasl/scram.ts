// SCRAM-SHA-256 and SCRAM-SHA-256-PLUS, the server's side (RFC 5802, RFC 7677; bindings: RFC 9266, RFC 5929).
// Neither side tells the other a password, and the client hears a proof that we have its keys. A user who does not
// exist goes all the way, with a salt of its own, and fails where a wrong password does. No SASLprep: a name is
// what its octets are, and keys have to be made from a password's octets as the client sends them. That is the
// same for ASCII.

import { toBase64 } from './base64.ts';
import { type Dialogue, type LastStep, MALFORMED, type Mechanism, type Setting } from './dialogue.ts';
import type { SaslContext } from './exchange.ts';
import { DIGEST_OCTETS, hmacSha256, sameSecret, sha256Octets, xorEach } from './hmac.ts';
import { type ClientFirst, parseClientFinal, parseClientFirst } from './scram-syntax.ts';
import type { ScramVerifier } from './verifier.ts';

/** Iterations that RFC 7677 §4 asks for at least. */
export const SCRAM_ITERATIONS = 4096;

/** Octets of the salt of a user who does not exist. Real salts should have as many. */
export const SALT_OCTETS = 16;

const BINDING_TYPES = ['tls-exporter', 'tls-server-end-point'];

export const scram: Mechanism = (initial, setting) => dialogue(initial, setting, false);
export const scramPlus: Mechanism = (initial, setting) => dialogue(initial, setting, true);

async function* dialogue(initial: string | null, setting: Setting, plus: boolean): Dialogue {
  const first = parseClientFirst(initial ?? (yield ''));
  if (first === null || (first.binds === 'p') !== plus) return MALFORMED;
  const { user } = first;
  const rejected: LastStep = { step: 'rejected', user };
  const data = bindingData(first, setting.context);
  if (data === null || (first.authzid !== '' && first.authzid !== user)) return rejected;
  const found = (await setting.verifier.scram?.(user)) ?? null;
  if (found !== null && 'unavailable' in found) return { step: 'unavailable', user, why: found.unavailable };
  const keys = found ?? keysOfNobody(user, setting);
  if (!isUsable(keys)) return { step: 'unavailable', user, why: 'what is kept for SCRAM is damaged' };

  const nonce = first.nonce + setting.random();
  const serverFirst = `r=${nonce},s=${toBase64(keys.salt)},i=${keys.iterations}`;
  const final = parseClientFinal(yield serverFirst);
  if (final === null) return MALFORMED;
  const signed = `${first.bare},${serverFirst},${final.withoutProof}`;
  const proven = isProof(final.proof, keys.storedKey, signed);
  const same = sameSecret(final.binding, first.header + data) && sameSecret(final.nonce, nonce);
  if (found === null || !proven || !same) return rejected;
  return { step: 'accepted', user, data: `v=${toBase64(hmacSha256(keys.serverKey, signed))}` };
}

/** What has to stand behind the header in c=; null: this client cannot be trusted on this channel, or not be served. */
function bindingData({ binds, bindingType }: ClientFirst, { channelBinding }: SaslContext): string | null {
  // Empty data bind to nothing.
  if (binds === 'p') return channelBinding(bindingType) || null;
  // RFC 5802 §6: the client could bind and was told that we cannot. We can: somebody in between has told it.
  if (binds === 'y' && BINDING_TYPES.some((type) => channelBinding(type) !== null)) return null;
  return '';
}

/** RFC 5802 §3: ClientProof is ClientKey XOR ClientSignature, and StoredKey is H(ClientKey). */
function isProof(proof: string, storedKey: string, signed: string): boolean {
  const clientKey = xorEach(proof, hmacSha256(storedKey, signed));
  return sameSecret(sha256Octets(clientKey), storedKey);
}

/** Always the same for the same name. */
function keysOfNobody(user: string, { fakeSaltKey, fakeIterations }: Setting): ScramVerifier {
  return {
    iterations: fakeIterations ?? SCRAM_ITERATIONS,
    salt: hmacSha256(fakeSaltKey, `salt,${user}`).slice(0, SALT_OCTETS),
    storedKey: hmacSha256(fakeSaltKey, `stored,${user}`),
    serverKey: hmacSha256(fakeSaltKey, `server,${user}`),
  };
}

function isUsable({ iterations, salt, storedKey, serverKey }: ScramVerifier): boolean {
  const counted = Number.isSafeInteger(iterations) && iterations > 0;
  return counted && salt !== '' && [storedKey, serverKey].every(({ length }) => length === DIGEST_OCTETS);
}
