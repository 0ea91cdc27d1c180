// One client's socket as a session's channel, on both runtimes: at most one chunk is read ahead and the socket is paused
// until the session asks again, so that a client that sends faster than we work waits in the kernel. Classes, because
// thousands of idle ones are held at a time, and methods of a class cost an instance nothing.

import type { Channel } from '../session/index.ts';
import { toOctets } from '../text/index.ts';
import { LONGEST_TIMER } from './both.ts';
import type { Connection } from './serving-types.ts';
import type { Endpoint } from './sys.ts';

type Read = Awaited<ReturnType<Channel['read']>>;

type Timer = ReturnType<typeof setTimeout>;

/** The methods that begin with "on" are told the events of the runtime's socket; none of what a subclass provides throws. */
export abstract class SocketConnection implements Connection, Channel {
  abstract readonly remote: Endpoint | null;
  abstract readonly local: Endpoint | null;

  /** Sends octets, or as many as the kernel takes now; true when all of them have left. Else onSent() follows. */
  protected abstract send(octets: Uint8Array): boolean;
  protected abstract pause(): void;
  protected abstract resume(): void;
  /** Half-closes our side once what was given to send() has left. */
  protected abstract end(): void;
  abstract destroy(): void;

  private waiting: Uint8Array | null = null;
  private behind: Uint8Array[] | null = null;
  private over = false;
  private isGone = false;
  private isPaused = false;
  private isGoingDown = false;
  private isStuck = false;
  private reader: ((result: Read) => void) | null = null;
  private readsBetween = false;
  private writer: ((sent: boolean) => void) | null = null;
  private timer: Timer | null = null;
  private listener: ((connection: Connection) => void) | null = null;
  /** The one with TLS, since that has taken the socket over. */
  protected upper: Pick<Connection, 'goingDown'> | null = null;

  get channel(): Channel {
    return this;
  }

  read(seconds: number, between = false): Promise<Read> {
    const { waiting } = this;
    if (waiting !== null) {
      this.waiting = this.behind?.shift() ?? null;
      return Promise.resolve(waiting);
    }
    if (this.over) return Promise.resolve<Read>('end');
    if (this.isGoingDown && between) return Promise.resolve<Read>('closing');
    if (this.isPaused) {
      this.isPaused = false;
      this.resume();
    }
    return new Promise((resolve) => {
      this.reader = resolve;
      this.readsBetween = between;
      // Whoever waits for ever (TLS, which reads and writes as it likes) leaves the one timer to what is written.
      if (seconds !== Number.POSITIVE_INFINITY) this.timer = setTimeout(readTimeout, inTime(seconds), this);
    });
  }

  write(text: string, seconds: number): boolean | Promise<boolean> {
    if (this.isGone || this.isStuck) return false;
    if (this.send(toOctets(text))) return true;
    if (this.isGone) return false;
    return new Promise((resolve) => {
      this.writer = resolve;
      this.timer = setTimeout(writeTimeout, inTime(seconds), this);
    });
  }

  goingDown(): void {
    this.isGoingDown = true;
    if (this.reader !== null && this.readsBetween) this.answer('closing');
    this.upper?.goingDown();
  }

  /** From now on that one reads and writes, and is to hear that the server is going down. */
  protected setUpper(upper: Pick<Connection, 'goingDown'>): void {
    this.upper = upper;
    if (this.isGoingDown) upper.goingDown();
  }

  close(seconds: number): void {
    if (this.isGone) return;
    // Read on without looking at it: closing with unread octets would reset the connection, and our last words with it.
    this.waiting = null;
    this.behind = null;
    this.over = true;
    this.answer('end'); // TLS, which waits for octets all the time
    this.end();
    if (this.isPaused) this.resume();
    this.stopTimer();
    this.timer = setTimeout(lingerTimeout, inTime(seconds), this);
  }

  onClosed(listener: (connection: Connection) => void): void {
    if (this.isGone) listener(this);
    else this.listener = listener;
  }

  onOctets(octets: Uint8Array): void {
    if (this.over) return;
    if (this.reader !== null) {
      this.answer(octets);
      return;
    }
    if (this.waiting === null) {
      this.waiting = octets;
    } else {
      this.behind ??= [];
      this.behind.push(octets);
    }
    if (!this.isPaused) this.pause();
    this.isPaused = true;
  }

  /** What has come and nobody has read, for somebody else who reads on. */
  protected takeUnread(): readonly Uint8Array[] {
    const unread = [...(this.waiting === null ? [] : [this.waiting]), ...(this.behind ?? [])];
    this.waiting = null;
    this.behind = null;
    if (this.isPaused) this.resume();
    this.isPaused = false;
    return unread;
  }

  /** What send() has kept has left now. */
  onSent(): void {
    this.finishWriting(true);
  }

  /** The client has closed its side. */
  onEnded(): void {
    this.over = true;
    this.answer('end');
  }

  /** The socket is gone. */
  onGone(): void {
    this.over = true;
    this.isGone = true;
    this.answer('end');
    this.finishWriting(false);
    this.stopTimer();
    this.listener?.(this);
    this.listener = null;
  }

  /** @internal for the timers below */
  answer(result: Read): void {
    const { reader } = this;
    if (reader === null) return;
    this.reader = null;
    if (this.writer === null) this.stopTimer();
    reader(result);
  }

  private finishWriting(sent: boolean): void {
    const { writer } = this;
    if (writer === null) return;
    this.writer = null;
    this.stopTimer();
    writer(sent);
  }

  /** @internal Part of it may have left, so nothing more can be said. */
  giveUpWriting(): void {
    this.isStuck = true;
    this.finishWriting(false);
  }

  private stopTimer(): void {
    if (this.timer !== null) clearTimeout(this.timer);
    this.timer = null;
  }
}

// One timer at a time: a session reads, or writes, or lingers.
const readTimeout = (connection: SocketConnection): void => connection.answer('timeout');
const writeTimeout = (connection: SocketConnection): void => connection.giveUpWriting();
const lingerTimeout = (connection: SocketConnection): void => connection.destroy();

const inTime = (seconds: number): number => Math.min(seconds, LONGEST_TIMER) * 1000;
