// LOGIN (draft-murchison-sasl-login): two questions, for a name and for a password. The words of the questions are
// those that clients look for, which are not the draft's. A client that sends an initial response has sent the
// name with it.

import { type Dialogue, isPassword, isUser, MALFORMED, type Setting, settled } from './dialogue.ts';

export async function* login(initial: string | null, { verifier }: Setting): Dialogue {
  const user = initial ?? (yield 'Username:');
  if (!isUser(user)) return MALFORMED;
  const password = yield 'Password:';
  if (!isPassword(password)) return MALFORMED;
  return settled(user, await verifier.plain(user, password));
}
