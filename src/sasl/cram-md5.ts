// CRAM-MD5 (RFC 2195 §2): the server speaks first, with a text in the form of a message identifier that was never
// used before, and hears a name and HMAC-MD5 of that text with the password as key. The digest is checked by
// whoever has the passwords.

import { type Dialogue, isUser, MALFORMED, type Setting, settled } from './dialogue.ts';

const DIGEST = /^[0-9A-Fa-f]{32}$/;

export async function* cramMd5(initial: string | null, setting: Setting): Dialogue {
  const { clock, context, random, verifier } = setting;
  if (initial !== null || !verifier.cramMd5) return MALFORMED;
  const challenge = `<${random()}.${Math.floor(clock() / 1000)}@${context.hostName}>`;
  const response = yield challenge;
  // A name may have spaces in it, a digest has none.
  const space = response.lastIndexOf(' ');
  const user = response.slice(0, Math.max(space, 0));
  const digest = response.slice(space + 1);
  if (!isUser(user) || !DIGEST.test(digest)) return MALFORMED;
  return settled(user, await verifier.cramMd5(user, challenge, digest.toLowerCase()));
}
