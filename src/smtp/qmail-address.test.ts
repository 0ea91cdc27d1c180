// What qmail's addrparse() finds in a MAIL or RCPT argument, by table: it takes nearly everything, so hostile and plain
// nonsense have a result too. Nothing here is refused.

import { expect, it } from 'vitest';
import { qmailAddress } from './qmail-address.ts';

it.each([
  ['FROM:<a@b>', 'a@b'],
  ['FROM:<>', ''],
  ['FROM: <a@b> SIZE=1', 'a@b'],
  ['FROM:a@b', 'a@b'],
  ['FROM:   a@b c', 'a@b'],
  ['FROM:', ''],
  ['FROM', ''],
  ['', ''],
  ['a@b', ''],
  ['x<a@b>', 'a@b'],
  ['AUTH=<x> TO:<a@b>', 'x'],
  ['TO:<a@b', 'a@b'],
  ['TO:<<a@b>>', '<a@b'],
  ['TO:a@b>c', 'a@b>c'],
  ['TO:<a b@c>', 'a b@c'],
  ['TO:<@r1,@r2:a@b>', 'a@b'],
  ['TO:<@r1:@r2:a@b>', '@r2:a@b'],
  ['TO:<@r1>', ''],
  ['TO:@r1:a@b', 'a@b'],
  ['TO:<"a>b"@c>', 'a>b@c'],
  ['TO:<a\\>b@c>', 'a>b@c'],
  ['TO:<"a\\"b"@c>', 'a"b@c'],
  ['TO:<"a@b>', 'a@b>'],
  ['TO:a" "b@c d', 'a b@c'],
  ['TO:<a@b\\', 'a@b'],
  ['TO:<\\', ''],
  ['TO:<a\\\\@b>', 'a\\@b'],
  ['TO:<\xff\x01@b>', '\xff\x01@b'],
  [`TO:<${'a'.repeat(2000)}>`, 'a'.repeat(2000)],
])('addrparse() of %j is %j', (argument, address) => expect(qmailAddress(argument)).toBe(address));
