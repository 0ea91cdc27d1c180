// Octets → command lines (RFC 5321 §2.3.8, as qmail's commands() takes them): a line ends at LF, one CR before it is
// dropped, so commands may end in a bare LF. The octets behind a line are kept for whoever reads next (DATA).
// Holds at most `limit` octets of an unfinished line; what is longer is skipped and reported once as TOO_LONG.

import { fromOctets, indexOfOctet } from '../text/index.ts';

/** The same for all bundles: what is behind a door has its own copy of this file. */
export const TOO_LONG: unique symbol = Symbol.for('mvmtr: line too long');

const LF = 0x0a;
const NOTHING = new Uint8Array(0);

/** A class, because a listener holds thousands of them. */
export class LineReader {
  private readonly limit: number;
  private chunk: Uint8Array = NOTHING;
  private at = 0;
  private pieces: string[] | null = null;
  private held = 0;

  /** @param limit longest line in octets, its end not counted */
  constructor(limit: number) {
    this.limit = limit;
  }

  /** Gives it the next octets; only after next() said null. It does not keep them beyond the next push(). */
  push(octets: Uint8Array): void {
    this.chunk = octets;
    this.at = 0;
  }

  /** The next line as octet string without its end; TOO_LONG for one over the limit; null: more octets are needed. */
  next(): string | typeof TOO_LONG | null {
    const { chunk, at, limit } = this;
    const end = indexOfOctet(chunk, LF, at);
    if (end < 0) {
      if (at < chunk.length) this.hold(chunk.length);
      this.push(NOTHING);
      return null;
    }
    const tooLong = this.held + (end - at) > limit + 1;
    let line = '';
    if (!tooLong) {
      line = fromOctets(chunk, at, end);
      if (this.pieces !== null) line = this.pieces.join('') + line;
    }
    this.at = end + 1;
    this.pieces = null;
    this.held = 0;
    if (tooLong) return TOO_LONG;
    if (line.endsWith('\r')) line = line.slice(0, -1);
    return line.length > limit ? TOO_LONG : line;
  }

  /** The octets behind the last line, taken out of the reader. */
  rest(): Uint8Array {
    const octets = this.chunk.subarray(this.at);
    this.push(NOTHING);
    return octets;
  }

  private hold(end: number): void {
    const { chunk, at, limit } = this;
    if (this.held <= limit) {
      this.pieces ??= [];
      this.pieces.push(fromOctets(chunk, at, end));
    }
    this.held += end - at;
    // One CR may still turn out to belong to the line's end.
    if (this.held > limit + 1) this.pieces = null;
  }
}
