// What one session needs from the world, handed in by whoever runs it (process mode, listener, tests).

import type { TlsFacts } from '../policy/index.ts';
import type { Queue } from '../queue/index.ts';
import type { Authenticator } from '../sasl/index.ts';
import type { TlsFiles } from '../tls/index.ts';
import type { SessionEvent } from './events.ts';

/** The client's octets, in and out. */
export interface Channel {
  /**
   * The next octets from the client, at least one; they may be overwritten by the next read. 'end': the client has
   * closed its side or is gone. 'timeout': nothing came within `seconds`. 'closing', only where `between` says that the
   * session is between two commands: the server is going down, and the client should hear of it. Never rejects.
   */
  read(seconds: number, between?: boolean): Promise<Uint8Array | 'end' | 'timeout' | 'closing'>;
  /**
   * Hands an octet string to the client. False (or a promise of it) when the client is gone or did not take
   * it within `seconds`; nothing more can be said then. Never rejects.
   */
  write(octets: string, seconds: number): boolean | Promise<boolean>;
  /**
   * The socket behind it, in whatever form TLS of the same runtime takes it, which reads and writes there from then on; null where
   * it is none, and the channel stays as it is.
   */
  takeSocket?(): unknown;
  /** From now on somebody else reads and writes what is behind it, and nothing is taken from there. Channels on descriptors only. */
  release?(): void;
}

/** Wall-clock time in milliseconds since 1970. */
export type Clock = () => number;

/** A message kept back until somebody has decided about it. */
export interface Spool {
  /** Adds octets; throws when there is no room for them. */
  write(octets: Uint8Array): void;
  /** The octets from the start, in pieces that are good until the next one is asked for. */
  chunks(): Iterable<Uint8Array>;
  close(): void;
}

/** TLS as a session knows it. */
export interface Secured {
  readonly facts: TlsFacts;
  /** The certificate that the client has shown gives it the right to relay (control/tlsclients). */
  readonly mayRelay: boolean;
  /** There are data that tie a login to this connection. */
  readonly canBind: boolean;
  /** These data (RFC 5056), by type; null where there are none of it. */
  readonly channelBinding: (type: string) => string | null;
}

export interface StartedTls extends Secured {
  readonly channel: Channel;
  /** Says that nothing more will come (close_notify). Never rejects. */
  close(): Promise<void>;
}

/** Ready for the client's handshake: certificates have been read. */
export interface TlsReady {
  /** The server's part of the handshake on a channel, which is TLS's from then on. Never rejects. */
  start(channel: Channel): Promise<StartedTls | { readonly failure: string }>;
}

export interface Services {
  readonly channel: Channel;
  readonly queue: Queue;
  readonly clock: Clock;
  readonly sleep: (seconds: number) => Promise<void>;
  readonly spool: () => Spool;
  /** Where a message that was put aside goes, by the name of the place. */
  readonly quarantine: (into: string) => Promise<Queue>;
  readonly log: (event: SessionEvent) => void;
  /** Certificates that cannot be used are a problem, in words for the log. Never rejects. */
  readonly tls: (files: TlsFiles) => Promise<TlsReady | { readonly problem: string }>;
  /** Whoever checks passwords. May reject. */
  readonly authenticator: () => Promise<Authenticator>;
  /** From now on this user is behind what is queued; null: nobody any more. */
  readonly loggedIn: (user: string | null) => void;
}
