// `mvmtr sieve`: prints what a user's script would do with a message, and does none of it. Reads the two
// files and what the script includes. Exit code 0: it ran, 1: it does not compile or fails while it runs,
// 2: a file could not be read.

import { readFileSync } from 'node:fs';
import { loadTestsuite } from '../../rules/index.ts';
import { fileReason } from '../../serve/file-reason.ts';
import { fromNative } from '../../text/index.ts';
import { type Output, writeLine } from './output.ts';
import { readOctets } from './read-octets.ts';

export interface SieveRequest {
  readonly script: string;
  /** File with the message. */
  readonly message: string;
  /** Envelope; taken from the message's header when not given. */
  readonly from?: string;
  readonly to?: string;
}

const EXIT_CODES = { done: 0, failed: 1, 'does not compile': 1, 'no script': 2 } as const;

/** Prints the result and returns the exit code. */
export async function runSieve({ script, message, from, to }: SieveRequest, output: Output): Promise<number> {
  let octets: string;
  try {
    octets = readFileSync(message, 'latin1');
  } catch (cause) {
    writeLine(output.err, `mvmtr sieve: cannot read ${message}: ${fileReason(cause)}`);
    return EXIT_CODES['no script'];
  }
  const { dryRun } = await loadTestsuite();
  const { end, lines } = await dryRun({
    script,
    files: { read: readOctets },
    message: octets,
    ...(from !== undefined && { from: fromNative(from) }),
    ...(to !== undefined && { to: fromNative(to) }),
    now: Date.now(),
  });
  for (const line of lines) writeLine(end === 'done' ? output.out : output.err, line);
  return EXIT_CODES[end];
}
