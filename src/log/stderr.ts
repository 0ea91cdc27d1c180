// Log lines to descriptor 2. A log that cannot be written must not hold up mail: a line that does not go out is lost.

import { fstatSync, writeSync } from 'node:fs';
import type { SessionEvent } from '../session/index.ts';
import { type LogContext, logLine } from './line.ts';

/** Says nothing when descriptor 2 is the client itself, as under inetd: a log line there would pass for a reply. */
export function logToStderr(context: LogContext): (event: SessionEvent) => void {
  if (isTheClient()) return () => {};
  return (event) => writeLine(logLine(context, event));
}

/** One line of text that is safe already. */
export function writeLine(line: string): void {
  try {
    writeSync(2, `${line}\n`);
  } catch {
    // nobody reads the log
  }
}

function isTheClient(): boolean {
  try {
    const log = fstatSync(2);
    const client = fstatSync(1);
    return log.isSocket() && log.ino === client.ino && log.dev === client.dev;
  } catch {
    return true; // no descriptor 2 to write to
  }
}
