// The verbs and the law about them: which needs an open transaction, which takes no argument, which counts as a command
// that brings no mail, which is there only if a setting says so. The main loop knows nothing else about a verb.

import type { Answer, InTransaction, SessionState } from './state.ts';
import { data } from './verbs/data.ts';
import { ehlo, helo } from './verbs/helo.ts';
import { mail } from './verbs/mail.ts';
import { help, noop, quit, rset, vrfy } from './verbs/others.ts';
import { rcpt } from './verbs/rcpt.ts';
import { xclient } from './verbs/xclient.ts';

interface Law {
  /** An argument is a syntax error (RFC 5321 §4.1.1); stock ignores it. */
  readonly bare?: true;
  /** Brings a message nearer; everything else counts towards Limits.commandsWithoutMail. */
  readonly mail?: true;
  /** Known only where this setting says so; otherwise a command like any that does not exist. */
  readonly where?: 'xclient' | 'tls' | 'auth';
  /** Can be said before TLS where that is required (RFC 3207 §4). */
  readonly inClear?: true;
}

export type Verb = Law &
  (
    | {
        readonly needs: 'transaction';
        readonly run: (session: InTransaction, argument: string) => Answer | Promise<Answer>;
      }
    | {
        readonly needs?: never;
        readonly run: (session: SessionState, argument: string) => Answer | Promise<Answer>;
      }
  );

// Behind doors: most clients of most servers come without.
const starttls = async (session: SessionState, argument: string): Promise<Answer> =>
  (await import('./verbs/starttls.ts')).starttls(session, argument);
const auth = async (session: SessionState, argument: string): Promise<Answer> =>
  (await import('./verbs/auth.ts')).auth(session, argument);

export const VERBS: ReadonlyMap<string, Verb> = new Map<string, Verb>([
  ['helo', { run: helo, inClear: true }],
  ['ehlo', { run: ehlo, inClear: true }],
  ['starttls', { run: starttls, where: 'tls', inClear: true }],
  ['auth', { run: auth, where: 'auth' }],
  ['mail', { run: mail, mail: true }],
  ['rcpt', { run: rcpt, mail: true, needs: 'transaction' }],
  ['data', { run: data, mail: true, needs: 'transaction', bare: true }],
  ['rset', { run: rset, bare: true, inClear: true }],
  ['noop', { run: noop, inClear: true }],
  ['vrfy', { run: vrfy }],
  ['help', { run: help }],
  ['quit', { run: quit, bare: true, inClear: true }],
  ['xclient', { run: xclient, where: 'xclient' }],
]);
