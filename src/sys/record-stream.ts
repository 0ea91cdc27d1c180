// A channel as a stream for Bun's TLS, which ends both directions as soon as it sees that the client has ended one (close_notify), and
// does not wait to be asked for octets. So it is shown records of TLS (RFC 8446 §5.1) only while somebody waits for what is in them,
// and a short record, which may be the one that ends it all, only after what came before has been dealt with: a client
// that says QUIT and closes its side gets its answer.

import { ChannelStream } from './channel-stream.ts';

const HEADER_OCTETS = 5;
/** RFC 8446 §5.2, RFC 5246 §6.2.3: what is longer is no TLS. */
const LONGEST_RECORD = 2 ** 14 + 2048;
/** Octets of a record's content up to which it may be an alert: two octets, with padding and a seal around them. */
const LONGEST_ALERT = 96;

export class RecordStream extends ChannelStream {
  private kept: Buffer = Buffer.alloc(0);
  private isOpen = true;
  private isWanted = false;
  /** What was shown last is still on its way through TLS; whoever waits for it has not heard of it. */
  private isSettling = false;

  /** Somebody waits for what is in the next records. */
  open(): void {
    this.isOpen = true;
    if (this.isWanted) this._read();
  }

  /** Nobody does for now. */
  shut(): void {
    this.isOpen = false;
  }

  override _read(): void {
    this.isWanted = !this.isOpen || this.isSettling;
    if (this.isWanted) return;
    const length = lengthOfNext(this.kept);
    if (length === 0) super._read();
    else {
      const next = this.kept.subarray(0, length);
      this.kept = this.kept.subarray(length);
      this.isSettling = true;
      setImmediate(() => {
        this.isSettling = false;
        if (this.isWanted) this._read();
      });
      this.push(next);
    }
  }

  protected override ended(): void {
    // A record that was cut off: the library shall see it.
    if (this.kept.length > 0) this.push(this.kept);
    super.ended();
  }

  protected override arrived(octets: Uint8Array): void {
    this.kept = this.kept.length === 0 ? Buffer.from(octets) : Buffer.concat([this.kept, octets]);
    this._read();
  }
}

/** Octets of the records that can be shown together; 0 when the first one is not complete. */
function lengthOfNext(octets: Buffer): number {
  let at = 0;
  while (at + HEADER_OCTETS <= octets.length) {
    const content = octets.readUInt16BE(at + 3);
    if (content > LONGEST_RECORD) return octets.length; // for the library to complain of
    const end = at + HEADER_OCTETS + content;
    const isShort = content <= LONGEST_ALERT;
    if (end > octets.length || (isShort && at > 0)) return at;
    if (isShort) return end;
    at = end;
  }
  return at;
}
