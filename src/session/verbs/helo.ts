// HELO and EHLO (RFC 5321 §4.1.1.1): note the client's name, forget any transaction, list the extensions.

import { isHeloName, type Reply } from '../../smtp/index.ts';
import { ask } from '../asking.ts';
import { mechanismsFor } from '../mechanisms.ts';
import { type Answer, endTransaction, type SessionState } from '../state.ts';
import { XCLIENT_LINE } from './xclient.ts';

export function helo(session: SessionState, argument: string): Answer | Promise<Answer> {
  return introduce(session, argument, false);
}

export function ehlo(session: SessionState, argument: string): Answer | Promise<Answer> {
  return introduce(session, argument, true);
}

function introduce(session: SessionState, argument: string, esmtp: boolean): Answer | Promise<Answer> {
  const { strict } = session.config.profile;
  const name = strict ? argument.replace(/ +$/, '') : argument;
  if (strict && !isHeloName(name)) return 'heloSyntax';
  const before = session.helo;
  session.helo = { name, esmtp };
  return ask(
    session,
    { stage: 'helo', subject: name },
    {
      proceed: () => {
        endTransaction(session);
        const { config } = session;
        return { reply: esmtp ? greeting(session) : { code: 250, text: [config.hostName] } };
      },
      refused: () => {
        session.helo = before;
      },
    },
  );
}

function greeting(session: SessionState): Reply {
  const { profile, hostName, databytes, limits, xclient, tls } = session.config;
  const text: [string, ...string[]] = [hostName, 'PIPELINING', '8BITMIME'];
  if (tls !== null && session.tls === null) text.push('STARTTLS');
  const mechanisms = mechanismsFor(session);
  if (mechanisms.length > 0 && session.auth.user === null) text.push(`AUTH ${mechanisms.join(' ')}`);
  if (profile.strict) {
    text.push(
      databytes > 0 ? `SIZE ${databytes}` : 'SIZE', // RFC 1870 §4: no number, no fixed maximum
      'ENHANCEDSTATUSCODES',
      `LIMITS RCPTMAX=${limits.recipients}`,
    );
  }
  if (xclient) text.push(XCLIENT_LINE);
  return { code: 250, text };
}
