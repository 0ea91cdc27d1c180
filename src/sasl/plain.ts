// PLAIN (RFC 4616): one message, "authzid NUL authcid NUL password". Nobody acts for somebody else here, so that
// authzid is empty or the user's own name. Names and passwords are compared as they come, without SASLprep.

import { type Dialogue, isPassword, isUser, MALFORMED, type Setting, settled } from './dialogue.ts';

export async function* plain(initial: string | null, { verifier }: Setting): Dialogue {
  const message = initial ?? (yield '');
  const [authzid = '', user = '', password = '', ...more] = message.split('\0', 4);
  if (more.length > 0 || !isUser(user) || !isPassword(password)) return MALFORMED;
  if (authzid !== '' && authzid !== user) return { step: 'rejected', user };
  return settled(user, await verifier.plain(user, password));
}
