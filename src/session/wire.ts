// The session's end of the channel: replies are collected and sent when we are about to wait for the client, which gives
// PIPELINING (RFC 2920) and qmail's saferead() timing; lines and message octets are read from one place.

import { lineReader, type Reply, type ReplyDialect, renderReply, type TOO_LONG } from '../smtp/index.ts';
import { PENDING_REPLIES } from './limits.ts';
import type { Channel } from './ports.ts';

/** No more octets: the client has gone, or let the time pass, or we are going. */
export type Silence = { readonly silence: 'client-left' | 'timeout' | 'closing' };

const LEFT: Silence = { silence: 'client-left' };
const TIMEOUT: Silence = { silence: 'timeout' };
const CLOSING: Silence = { silence: 'closing' };

export interface Wire {
  /** Adds a reply to those to be sent. */
  say(reply: Reply): void;
  /** Replies are piling up: flush() before looking at further commands. */
  readonly full: boolean;
  /** Sends them. False when the client is gone or does not take them. */
  flush(): boolean | Promise<boolean>;
  /** The next line if it is here already, else null. */
  line(): string | typeof TOO_LONG | null;
  /** Between commands: waits for octets and adds them to those that line() looks at; a Silence when there are none. */
  wait(seconds: number): Promise<Silence | null>;
  /** Message octets: what is here already, else what comes next. They may be overwritten by the next read. */
  octets(seconds: number): Promise<Uint8Array | Silence>;
  /** Octets that are here and behind the last line, taken out; they may be overwritten by the next read. */
  rest(): Uint8Array;
  /** Gives back octets that were not the message's any more. */
  unread(octets: Uint8Array): void;
}

export function wire(
  channel: Channel,
  options: { readonly dialect: ReplyDialect; readonly commandLine: number; readonly writeSeconds: number },
): Wire {
  const lines = lineReader(options.commandLine);
  let pending = '';

  const flush = (): boolean | Promise<boolean> => {
    if (pending === '') return true;
    const text = pending;
    pending = '';
    return channel.write(text, options.writeSeconds);
  };

  const read = async (seconds: number, between: boolean): Promise<Uint8Array | Silence> => {
    if (!(await flush())) return LEFT;
    const octets = await channel.read(seconds, between);
    if (octets === 'end') return LEFT;
    if (octets === 'closing') return CLOSING;
    return octets === 'timeout' ? TIMEOUT : octets;
  };

  return {
    say(reply) {
      pending += renderReply(reply, options.dialect);
    },
    get full() {
      return pending.length > PENDING_REPLIES;
    },
    flush,
    line: lines.next,
    async wait(seconds) {
      const octets = await read(seconds, true);
      if ('silence' in octets) return octets;
      lines.push(octets);
      return null;
    },
    async octets(seconds) {
      const here = lines.rest();
      return here.length > 0 ? here : read(seconds, false);
    },
    rest: lines.rest,
    unread: lines.push,
  };
}
