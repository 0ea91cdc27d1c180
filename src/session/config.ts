// Everything one session is configured with: read from control files and environment by whoever starts it.

import type { Policy } from '../policy/index.ts';
import type { TlsFiles } from '../tls/index.ts';
import type { Limits } from './limits.ts';
import type { Secured } from './ports.ts';
import type { Profile } from './profile.ts';

/** The client and our side of the connection, from the TCP* variables (tcp-environ(5)); octet strings. */
export interface Client {
  /** TCPREMOTEIP, or "unknown". */
  readonly ip: string;
  /** TCPREMOTEHOST, or "unknown". */
  readonly host: string;
  /** TCPREMOTEPORT, and our side: TCPLOCALIP, TCPLOCALPORT; '' when unset. */
  readonly port: string;
  readonly localIp: string;
  readonly localPort: string;
  /** TCPREMOTEINFO; null when unset, which is not the same as empty. */
  readonly info: string | null;
  /** TCPLOCALHOST, else TCPLOCALIP, or "unknown": our name in the Received field of the stock profile. */
  readonly localName: string;
  /** RELAYCLIENT; null when unset. Empty grants relaying too. */
  readonly relayClient: string | null;
}

/** How a client has introduced itself: the name behind HELO or EHLO, and which of the two it was. */
export interface Introduction {
  readonly name: string;
  readonly esmtp: boolean;
}

/** AUTH as it is offered (RFC 4954 §4). */
export interface AuthOffer {
  /** In upper case, in the order they are announced in. */
  readonly mechanisms: readonly string[];
  /** Also to clients without TLS, whose passwords anybody on the way can read. */
  readonly inClear: boolean;
}

/** Seconds a client may let pass without sending anything, by what we are waiting for. */
export interface Timeouts {
  readonly helo: number;
  readonly command: number;
  readonly data: number;
}

export interface SessionConfig {
  readonly profile: Profile;
  readonly client: Client;
  /** Our name in greetings. In the stock profile: the whole text of control/smtpgreeting, or `me`. */
  readonly hostName: string;
  /** Greeting text after our own first line (mvmtr profile). */
  readonly greetingText: readonly string[];
  /** Largest message in octets; 0 means no limit. */
  readonly databytes: number;
  readonly timeouts: Timeouts;
  readonly limits: Limits;
  /** Whether a dotted IPv4 address is one of this machine's. */
  readonly isLocalAddress: (ip: string) => boolean;
  /** What "[our address]" in a recipient is replaced with; null when nothing is. */
  readonly localIpHost: string | null;
  readonly policy: Policy;
  /** What STARTTLS is offered with; null: it is not offered. */
  readonly tls: TlsFiles | null;
  /** TLS that is on already when the session begins: from the first octet, or spoken by whoever has started us. */
  readonly secured?: Secured | null;
  /** Nothing but STARTTLS before TLS (RFC 3207 §4). */
  readonly requireTls: boolean;
  /** null: there is nobody who could check a password. */
  readonly auth: AuthOffer | null;
  /** No mail without AUTH. */
  readonly requireAuth: boolean;
  /** The client is a proxy whose word about its own client is taken (XCLIENT). */
  readonly xclient: boolean;
  /** The introduction that a session behind a proxy begins with; the client's own HELO takes its place. */
  readonly helo?: Introduction | null;
  /** Report every line of the dialogue to the log. */
  readonly verbose: boolean;
}
