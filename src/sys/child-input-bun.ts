// The writing end of a child's pipe under Bun. What the pipe has room for is written at once, which is all of an ordinary
// message; only what has to wait goes through one of Bun's sinks, which know when there is room again.

import { closeSync } from 'node:fs';
import { writeAtOnce } from './both.ts';
import type { ChildInput } from './sys.ts';

type FileSink = ReturnType<ReturnType<typeof Bun.file>['writer']>;

/** Octets from which a sink starts to write by itself; every write is flushed, so this only sizes its buffer. */
const SINK_OCTETS = 64 * 1024;

/** @param end descriptor of a pipe, non-blocking; closed by close() */
export function childInput(end: number): ChildInput {
  let sink: FileSink | null = null;
  let broken = false;
  let closed = false;
  let unfinished: Promise<void> | null = null;
  // Each of the sink's methods may throw, or answer with a promise that fails when the child stops reading.
  const attempt = (action: () => number | Promise<number>): void => {
    try {
      const result = action();
      if (typeof result === 'number') return;
      const settled = result.then(
        () => {},
        () => {
          broken = true;
        },
      );
      const all = Promise.all([unfinished, settled]).then(() => {
        if (unfinished === all) unfinished = null;
      });
      unfinished = all;
    } catch {
      broken = true;
    }
  };
  const writeLater = (octets: Uint8Array): void => {
    const waiting = sink ?? Bun.file(end).writer({ highWaterMark: SINK_OCTETS });
    sink = waiting;
    attempt(() => waiting.write(octets));
    attempt(() => waiting.flush());
  };
  const writeNow = (octets: Uint8Array): void => {
    for (let at = 0; at < octets.length && !broken; ) {
      const written = writeAtOnce(end, octets, at);
      if (written === 0) {
        writeLater(octets.subarray(at));
        return;
      }
      if (written === null) broken = true;
      else at += written;
    }
  };
  // The sink does not own the descriptor, and must be done with it before its number can be used again.
  const release = (): void => {
    const used = sink;
    if (used !== null) attempt(() => used.end());
    closeSync(end);
  };
  return {
    write(octets) {
      if (closed) broken = true;
      if (broken) return undefined;
      if (unfinished) writeLater(octets);
      else writeNow(octets);
      return unfinished ?? undefined;
    },
    async taken() {
      if (unfinished) await unfinished;
      return !broken;
    },
    close() {
      if (closed) return;
      closed = true;
      if (unfinished) unfinished.then(release);
      else release();
    },
    leftUnread: false,
  };
}
