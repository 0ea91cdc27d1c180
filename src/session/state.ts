// What one session remembers between commands, and the answers its verbs give.

import { type Reply, renderReply } from '../smtp/index.ts';
import type { Introduction, SessionConfig } from './config.ts';
import type { EndOfSession } from './events.ts';
import type { Channel, Secured, Services, StartedTls } from './ports.ts';
import { REPLIES, type ReplyName } from './replies.ts';
import type { Transaction } from './transaction.ts';
import type { Told } from './verbs/xclient.ts';
import type { Wire } from './wire.ts';

export interface SessionState {
  /** In force now; `base` is in force again when the transaction is over. */
  config: SessionConfig;
  base: SessionConfig;
  readonly services: Services;
  /** What is in force at the first command, and again after STARTTLS, which makes us forget the rest. */
  fresh: SessionConfig;
  /** With TLS others than at the beginning. */
  channel: Channel;
  wire: Wire;
  tls: Secured | null;
  /** The same, if it is the session that has started it, and so has to end it. */
  startedTls: StartedTls | null;
  auth: Login;
  /** Milliseconds since 1970. */
  readonly started: number;
  /** The last HELO or EHLO; null before the first. */
  helo: Introduction | null;
  /** What XCLIENT has said about the next client. */
  told: Told | null;
  transaction: Transaction | null;
  /** Messages accepted. */
  messages: number;
  commands: number;
  /** Commands refused, and recipients among them. */
  errors: number;
  refusedRecipients: number;
  /** The client was refused before it said anything, or after its handshake: what it hears to all but QUIT (RFC 5321 §3.1). */
  turnedAway: Answer | null;
  /** Its AUTH was refused, so that what it says now may be a password in the place of a command. */
  concealing: boolean;
  commandsWithoutMail: number;
}

/** What has come of AUTH. */
export interface Login {
  /** null: nobody is logged in. */
  readonly user: string | null;
  /** Of the last attempt. */
  readonly mechanism: string;
  readonly failures: number;
}

export const NO_LOGIN: Login = { user: null, mechanism: '', failures: 0 };

/** A session with a transaction open: what RCPT and DATA ask for, so that their order is in the type. */
export type InTransaction = SessionState & { transaction: Transaction };

/** What a verb comes to: a named reply, or one made up on the spot, perhaps with the end of the session. */
export type Answer = ReplyName | Spoken;

export interface Spoken {
  /** null: nothing is said. */
  readonly reply: Reply | null;
  /** For the log, when it is a refusal: which rule, and what the client is not told. */
  readonly rule?: string;
  readonly why?: string;
  /** The session is over: so it is after a reply that closes, which needs no word of it here. */
  readonly end?: EndOfSession;
}

/** The reply of that name in the words of this session's profile. */
export function wording(session: SessionState, name: ReplyName): Reply {
  return REPLIES[name][session.config.profile.name];
}

/** Says it to the client, and to the log when the dialogue is wanted there. */
export function speak({ config, services, wire }: SessionState, reply: Reply): void {
  wire.say(reply);
  if (config.verbose) {
    for (const text of renderReply(reply, config.profile.dialect).trimEnd().split('\r\n')) {
      services.log({ event: 'said', by: 'server', text });
    }
  }
}

/** The transaction is over, and what was set for it. */
export function endTransaction(session: SessionState): void {
  session.transaction = null;
  session.config = session.base;
}
