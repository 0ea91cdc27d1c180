// A channel as a stream of Node's kind, which is what its TLS can be spoken over. It reads ahead no more than one
// chunk, and of a channel that is told to go down it goes on reading: what TLS brings may be the rest of a message.

import { Duplex } from 'node:stream';
import type { Channel } from '../session/index.ts';

/** Octets that are read or written ahead of whoever takes them. */
const AHEAD_OCTETS = 16 * 1024;

export class ChannelStream extends Duplex {
  private readonly channel: Channel;
  private readonly writeSeconds: number;
  private reading = false;
  private told = false;
  /** Nothing more will come. What came before may still be on its way through TLS. */
  hasEnded = false;
  /** Called once, when the channel says that the server is going down. */
  onClosing: () => void = () => {};
  /** Called once, with the above. */
  onEnded: () => void = () => {};

  /**
   * @param first what has been read of the channel already
   * @param writeSeconds for the other side to take what is written
   */
  constructor(
    channel: Channel,
    { first, writeSeconds }: { readonly first: Uint8Array; readonly writeSeconds: number },
  ) {
    super({ readableHighWaterMark: AHEAD_OCTETS, writableHighWaterMark: AHEAD_OCTETS, allowHalfOpen: true });
    this.channel = channel;
    this.writeSeconds = writeSeconds;
    if (first.length > 0) this.push(first);
  }

  override _read(): void {
    if (this.reading) return;
    this.reading = true;
    this.channel.read(Number.POSITIVE_INFINITY, !this.told).then((read) => {
      this.reading = false;
      if (read === 'closing') {
        this.told = true;
        this.onClosing();
        this._read();
      } else if (typeof read === 'string') {
        this.push(null);
        this.hasEnded = true;
        this.onEnded();
      } else this.push(Buffer.from(read)); // the channel may overwrite it
    });
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: (error?: Error) => void): void {
    const written = this.channel.write(chunk.toString('latin1'), this.writeSeconds);
    const told = (ok: boolean): void => done(ok ? undefined : new Error('the client takes nothing'));
    if (typeof written === 'boolean') told(written);
    else written.then(told);
  }

  override _final(done: () => void): void {
    done(); // the channel outlives TLS
  }
}
