// The interface to TLS as a server speaks it, on top of a channel: whatever carries the octets (a socket, two pipes, a channel with
// octets put back) can be secured, and what comes out is a channel again. Node's and Bun's ways to the same TLSSocket differ.

import type { Channel } from '../session/index.ts';

export interface TlsParameters {
  /** PEM: the certificate with its chain, and its key. */
  readonly cert: string;
  readonly key: string;
  /** PEM: who signs certificates of clients; null: clients are not asked for any. */
  readonly clientCa: string | null;
  /** OpenSSL's cipher list for TLS 1.2; null for the library's own. */
  readonly ciphers: string | null;
  /** 48 octets that seal session tickets; null: keys of this process alone. */
  readonly ticketKeys: Uint8Array | null;
  /** For more connections than one, which may resume each other's sessions. */
  readonly shared: boolean;
}

/** Made once for many connections; what is in it is the engine's own. */
export interface TlsContext {
  readonly server: unknown;
}

/** Certificate that a client has shown. */
export interface ClientCertificate {
  /** Signed by one of ours, and valid now. */
  readonly verified: boolean;
  /** "CN=…,O=…" in the order of the certificate, special characters escaped (RFC 4514 §2.4). */
  readonly subject: string;
  readonly issuer: string;
  /** SHA-256 of the whole, in lower-case hexadecimal without colons. */
  readonly fingerprint: string;
  /** All of it. */
  readonly der: Uint8Array;
  /** Of the subject and of the alternative names, as written. */
  readonly emails: readonly string[];
}

export interface TlsConnection {
  readonly channel: Channel;
  /** "TLSv1.3". */
  readonly version: string;
  /** OpenSSL's name: "TLS_AES_256_GCM_SHA384", "ECDHE-ECDSA-AES128-GCM-SHA256". */
  readonly cipher: string;
  /** Of the cipher's key. */
  readonly bits: number;
  readonly resumed: boolean;
  /** null when the client has shown none. */
  readonly client: ClientCertificate | null;
  /** Keying material for tls-exporter (RFC 9266 §2), as octet string; null where it cannot be had. */
  exporter(): string | null;
  /**
   * close_notify; resolves when it has left, or cannot within `seconds`, and the client has ended too or does not. Nothing is said
   * afterwards.
   */
  close(seconds: number): Promise<void>;
}

export interface TlsEngine {
  /** Ticket keys are of use to it. */
  readonly keepsTickets: boolean;
  /** @throws what the library says of a certificate, key or cipher list that it cannot use */
  makeContext(parameters: TlsParameters): TlsContext;
  /**
   * The server's part of a handshake, over in so many seconds. The channel belongs to TLS from then on, also after a
   * failure, which is told in the library's words. Never rejects.
   */
  accept(
    client: TlsClient,
    context: TlsContext,
    seconds: number,
  ): Promise<TlsConnection | { readonly failure: string }>;
}

/** Who begins TLS. */
export interface TlsClient {
  readonly channel: Channel;
  /** What has been read of its part already. */
  readonly first: Uint8Array;
}
