// A client in memory with a clock of its own. Nothing sleeps: where the script pauses, or holds the connection open,
// longer than the session is willing to wait, the clock jumps and read() answers 'timeout'. The octets of a read are
// spoilt at the next one, as the port allows, so that a session that keeps a view of them is found out.

import type { Channel, Clock } from '../../src/session/index.ts';
import type { Step } from './scenario.ts';

/** How the client's octets are cut into reads. 'glued' also leaves out every pause and every waiting for replies. */
export type Cutting = 'whole' | 'octets' | 'glued';

export const CUTTINGS: readonly Cutting[] = ['whole', 'octets', 'glued'];

export interface MemoryChannel extends Channel {
  readonly clock: Clock;
  /** Everything written so far. */
  output(): string;
  /** What the client was waiting for in vain when the session went on to read, and other breaches of the port. */
  problems(): readonly string[];
  /** Octets of the longest piece that was written at once. */
  longestWrite(): number;
  /** Moves the clock: somebody else took their time. */
  advance(milliseconds: number): void;
}

/** When the sessions in memory begin. */
export const VIRTUAL_START = Date.UTC(2026, 1, 3, 4, 5, 6, 789);

// Beyond this much, only both ends of a piece come octet by octet; the middle comes in pieces of an odd size.
const MOST_SINGLE_OCTETS = 100_000;
const ENDS = 8192;
const ODD_PIECE = 1021;

export function memoryChannel(steps: readonly Step[], hold: boolean, cutting: Cutting): MemoryChannel {
  const script = cutting === 'glued' ? glue(steps) : steps;
  const written: string[] = [];
  const problems: string[] = [];
  let now = VIRTUAL_START;
  let at = 0;
  let waited = 0;
  let pieces: Iterator<Uint8Array> | null = null;
  let last = new Uint8Array(0);
  let over = false;
  let scanned = 0;
  let longest = 0;

  const output = (): string => {
    if (written.length > 1) written.splice(0, written.length, written.join(''));
    return written[0] ?? '';
  };

  function isSatisfied(step: Step): boolean {
    if (step.kind === 'replies') return lineCount(output()) >= step.lines;
    if (step.kind !== 'await') return true;
    const lines = output().slice(scanned).split('\n').slice(0, -1);
    const found = lines.findIndex((line) => line.startsWith(step.prefix));
    scanned += lines.slice(0, found + 1).reduce((length, line) => length + line.length + 1, 0);
    return found >= 0;
  }

  // Octets, or null when the script is at its end, or 'timeout' when it pauses for longer than `patience`.
  function next(patience: number): Uint8Array | 'timeout' | null {
    let left = patience;
    for (;;) {
      const piece = pieces?.next();
      if (piece && !piece.done) return piece.value;
      pieces = null;
      const step = script[at];
      if (step === undefined) return null;
      if (step.kind === 'wait') {
        const rest = step.milliseconds - waited;
        const spent = Math.min(rest, left);
        now += spent;
        left -= spent;
        waited += spent;
        if (spent < rest) return 'timeout';
      } else if (step.kind === 'send') {
        pieces = cut(Buffer.from(step.octets, 'latin1'), cutting);
      } else if (step.kind === 'tls') {
        // The session has been told that there is TLS now, and nothing changes on the way to it.
      } else if (!isSatisfied(step)) {
        problems.push(`the session reads on, but step ${at + 1} is still waiting: ${JSON.stringify(step)}`);
      }
      waited = 0;
      at += 1;
    }
  }

  return {
    read(seconds) {
      last.fill(0xee);
      if (over) problems.push('the session reads after the end');
      if (!(seconds >= 0)) problems.push(`the session waits for ${seconds} seconds`);
      const octets = over ? null : next(seconds * 1000);
      if (octets instanceof Uint8Array) {
        last = Uint8Array.from(octets);
        return Promise.resolve(last);
      }
      if (octets === null && hold) now += seconds * 1000;
      over = true;
      return Promise.resolve(octets === 'timeout' || hold ? 'timeout' : 'end');
    },
    write(octets, seconds) {
      if (!(seconds > 0)) problems.push(`the session writes within ${seconds} seconds`);
      if (octets === '') problems.push('the session writes nothing');
      longest = Math.max(longest, octets.length);
      written.push(octets);
      return true;
    },
    clock: () => now,
    output,
    problems: () => problems,
    longestWrite: () => longest,
    advance(milliseconds) {
      now += milliseconds;
    },
  };
}

function lineCount(output: string): number {
  return output.split('\n').length - 1;
}

function glue(steps: readonly Step[]): readonly Step[] {
  const octets = steps.map((step) => (step.kind === 'send' ? step.octets : '')).join('');
  return octets === '' ? [] : [{ kind: 'send', octets }];
}

function* cut(octets: Uint8Array, cutting: Cutting): Generator<Uint8Array, undefined> {
  const singles = cutting === 'octets';
  const long = octets.length > MOST_SINGLE_OCTETS;
  for (let at = 0; at < octets.length; ) {
    const inside = at >= ENDS && at < octets.length - ENDS;
    const most = long && inside ? Math.min(ODD_PIECE, octets.length - ENDS - at) : 1;
    const size = singles ? most : octets.length;
    yield octets.subarray(at, at + size);
    at += size;
  }
  return undefined;
}
