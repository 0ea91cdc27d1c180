// Log lines of many connections, written together: one write for all that is logged in a turn of the event loop. What is
// left when the process ends has to be flushed.

import { writeSync } from 'node:fs';
import { type LogContext, logLine } from '../../log/index.ts';
import type { SessionEvent } from '../../session/index.ts';

export interface LogLines {
  /** The log of one connection, or of the listener itself. */
  of(context: LogContext): (event: SessionEvent) => void;
  flush(): void;
}

/** Characters that are kept for the end of the turn. */
const MOST_KEPT = 64 * 1024;

/** @param write takes whole lines; for tests */
export function openLogLines(write: (lines: string) => void = toStandardError): LogLines {
  let kept = '';
  const flush = (): void => {
    if (kept === '') return;
    const lines = kept;
    kept = '';
    write(lines);
  };
  const add = (line: string): void => {
    if (kept === '') setImmediate(flush);
    kept += `${line}\n`;
    if (kept.length > MOST_KEPT) flush();
  };
  return { of: (context) => (event) => add(logLine(context, event)), flush };
}

function toStandardError(lines: string): void {
  try {
    for (let at = 0; at < lines.length; ) at += writeSync(2, lines.slice(at), null, 'latin1');
  } catch {
    // Nobody reads the log, and mail must not wait for that.
  }
}
