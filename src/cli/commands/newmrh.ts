// `mvmtr newmrh`: builds control/morercpthosts.cdb from control/morercpthosts, as qmail-newmrh does: one host
// per line, put in lower case (ASCII), without the white space at its end; blank lines and lines that start
// with "#" are skipped. Sessions see the old database or the new one, nothing in between. Says nothing when
// it works; on failure one line on stderr and exit code 111, and the old database stays.

import { readFileSync } from 'node:fs';
import { listOf, writeCdb } from '../../control/index.ts';
import { fileReason } from '../../serve/file-reason.ts';
import { lowerAscii } from '../../text/index.ts';
import { type Output, writeLine } from './output.ts';

/** Builds the database and returns the exit code. */
export function runNewmrh(home: string, output: Output): number {
  const source = `${home}/control/morercpthosts`;
  const fail = (what: string, cause: unknown): number => {
    const { code } = cause as NodeJS.ErrnoException;
    const reason = code === undefined ? (cause as Error).message : fileReason(cause);
    writeLine(output.err, `mvmtr newmrh: cannot ${what}: ${reason}`);
    return 111;
  };
  let text: string;
  try {
    text = readFileSync(source, 'latin1');
  } catch (cause) {
    return fail(`read ${source}`, cause);
  }
  try {
    writeCdb(
      `${source}.cdb`,
      listOf(text, 'qmail').map(({ text: host }) => [lowerAscii(host), '']),
    );
    return 0;
  } catch (cause) {
    return fail(`write ${source}.cdb`, cause);
  }
}
