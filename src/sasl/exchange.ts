// What a SASL exchange is to a session (RFC 4422 §3): responses in, steps out. The session knows lines, base64 and replies; whoever
// answers here knows a mechanism. All texts are octet strings.

export type SaslStep =
  /** Octets for the client; its next response is wanted. */
  | { readonly step: 'challenge'; readonly octets: string }
  /** The client is who it says. `data` goes out as one more challenge, and an empty response comes back, before the end. */
  | { readonly step: 'accepted'; readonly user: string; readonly data?: string }
  /** It is not, as far as we know. */
  | { readonly step: 'rejected'; readonly user: string }
  /** What it sent is no response of this mechanism. */
  | { readonly step: 'malformed'; readonly user: string }
  /** Nobody can tell now; `why` is for the log only. */
  | { readonly step: 'unavailable'; readonly user: string; readonly why: string };

export interface SaslExchange {
  /**
   * The client's next response; null, in the first call only, when it has sent no initial one. After any other step than a
   * challenge there is no further call. Never rejects.
   */
  next(response: string | null): SaslStep | Promise<SaslStep>;
  /** The client has cancelled or is gone: lets go of what is held. Not after the last step. */
  abort(): void;
}

/** What a mechanism may ask about the connection. */
export interface SaslContext {
  /** TLS is on. */
  readonly secured: boolean;
  /** Channel binding data of a type (RFC 5056), 'tls-exporter' or 'tls-server-end-point'; null where there are none. */
  readonly channelBinding: (type: string) => string | null;
  readonly hostName: string;
  /** Addresses and ports as text; '' for what is not known. */
  readonly remoteIp: string;
  readonly remotePort: string;
  readonly localIp: string;
  readonly localPort: string;
}

/** Who checks passwords. */
export interface Authenticator {
  /** @param mechanism in upper case; null: not one of ours */
  start(mechanism: string, context: SaslContext): SaslExchange | null;
}
