// One socket as a session's channel, on both runtimes: at most one chunk is read ahead and the socket is paused until
// the session asks again, so that a client that sends faster than we work waits in the kernel.

import type { Channel } from '../session/index.ts';
import { toOctets } from '../text/index.ts';
import { LONGEST_TIMER } from './both.ts';

/** What a runtime's socket can do. None of it throws. */
export interface RawSocket {
  /** Sends octets, or as many as the kernel takes now; true when all of them have left. Else sent() follows. */
  send(octets: Uint8Array): boolean;
  pause(): void;
  resume(): void;
  /** Half-closes our side once what was given to send() has left. */
  end(): void;
  destroy(): void;
}

export interface SocketChannel {
  readonly channel: Channel;
  goingDown(): void;
  close(seconds: number): void;
  /** Events of the socket. */
  octets(octets: Uint8Array): void;
  /** What send() has kept has left now. */
  sent(): void;
  /** The client has closed its side. */
  ended(): void;
  /** The socket is gone. */
  gone(): void;
}

type Read = Uint8Array | 'end' | 'timeout' | 'closing';

const END = Promise.resolve<Read>('end');

export function socketChannel(socket: RawSocket): SocketChannel {
  const waiting: Uint8Array[] = [];
  let over = false;
  let isGone = false;
  let paused = false;
  let closing = false;
  let reader: { readonly settle: (result: Read) => void; readonly between: boolean } | null = null;
  let writer: ((sent: boolean) => void) | null = null;
  let stopLingering: () => void = () => {};

  const answer = (result: Read): void => {
    const waitingReader = reader;
    reader = null;
    waitingReader?.settle(result);
  };
  const finishWriting = (sent: boolean): void => {
    const waitingWriter = writer;
    writer = null;
    waitingWriter?.(sent);
  };

  return {
    channel: {
      read(seconds, between = false) {
        const octets = waiting.shift();
        if (octets !== undefined) return Promise.resolve(octets);
        if (over) return END;
        if (closing && between) return Promise.resolve<Read>('closing');
        if (paused) {
          paused = false;
          socket.resume();
        }
        return new Promise<Read>((resolve) => {
          const timer = setTimeout(() => answer('timeout'), Math.min(seconds, LONGEST_TIMER) * 1000);
          reader = {
            between,
            settle(result) {
              clearTimeout(timer);
              resolve(result);
            },
          };
        });
      },
      write(text, seconds) {
        if (isGone) return false;
        if (socket.send(toOctets(text))) return true;
        return new Promise<boolean>((resolve) => {
          const timer = setTimeout(() => {
            writer = null;
            resolve(false);
          }, Math.min(seconds, LONGEST_TIMER) * 1000);
          writer = (sent) => {
            clearTimeout(timer);
            resolve(sent);
          };
        });
      },
    },
    goingDown() {
      closing = true;
      if (reader?.between) answer('closing');
    },
    close(seconds) {
      if (isGone) return;
      // Read on without looking at it: closing with unread octets would reset the connection, and our last words with it.
      waiting.length = 0;
      over = true;
      socket.end();
      socket.resume();
      const timer = setTimeout(() => socket.destroy(), seconds * 1000);
      stopLingering = () => clearTimeout(timer);
    },
    octets(octets) {
      if (over) return;
      if (reader) return answer(octets);
      waiting.push(octets);
      if (paused) return;
      paused = true;
      socket.pause();
    },
    sent: () => finishWriting(true),
    ended() {
      over = true;
      answer('end');
    },
    gone() {
      over = true;
      isGone = true;
      answer('end');
      finishWriting(false);
      stopLingering();
    },
  };
}
