// What of a command may be shown to the log and to rules. Behind AUTH, however it is written and whether or not it exists here, stands a
// password; and a client that takes no notice of a refused AUTH sends its passwords in the place of commands.

import type { Command } from '../smtp/index.ts';
import { VERBS } from './sequence.ts';
import type { SessionState } from './state.ts';

/** What stands in the place of what is not shown. */
export const CONCEALED = '(concealed)';

/** The command itself where there is nothing to hide. */
export function withoutSecrets(session: SessionState, command: Command): Command {
  const { verb, argument } = command;
  if (verb === 'auth') {
    session.concealing = true; // until another verb is heard
    const [mechanism = '', ...more] = argument.split(/[ \t]/, 2);
    const isName = /^[A-Za-z0-9_-]{1,20}$/.test(mechanism);
    return more.length === 0 && isName
      ? command
      : { verb, argument: isName ? `${mechanism} ${CONCEALED}` : CONCEALED };
  }
  // "AUTH<tab>PLAIN", " AUTH PLAIN"
  if (/^auth[^a-z]/.test(verb) || (verb === '' && /^auth/i.test(argument))) {
    session.concealing = true;
    return { verb: 'auth', argument: CONCEALED };
  }
  if (!session.concealing) return command;
  if (!VERBS.has(verb)) return { verb: CONCEALED, argument: '' };
  session.concealing = false;
  return command;
}
