// DATA decoder: client octets after 354 → message octets (RFC 5321 §4.5.2). Finds <CRLF>.<CRLF> and nothing else
// as the end, removes dot-stuffing, turns CRLF into LF; a lone CR passes. A bare LF is never repaired and never ends a
// line, because repairing it is how SMTP smuggling works: the decoder reports it, the session refuses the message.
// Accepts the same language as blast() in qmail-smtpd.c. Holds two octets between chunks, whatever the line length.

import type { HopCounter } from '../mail/index.ts';
import { indexOfOctet } from '../text/index.ts';

const LF = 0x0a;
const CR = 0x0d;
const DOT = 0x2e;

// What the octets so far end with, where it matters for the next one.
type State = 'line-start' | 'text' | 'dot' | 'dot-cr' | 'cr';

export interface Decoded {
  /** Message octets of this chunk; they lie in the chunk's own memory. */
  readonly octets: Uint8Array;
  /** The end of data was found; `rest` is what the client sent behind it. */
  readonly ended: boolean;
  readonly rest: Uint8Array;
}

export interface DataDecoder {
  /** Decodes a chunk in place: its contents are gone afterwards. Not after the end. */
  feed(chunk: Uint8Array): Decoded;
  /** A bare LF has been seen; what comes out since then is not to be used. */
  readonly bareLf: boolean;
  /** Octets put out, and line ends among them that were CRLF on the wire. */
  readonly octets: number;
  readonly lines: number;
}

/**
 * @param hops is shown every octet of the header as it came
 * @param stopAtBareLf makes feed() return at a bare LF, for a session that hangs up there
 */
export function dataDecoder(hops: HopCounter, stopAtBareLf: boolean): DataDecoder {
  let state: State = 'line-start';
  let bareLf = false;
  let octets = 0;
  let lines = 0;

  function feed(input: Uint8Array): Decoded {
    // Octets held back since the last chunk may have to be put out in front of this one, which needs room there:
    // decoding in place must never put out more than it has taken in.
    const room = state === 'line-start' || state === 'text' ? 0 : 2;
    let chunk = input;
    if (room > 0) {
      chunk = new Uint8Array(input.length + room);
      chunk.set(input, room);
    }
    const end = chunk.length;
    let at = room;
    let out = 0;
    const finish = (ended: boolean): Decoded => {
      octets += out;
      return { octets: chunk.subarray(0, out), ended, rest: chunk.subarray(at) };
    };

    const lineFeed = (into: Uint8Array, afterCr: boolean): void => {
      if (afterCr) {
        into[out] = LF;
        out += 1;
        lines += 1;
      } else {
        bareLf = true;
      }
      state = afterCr ? 'line-start' : 'text';
    };

    while (at < end) {
      if (state === 'text' || (state === 'line-start' && chunk[at] !== DOT)) {
        const lf = indexOfOctet(chunk, LF, at);
        const stop = lf < 0 ? end : lf;
        hops.scan(chunk, at, lf < 0 ? end : lf + 1);
        const endsInCr = stop > at && chunk[stop - 1] === CR;
        const keep = endsInCr ? stop - 1 : stop;
        if (out !== at) chunk.copyWithin(out, at, keep);
        out += keep - at;
        at = stop;
        if (lf < 0) {
          state = endsInCr ? 'cr' : 'text';
        } else {
          at += 1;
          lineFeed(chunk, endsInCr);
          if (bareLf && stopAtBareLf) return finish(false);
        }
        continue;
      }

      const octet = chunk[at] as number;
      hops.scan(chunk, at, at + 1);
      at += 1;
      if (state === 'line-start') {
        state = 'dot';
      } else if (octet === LF) {
        if (state === 'dot-cr') return finish(true);
        lineFeed(chunk, state === 'cr');
        if (bareLf && stopAtBareLf) return finish(false);
      } else if (state === 'dot' && octet === CR) {
        state = 'dot-cr';
      } else {
        if (state === 'dot-cr') {
          chunk[out] = DOT;
          out += 1;
        }
        if (state !== 'dot') {
          chunk[out] = CR;
          out += 1;
        }
        if (octet === CR) {
          state = 'cr';
        } else {
          chunk[out] = octet;
          out += 1;
          state = 'text';
        }
      }
    }
    return finish(false);
  }

  return {
    feed,
    get bareLf() {
      return bareLf;
    },
    get octets() {
      return octets;
    },
    get lines() {
      return lines;
    },
  };
}
