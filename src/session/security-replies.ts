// The replies of STARTTLS and AUTH: as replies.ts, behind the same doors as the verbs that say them.

import { both, closing, type Wording } from './replies.ts';
import type { SessionState, Spoken } from './state.ts';

export const SECURITY_REPLIES = {
  starttls: both(220, '0.0', 'ready for tls', 'Ready to start TLS'),
  authOk: both(235, '7.0', 'ok, go ahead', 'Authentication successful'),

  starttlsTwice: both(503, '5.1', 'TLS is on already', 'TLS is on already'),
  starttlsUnavailable: both(
    454,
    '7.0',
    'TLS not available, try again later',
    'TLS is not available just now; try again later',
  ),
  authClear: both(
    538,
    '7.11',
    'STARTTLS before AUTH',
    'Send STARTTLS before AUTH: passwords have to be encrypted',
  ),
  authTwice: both(503, '5.1', 'you are logged in already', 'You are logged in already'),
  authLate: both(503, '5.1', 'no AUTH within a transaction', 'AUTH cannot come within a transaction'),
  authSyntax: both(
    501,
    '5.4',
    'AUTH wants a mechanism',
    'A mechanism that EHLO lists has to follow, as in AUTH PLAIN',
  ),
  authMechanism: both(
    504,
    '5.4',
    'no such mechanism here',
    'Mechanism not supported; EHLO lists those that are',
  ),
  authEncoding: both(501, '5.2', 'that is no base64', 'Not a line of base64'),
  authMalformed: both(501, '5.4', 'malformed response', 'Not a response of this mechanism'),
  authCancelled: both(501, '7.0', 'cancelled', 'Authentication cancelled'),
  authTooLong: both(500, '5.6', 'line too long', 'Line of the authentication exchange too long'),
  authFailed: both(535, '7.8', 'authentication failed', 'Authentication failed: wrong user name or password'),
  authUnavailable: both(
    454,
    '7.0',
    'passwords cannot be checked now',
    'Passwords cannot be checked just now; try again later',
  ),
  authTooMany: closing(both(421, '7.0', 'too many failed logins', 'Too many failed logins')),
} as const satisfies Record<string, Wording>;

export type SecurityReplyName = keyof typeof SECURITY_REPLIES;

export function answered({ config }: SessionState, rule: SecurityReplyName): Spoken {
  return { reply: SECURITY_REPLIES[rule][config.profile.name], rule };
}
