// What a session reports to the log: one event, one line. Client text is raw here; the log room escapes it.

export type SessionEvent =
  | { readonly event: 'connect'; readonly profile: string }
  | {
      readonly event: 'refused';
      /** The verb that was refused, in lower case. */
      readonly stage: string;
      readonly code: number;
      /** Which rule or bound refused: a name of the table of replies, or "queue". */
      readonly rule: string;
      /** What the client wrote behind the verb. */
      readonly argument: string;
      /** What the client was not told. */
      readonly why?: string;
      readonly reversePath?: string;
    }
  | {
      readonly event: 'accepted';
      /** Octets handed to the queue program, trace field not counted. */
      readonly octets: number;
      readonly recipients: number;
      readonly id: string;
      readonly reversePath: string;
    }
  | {
      readonly event: 'tls';
      readonly result: 'ok' | 'failed';
      readonly version?: string;
      readonly cipher?: string;
      /** Host name the client asked for. */
      readonly sni?: string;
      /** Subject of the certificate it has shown. */
      readonly subject?: string;
      /** Octets that came behind STARTTLS, unencrypted, and were thrown away. */
      readonly discarded?: number;
      readonly why?: string;
    }
  /** Who checks passwords, where that was not said in control/. */
  | { readonly event: 'passwords'; readonly by: string; readonly from: string }
  /** An attempt to log in. 'unavailable': nobody could check it. */
  | {
      readonly event: 'auth';
      readonly result: 'ok' | 'failed' | 'unavailable';
      readonly mechanism: string;
      /** Who the client says it is, as far as it came to that. */
      readonly user: string;
      readonly why?: string;
    }
  /** A line of the dialogue, only when it is asked for; never message content. */
  | { readonly event: 'said'; readonly by: 'client' | 'server'; readonly text: string }
  /** Something a rule wanted noted, with its place in the rule file. */
  | { readonly event: 'note'; readonly level: string; readonly text: string; readonly where: string }
  /** Our fault or the world's: something did not work on this side. */
  | { readonly event: 'fault'; readonly why: string }
  | {
      readonly event: 'end';
      readonly how: EndOfSession;
      readonly messages: number;
      /** Commands and messages refused, those without a line of their own included. */
      readonly refused: number;
      readonly seconds: number;
    };

/** Why a session is over. */
export type EndOfSession =
  | 'quit'
  | 'client-left'
  | 'timeout'
  | 'refused'
  /** The handshake of STARTTLS has failed. */
  | 'tls-failed'
  | 'fault'
  /** The server is going down. */
  | 'closing'
  /** A proxy has said who its client is, and the next session on this channel is with that one. */
  | 'xclient';
