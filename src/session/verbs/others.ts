// The verbs with nothing behind them: RSET, NOOP, VRFY, HELP, QUIT (RFC 5321 §4.1.1.5 to §4.1.1.10).

import { ask } from '../asking.ts';
import { type Answer, endTransaction, type SessionState } from '../state.ts';

export function rset(session: SessionState): Answer {
  endTransaction(session);
  return 'rset';
}

export function noop(): Answer {
  return 'noop';
}

/** Tells nothing about mailboxes (RFC 5321 §3.5.3). */
export function vrfy(session: SessionState, argument: string): Answer | Promise<Answer> {
  return ask(session, { stage: 'vrfy', subject: argument }, { proceed: () => 'vrfy' });
}

export function help(): Answer {
  return 'help';
}

export function quit({ config }: SessionState): Answer {
  const name = config.hostName;
  return config.profile.strict
    ? { reply: { code: 221, enhanced: '0.0', text: [`${name} closing the connection`] }, end: 'quit' }
    : { reply: { code: 221, text: [name] }, end: 'quit' };
}
