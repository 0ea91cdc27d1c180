// What is decided about a client's request at one stage of the dialogue, and the facts it is decided from. Whoever decides
// (qmail's controls, rules, or both in order) is handed the session's facts and answers with a Ruling.

import type { Reply } from '../smtp/index.ts';
import type { Rule } from './verdict.ts';

/** Stages at which a session asks, in the words of the rule language's hooks. */
export type Stage =
  | 'connect'
  | 'helo'
  | 'mail'
  | 'rcpt'
  | 'data'
  | 'headers'
  | 'message'
  | 'queued'
  | 'vrfy'
  | 'unrecognized'
  | 'denied'
  | 'disconnect';

export type Decision =
  | { readonly kind: 'proceed' }
  /** A check of qmail's refuses: the session has the reply. */
  | { readonly kind: 'refuse'; readonly rule: Rule }
  /** Somebody wrote the reply. */
  | { readonly kind: 'reply'; readonly reply: Reply; readonly rule: string; readonly why?: string }
  /** Say yes, and forget it. */
  | { readonly kind: 'discard'; readonly why: string }
  /** Say yes, and put it aside. */
  | { readonly kind: 'quarantine'; readonly into: string; readonly why: string };

export type EnvelopeEdit =
  | { readonly edit: 'sender'; readonly address: string }
  /** At `rcpt`, 'set' is about the recipient being asked for. */
  | { readonly edit: 'set-rcpt' | 'add-rcpt' | 'remove-rcpt'; readonly address: string };

export type HeaderEdit =
  | { readonly edit: 'add'; readonly name: string; readonly value: string; readonly last: boolean }
  /** Indexes into the fields that the stage was shown. */
  | { readonly edit: 'delete'; readonly fields: readonly number[] };

/** Settings of the running session that a ruling may change. */
export interface SettingChanges {
  readonly hostName?: string;
  readonly greetingText?: readonly string[];
  readonly databytes?: number;
  readonly recipients?: number;
  readonly errors?: number;
  readonly maxHops?: number;
  readonly timeout?: number;
  readonly heloTimeout?: number;
  readonly dataTimeout?: number;
  readonly localIpHost?: string;
}

export interface Ruling {
  readonly decision: Decision;
  /** Seconds to wait before the reply. */
  readonly delay?: number;
  readonly envelope?: readonly EnvelopeEdit[];
  readonly header?: readonly HeaderEdit[];
  readonly settings?: SettingChanges;
}

export const PROCEED: Ruling = { decision: { kind: 'proceed' } };

/** A header field as it came: octet strings; the body has everything behind the colon but the last line end. */
export interface Field {
  readonly name: string;
  readonly body: string;
}

/** What is known of the message: its header at `headers`, all of it at `message`. */
export interface MessageFacts {
  readonly fields: readonly Field[];
  readonly headerOctets: number;
  readonly hops: number;
  /** null before it is complete. */
  readonly complete: {
    readonly octets: number;
    readonly lines: number;
    readonly longestLine: number;
    readonly has8Bit: boolean;
    readonly hasNul: boolean;
    /** The whole message, for whoever has to look into the body; at most `most` octets of it. */
    read(most: number): Uint8Array;
  } | null;
  /** At `queued`. */
  readonly queueId?: string;
}

/** The facts of a session, read when they are asked for. */
export interface Facts {
  readonly started: number;
  readonly now: number;
  readonly helo: { readonly name: string; readonly esmtp: boolean } | null;
  readonly transaction: {
    readonly reversePath: string;
    readonly size: number;
    readonly body: string;
    readonly recipients: readonly string[];
    readonly tried: number;
    readonly refused: number;
  } | null;
  readonly messages: number;
  readonly commands: number;
  readonly errors: number;
  readonly refusedRecipients: number;
  /** The argument of the stage: host name, sender, recipient, verb … */
  readonly subject: string;
  /** Settings in force. */
  readonly settings: Required<Omit<SettingChanges, 'greetingText'>>;
  /** The rest of an unrecognized command. */
  readonly rest?: string | undefined;
  readonly message: MessageFacts | null;
  /** At `denied`; `place` is that of the rule that refused, '' when it was none. */
  readonly denied?:
    | {
        readonly place: string;
        readonly stage: string;
        readonly code: number;
        readonly status: string;
        readonly text: string;
        readonly layer: string;
      }
    | undefined;
}

/** Asked by the session before it proceeds. One of these per session: it may remember what it has said. */
export interface Policy {
  /** Whether it has anything to say at a stage; the session does not ask where it has not. */
  readonly speaksAt: (stage: Stage) => boolean;
  /** What has to be kept back until it has spoken: nothing, the header, or the whole message. */
  readonly holds: 'nothing' | 'header' | 'message';
  /** May throw a ControlFault: a table that cannot be read is no answer. */
  ask(stage: Stage, facts: Facts): Ruling | Promise<Ruling>;
}
