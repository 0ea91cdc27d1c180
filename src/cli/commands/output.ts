// Where the tools write: two descriptors, written to synchronously, so that a process may exit right after.
// process.stdout is not used: it may lose what a pipe has not taken yet. A reader that went away is no fault
// of the tool; any other failure is thrown.

import { writeSync } from 'node:fs';

export type Write = (text: string) => void;

export interface Output {
  readonly out: Write;
  readonly err: Write;
}

export const DESCRIPTORS: Output = { out: (text) => writeAll(1, text), err: (text) => writeAll(2, text) };

export function writeLine(write: Write, line: string): void {
  write(`${line}\n`);
}

function writeAll(fd: number, text: string): void {
  const octets = Buffer.from(text, 'utf8');
  for (let done = 0; done < octets.length; ) {
    try {
      done += writeSync(fd, octets, done);
    } catch (cause) {
      const { code } = cause as NodeJS.ErrnoException;
      if (code === 'EPIPE') return;
      if (code !== 'EAGAIN') throw cause;
    }
  }
}
