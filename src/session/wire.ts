// The session's end of the channel: replies are collected and sent when we are about to wait for the client, which gives
// PIPELINING (RFC 2920) and qmail's saferead() timing; lines and message octets are read from one place. A class, as the
// line reader is, because a listener holds thousands of them.

import { LineReader, type Reply, type ReplyDialect, renderReply, type TOO_LONG } from '../smtp/index.ts';
import type { SessionConfig } from './config.ts';
import { AUTH_LINE, PENDING_REPLIES } from './limits.ts';
import type { Channel } from './ports.ts';

/** No more octets: the client has gone, or let the time pass, or we are going. */
export type Silence = { readonly silence: 'client-left' | 'timeout' | 'closing' };

const SILENCES: Readonly<Record<'end' | 'timeout' | 'closing', Silence>> = {
  end: { silence: 'client-left' },
  timeout: { silence: 'timeout' },
  closing: { silence: 'closing' },
};

export interface WireOptions {
  readonly dialect: ReplyDialect;
  /** Octets of a command line. */
  readonly commandLine: number;
  /** Seconds for the client to take what is sent. */
  readonly writeSeconds: number;
}

export function wireOn(channel: Channel, { profile, limits, timeouts, auth }: SessionConfig): Wire {
  return new Wire(channel, {
    dialect: profile.dialect,
    commandLine: auth === null ? limits.commandLine : Math.max(limits.commandLine, AUTH_LINE),
    writeSeconds: timeouts.command,
  });
}

export class Wire {
  private readonly lines: LineReader;
  private readonly channel: Channel;
  private readonly options: WireOptions;
  private pending = '';

  constructor(channel: Channel, options: WireOptions) {
    this.channel = channel;
    this.options = options;
    this.lines = new LineReader(options.commandLine);
  }

  /** Adds a reply to those to be sent. */
  say(reply: Reply): void {
    this.pending += renderReply(reply, this.options.dialect);
  }

  /** Replies are piling up: flush() before looking at further commands. */
  get full(): boolean {
    return this.pending.length > PENDING_REPLIES;
  }

  /** Sends them. False when the client is gone or does not take them. */
  flush(): boolean | Promise<boolean> {
    const { pending } = this;
    if (pending === '') return true;
    this.pending = '';
    return this.channel.write(pending, this.options.writeSeconds);
  }

  /** The next line if it is here already, else null. */
  line(): string | typeof TOO_LONG | null {
    return this.lines.next();
  }

  /** Between commands, after flush(): what the channel has next. It is for take(). */
  next(seconds: number): ReturnType<Channel['read']> {
    return this.channel.read(seconds, true);
  }

  /** Adds octets to those that line() looks at; a Silence when there are none. */
  take(read: Awaited<ReturnType<Channel['read']>>): Silence | null {
    if (typeof read === 'string') return SILENCES[read];
    this.lines.push(read);
    return null;
  }

  /** Message octets: what is here already, else what comes next. They may be overwritten by the next read. */
  async octets(seconds: number): Promise<Uint8Array | Silence> {
    const here = this.lines.rest();
    if (here.length > 0) return here;
    if (!(await this.flush())) return SILENCES.end;
    const read = await this.channel.read(seconds, false);
    return typeof read === 'string' ? SILENCES[read] : read;
  }

  /** What came behind the last line, taken out. */
  rest(): Uint8Array {
    return this.lines.rest();
  }

  /** Gives back octets that were not the message's any more. */
  unread(octets: Uint8Array): void {
    this.lines.push(octets);
  }
}
