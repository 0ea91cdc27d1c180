// What is decided about a client's request at one stage of the dialogue, and the facts it is decided from. Whoever decides
// (qmail's controls, rules, or both in order) is handed the session's facts and answers with a Ruling.

import type { Reply } from '../smtp/index.ts';
import type { Rule } from './verdict.ts';

/** Stages at which a session asks, in the words of the rule language's hooks. */
export type Stage =
  | 'connect'
  | 'helo'
  | 'starttls'
  | 'tls'
  | 'auth'
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

/** Settings that say which files TLS is made of. */
export type TlsFileSetting = 'tlsCertificates' | 'tlsKeys' | 'tlsClientCa' | 'tlsCiphers';

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
  /** Nothing but STARTTLS before TLS; no mail before AUTH. */
  readonly requireTls?: boolean;
  readonly requireAuth?: boolean;
  /** Paths of PEM files. Keys by the same place in the list, or in the file of the certificate where there is none. */
  readonly tlsCertificates?: readonly string[];
  readonly tlsKeys?: readonly string[];
  readonly tlsClientCa?: string;
  readonly tlsCiphers?: string;
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

/** What is known of TLS on a connection that has it. */
export interface TlsFacts {
  /** "TLSv1.3". */
  readonly version: string;
  /** OpenSSL's name. */
  readonly cipher: string;
  readonly bits: number;
  /** Host name that the client has asked for (RFC 6066 §3); '' for none. */
  readonly sni: string;
  /** Certificate of the client: '' for one that has shown none. */
  readonly verified: boolean;
  readonly subject: string;
  readonly issuer: string;
  /** SHA-256, in lower-case hexadecimal. */
  readonly fingerprint: string;
}

/** What AUTH has come to. */
export interface AuthFacts {
  /** Who is logged in; '' for nobody. */
  readonly user: string;
  /** At the `auth` stage: whether the password was right. Later: whether somebody is logged in. */
  readonly ok: boolean;
  /** Of the last attempt; '' before the first. */
  readonly mechanism: string;
  readonly failures: number;
}

/** The facts of a session, read when they are asked for. */
export interface Facts {
  readonly started: number;
  readonly now: number;
  readonly helo: { readonly name: string; readonly esmtp: boolean } | null;
  readonly tls: TlsFacts | null;
  readonly auth: AuthFacts;
  /** By its login, or by the certificate it has shown (control/tlsclients). RELAYCLIENT is not meant. */
  readonly mayRelay: boolean;
  readonly transaction: {
    readonly reversePath: string;
    readonly size: number;
    readonly body: string;
    /** AUTH= of MAIL (RFC 4954 §5): '' for "<>", and without it. */
    readonly auth: string;
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
  readonly settings: Required<Omit<SettingChanges, 'greetingText' | TlsFileSetting>>;
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
  /** TLS has begun: what the client has said before was said by anybody. */
  forget?(): void;
  /** May throw a ControlFault: a table that cannot be read is no answer. */
  ask(stage: Stage, facts: Facts): Ruling | Promise<Ruling>;
}
