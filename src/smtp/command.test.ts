// Verb and argument as commands() of qmail splits a line: at the first space, up to the first NUL, and nowhere else.

import { expect, it } from 'vitest';
import { parseCommand } from './command.ts';

it.each([
  ['', '', ''],
  ['QUIT', 'quit', ''],
  ['MAIL FROM:<a@b>', 'mail', 'FROM:<a@b>'],
  ['mAiL   FROM:<a@b> ', 'mail', 'FROM:<a@b> '],
  ['NOOP ', 'noop', ''],
  ['NOOP    ', 'noop', ''],
  [' QUIT', '', 'QUIT'],
  ['  ', '', ''],
  ['HELO\thost', 'helo\thost', ''],
  ['HELO \thost', 'helo', '\thost'],
  ['QUIT\0', 'quit', ''],
  ['QUIT\0 argument', 'quit', ''],
  ['MAIL FROM:<a\0b@c>', 'mail', 'FROM:<a'],
  ['\0QUIT', '', ''],
  ['QUIT\r', 'quit\r', ''],
  ['N\xd6\xd6P x', 'n\xd6\xd6p', 'x'],
  ['VRFY\xa0x', 'vrfy\xa0x', ''],
  ['__proto__ x', '__proto__', 'x'],
])('%j is the verb %j with the argument %j', (line, verb, argument) => {
  expect(parseCommand(line)).toEqual({ verb, argument });
});
