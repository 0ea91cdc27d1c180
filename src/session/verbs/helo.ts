// HELO and EHLO (RFC 5321 §4.1.1.1): note the client's name, forget any transaction, list the extensions.

import { isHeloName, type Reply } from '../../smtp/index.ts';
import type { SessionConfig } from '../config.ts';
import type { Answer, SessionState } from '../state.ts';

export function helo(session: SessionState, argument: string): Answer {
  return introduce(session, argument, false) ?? { reply: { code: 250, text: [session.config.hostName] } };
}

export function ehlo(session: SessionState, argument: string): Answer {
  return introduce(session, argument, true) ?? { reply: greeting(session.config) };
}

function introduce(session: SessionState, argument: string, esmtp: boolean): Answer | null {
  const { strict } = session.config.profile;
  const name = strict ? argument.replace(/ +$/, '') : argument;
  if (strict && !isHeloName(name)) return 'heloSyntax';
  session.helo = { name, esmtp };
  session.transaction = null;
  return null;
}

function greeting({ profile, hostName, databytes, limits }: SessionConfig): Reply {
  const text: [string, ...string[]] = [hostName, 'PIPELINING', '8BITMIME'];
  if (profile.strict) {
    text.push(
      databytes > 0 ? `SIZE ${databytes}` : 'SIZE', // RFC 1870 §4: no number, no fixed maximum
      'ENHANCEDSTATUSCODES',
      `LIMITS RCPTMAX=${limits.recipients}`,
    );
  }
  return { code: 250, text };
}
