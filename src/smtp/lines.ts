// Octets → command lines (RFC 5321 §2.3.8, as qmail's commands() takes them): a line ends at LF, one CR before it is
// dropped, so commands may end in a bare LF. The octets behind a line are kept for whoever reads next (DATA).
// Holds at most `limit` octets of an unfinished line; what is longer is skipped and reported once as TOO_LONG.

import { fromOctets, indexOfOctet } from '../text/index.ts';

export const TOO_LONG: unique symbol = Symbol('line too long');

const LF = 0x0a;
const NOTHING = new Uint8Array(0);

export interface LineReader {
  /** Gives it the next octets; only after next() said null. It does not keep them beyond the next push(). */
  push(octets: Uint8Array): void;
  /** The next line as octet string without its end; TOO_LONG for one over the limit; null: more octets are needed. */
  next(): string | typeof TOO_LONG | null;
  /** The octets behind the last line, taken out of the reader. */
  rest(): Uint8Array;
}

/** @param limit longest line in octets, its end not counted */
export function lineReader(limit: number): LineReader {
  let chunk: Uint8Array = NOTHING;
  let at = 0;
  let pieces: string[] = [];
  let held = 0;

  const hold = (end: number): void => {
    if (held <= limit) pieces.push(fromOctets(chunk, at, end));
    held += end - at;
    // One CR may still turn out to belong to the line's end.
    if (held > limit + 1) pieces = [];
  };

  return {
    push(octets) {
      chunk = octets;
      at = 0;
    },
    next() {
      const end = indexOfOctet(chunk, LF, at);
      if (end < 0) {
        if (at < chunk.length) hold(chunk.length);
        chunk = NOTHING;
        at = 0;
        return null;
      }
      const tooLong = held + (end - at) > limit + 1;
      let line = '';
      if (!tooLong) {
        line = fromOctets(chunk, at, end);
        if (pieces.length > 0) line = pieces.join('') + line;
      }
      at = end + 1;
      pieces = [];
      held = 0;
      if (tooLong) return TOO_LONG;
      if (line.endsWith('\r')) line = line.slice(0, -1);
      return line.length > limit ? TOO_LONG : line;
    },
    rest() {
      const octets = chunk.subarray(at);
      chunk = NOTHING;
      at = 0;
      return octets;
    },
  };
}
