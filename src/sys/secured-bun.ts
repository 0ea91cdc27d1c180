// A socket of Bun's with TLS: the server's part of the handshake, the connection that comes of it, and its end.

import { LONGEST_TIMER, reasonOf } from './both.ts';
import { BunConnection, type BunSocket } from './socket-bun.ts';
import { acknowledgeNow } from './socket-calls-bun.ts';
import { bitsOf, clientOf, exporterOf, HAS_LEFT, LAST_WORDS_MS, TAKES_TOO_LONG } from './tls-both.ts';
import type { TlsConnection } from './tls-types.ts';

/**
 * TLS 1.3 has nothing to say behind the client's last message, so the kernel would acknowledge that late, and a client that waits for
 * it before it goes on (Nagle's algorithm) with it. The other clients have gone on by then.
 */
const SILENCE_MS = 5;

/** More of them are known to Bun than to its types. */
export type TlsOptions = Bun.TLSOptions & Readonly<Record<string, unknown>>;

interface Upgrade {
  readonly handlers: object;
  readonly data: unknown;
  /** What has been read of the client's part. */
  readonly first: Uint8Array;
}

/** @throws what the library says of a certificate, key or cipher list that it cannot use */
export function upgrade(socket: object, tls: TlsOptions, { handlers, data, first }: Upgrade): void {
  const options = { tls, data, socket: handlers, isServer: true, initialData: first };
  (socket as Bun.Socket).upgradeTLS(options as never); // as above
}

interface Wanted {
  readonly options: TlsOptions;
  readonly asks: boolean;
  readonly first: Uint8Array;
  readonly seconds: number;
  /** Resolves when all that was written is on its way to the client. */
  readonly carried: Promise<void>;
}

type Outcome =
  | { readonly secured: SecuredConnection; readonly verified: boolean }
  | { readonly failure: string };

/** The handshake. @throws as upgrade() */
export async function secure(
  bare: BunConnection,
  wanted: Wanted,
): Promise<TlsConnection | { readonly failure: string }> {
  const outcome = await shakeHands(bare, wanted);
  if ('failure' in outcome) return outcome;
  return connectionOf(outcome.secured, { ...wanted, verified: outcome.verified });
}

function shakeHands(bare: BunConnection, { options, first, seconds }: Wanted): Promise<Outcome> {
  return new Promise((resolve) => {
    bare.handOver((socket, unread) => {
      const begun: { secured: SecuredConnection | null } = { secured: null };
      const giveUp = (): void => begun.secured?.fail(TAKES_TOO_LONG);
      const timer = setTimeout(giveUp, Math.min(seconds, LONGEST_TIMER) * 1000);
      const data: Beginning = {
        opened(secured) {
          begun.secured = secured;
        },
        settled(outcome) {
          clearTimeout(timer);
          resolve(outcome);
        },
      };
      const octets = unread.length === 0 ? first : Buffer.concat([first, ...unread]);
      try {
        upgrade(socket, options, { handlers: HANDLERS, data, first: octets });
        if (begun.secured !== null) return begun.secured;
        throw new Error('TLS was not begun');
      } catch (error) {
        clearTimeout(timer);
        throw error;
      }
    });
  });
}

interface Beginning {
  opened(secured: SecuredConnection): void;
  settled(outcome: Outcome): void;
}

class SecuredConnection extends BunConnection {
  /** Until the handshake is over. */
  private settled: Beginning['settled'] | null;
  private hasEnded = false;
  private silence: ReturnType<typeof setTimeout> | null = null;
  private onEnd: () => void = () => {};

  constructor(socket: BunSocket, settled: Beginning['settled']) {
    super(socket, { remote: null, local: null });
    this.settled = settled;
  }

  get tls(): BunSocket {
    return this.socket;
  }

  succeed(verified: boolean): void {
    this.silence = setTimeout(acknowledge, SILENCE_MS, this);
    this.settled?.({ secured: this, verified });
    this.settled = null;
  }

  override onOctets(octets: Uint8Array): void {
    this.stopWaiting();
    super.onOctets(octets);
  }

  private stopWaiting(): void {
    if (this.silence !== null) clearTimeout(this.silence);
    this.silence = null;
  }

  fail(failure: string): void {
    if (this.settled === null) return;
    this.settled({ failure });
    this.settled = null;
    this.close(LAST_WORDS_MS / 1000);
  }

  override onEnded(): void {
    super.onEnded();
    this.hasEnded = true;
    this.fail(HAS_LEFT);
    this.onEnd();
  }

  override onGone(): void {
    this.stopWaiting();
    super.onGone();
    this.fail(HAS_LEFT);
  }

  /**
   * Resolves when close_notify has left and the client has ended its side as well, or has had time for that: whoever leaves before
   * with octets unread resets the connection, and our last words with it.
   */
  finish(seconds: number): Promise<void> {
    return new Promise((resolve) => {
      const wait = this.hasSent ? LAST_WORDS_MS : Math.min(seconds, LONGEST_TIMER) * 1000;
      const timer = setTimeout(resolve, wait);
      const done = (): void => {
        clearTimeout(timer);
        resolve();
      };
      this.onEnd = done;
      this.onClosed(done);
      this.close(seconds);
      if (this.hasEnded && this.hasSent) done();
    });
  }
}

const acknowledge = ({ tls }: SecuredConnection): void => {
  acknowledgeNow((tls as unknown as { readonly fd: number }).fd); // known to Bun, and not to its types
};

const HANDLERS = {
  ...BunConnection.handlers,
  open(socket: Bun.Socket<unknown>) {
    const { opened, settled } = socket.data as Beginning;
    const secured = new SecuredConnection(socket as BunSocket, settled);
    socket.data = secured;
    opened(secured);
  },
  handshake({ data }: Bun.Socket<SecuredConnection>, success: boolean, error: Error | null) {
    if (success) data.succeed(error === null);
    else data.fail(error === null ? HAS_LEFT : libraryReason(error));
  },
  error(socket: Bun.Socket<SecuredConnection>, error: Error) {
    socket.data.fail(libraryReason(error));
    BunConnection.handlers.error(socket as unknown as BunSocket, error);
  },
};

/** BoringSSL's "error:100000f7:SSL routines:OPENSSL_internal:WRONG_VERSION_NUMBER" as Node would call it. */
function libraryReason(error: Error): string {
  const [, reason] = /OPENSSL_internal:([A-Z0-9_]+)/.exec(error.message) ?? [];
  return reason === undefined ? reasonOf(error) : `ERR_SSL_${reason}`;
}

function connectionOf(
  secured: SecuredConnection,
  { asks, verified, carried }: Wanted & { readonly verified: boolean },
): TlsConnection {
  const { tls } = secured;
  const { name } = tls.getCipher();
  return {
    channel: secured.channel,
    version: tls.getTLSVersion(),
    cipher: name,
    bits: bitsOf(name),
    resumed: tls.isSessionReused(),
    client: asks ? clientOf(tls.getPeerCertificate(), verified) : null,
    exporter: () => exporterOf(tls),
    async close(seconds) {
      await secured.finish(seconds);
      await carried;
    },
  };
}
