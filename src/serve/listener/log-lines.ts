// Log lines of many connections, written together: one write for all that is logged in a turn of the event loop. What is
// left when the process ends has to be flushed. Nobody waits for whoever reads the log: what does not fit into its pipe
// is kept for a while, and beyond a bound lines are lost, which is told as soon as there is room. (A pipe that the
// system does not let us open anew, such as one of root's for a worker who is not root, is written to as it is.)

import { closeSync, constants, fstatSync, openSync, writeSync } from 'node:fs';
import { type LogContext, logLine } from '../../log/index.ts';
import type { SessionEvent } from '../../session/index.ts';

export interface LogLines {
  /** The log of one connection, or of the listener itself. */
  of(context: LogContext): (event: SessionEvent) => void;
  flush(): void;
}

/** Takes as many characters of whole lines as there is room for. Never throws, never waits. */
export type TakeLines = (lines: string) => number;

/** Characters that are kept for the end of the turn. */
const MOST_KEPT = 64 * 1024;

/** Characters that are kept when nobody takes them. */
const MOST_WAITING = 1024 * 1024;

/** Until a reader that was behind is tried again. */
const RETRY_MS = 100;

/** For what the listener says of itself. */
export const OWN_LINES: LogContext = { pid: process.pid, ip: '', host: '' };

export function openLogLines(take: TakeLines): LogLines {
  let kept = '';
  let lost = 0;
  let isBehind = false;
  const flush = (): void => {
    if (kept === '') return;
    kept = kept.slice(take(kept));
    if (kept !== '') return;
    isBehind = false;
    if (lost === 0) return;
    const text = `lines of this log that were lost: ${lost}`;
    lost = 0;
    add(logLine(OWN_LINES, { event: 'note', level: 'warning', text, where: 'serve' }));
  };
  const tryAgain = (): void => {
    flush();
    if (isBehind) setTimeout(tryAgain, RETRY_MS);
  };
  const flushOrWait = (): void => {
    if (isBehind) return;
    flush();
    if (kept === '') return;
    isBehind = true;
    setTimeout(tryAgain, RETRY_MS);
  };
  const add = (line: string): void => {
    if (kept.length > MOST_WAITING) {
      lost += 1;
      return;
    }
    if (kept === '') setImmediate(flushOrWait);
    kept += `${line}\n`;
    if (kept.length > MOST_KEPT) flushOrWait();
  };
  return { of: (context) => (event) => add(logLine(context, event)), flush };
}

/**
 * To be called before root is given up: the pipe may be root's.
 * @param expected a descriptor that whoever has started us should have opened; when it is not there, ours must not take its place
 */
export function standardError(expected: number | null): TakeLines {
  const descriptor = nonBlockingError(expected);
  return (lines) => {
    try {
      return writeSync(descriptor, lines, null, 'latin1');
    } catch (error) {
      // Nobody reads the log any more, and there is nobody to be told.
      return (error as NodeJS.ErrnoException).code === 'EAGAIN' ? 0 : lines.length;
    }
  };
}

// Opened anew, because others have standard error too, and would not expect that it does not block.
function nonBlockingError(expected: number | null): number {
  try {
    if (!fstatSync(2).isFIFO()) return 2;
    const descriptor = openPipe();
    if (descriptor !== expected) return descriptor;
    try {
      return openPipe();
    } finally {
      closeSync(descriptor);
    }
  } catch {
    return 2; // as it is
  }
}

const openPipe = (): number => openSync('/proc/self/fd/2', constants.O_WRONLY | constants.O_NONBLOCK);
