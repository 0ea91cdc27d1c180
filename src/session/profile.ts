// The two profiles as data: everything in which a session of one differs from a session of the other. Nothing else asks
// which profile it is, except the wording of replies.

import { qmailReceived, rfcReceived, type Trace } from '../mail/index.ts';
import type { ReplyDialect } from '../smtp/index.ts';
import { type Limits, OWN_LIMITS, STOCK_LIMITS } from './limits.ts';

export interface Profile {
  readonly name: 'stock' | 'mvmtr';
  readonly dialect: ReplyDialect;
  readonly limits: Limits;
  /** RFC 5321 grammar and order of commands, ESMTP parameters; otherwise qmail's tolerance (addrparse()). */
  readonly strict: boolean;
  /** RELAYCLIENT's value is appended to every recipient. */
  readonly appendsRelayClient: boolean;
  /** A bare LF in DATA ends the session at once; otherwise the message is read to its end and refused. */
  readonly hangsUpAtBareLf: boolean;
  /** databytes counts a line end as one octet (as queued) or as two (as sent, RFC 1870 §5). */
  readonly lineEndOctets: 1 | 2;
  readonly received: (trace: Trace) => string;
  /** Received says ESMTP after EHLO (RFC 3848) and our host name; stock says SMTP always, and TCPLOCALHOST. */
  readonly ownTrace: boolean;
}

export const STOCK: Profile = {
  name: 'stock',
  dialect: 'qmail',
  limits: STOCK_LIMITS,
  strict: false,
  appendsRelayClient: true,
  hangsUpAtBareLf: true,
  lineEndOctets: 1,
  received: qmailReceived,
  ownTrace: false,
};

export const MVMTR: Profile = {
  name: 'mvmtr',
  dialect: 'rfc',
  limits: OWN_LIMITS,
  strict: true,
  appendsRelayClient: false,
  hangsUpAtBareLf: false,
  lineEndOctets: 2,
  received: rfcReceived,
  ownTrace: true,
};
