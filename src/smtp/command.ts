// A command line → verb and argument, the way qmail's commands() splits it: the verb ends at the first space (not
// at a tab), the spaces before the argument go, and a NUL ends the line for every purpose.

import { lowerAscii } from '../text/index.ts';

export interface Command {
  /** In lower-case ASCII; '' when the line starts with a space. */
  readonly verb: string;
  /** Octet string, '' when there is none. */
  readonly argument: string;
}

export function parseCommand(line: string): Command {
  const nul = line.indexOf('\0');
  const text = nul < 0 ? line : line.slice(0, nul);
  const space = text.indexOf(' ');
  if (space < 0) return { verb: lowerAscii(text), argument: '' };
  let start = space;
  while (text.charCodeAt(start) === 0x20) start += 1;
  return { verb: lowerAscii(text.slice(0, space)), argument: text.slice(start) };
}
