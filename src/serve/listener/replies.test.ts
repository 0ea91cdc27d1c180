// What the listener itself may say: all of it ends the connection, all of it but two is temporary, and all of it is one line in
// either dialect.

import { describe, expect, it } from 'vitest';
import { MVMTR, STOCK } from '../../session/index.ts';
import { type Reply, renderReply } from '../../smtp/index.ts';
import { LISTENER_REPLIES } from './replies.ts';

/** What a client has to know is for good. */
const FOR_GOOD = ['denied', 'earlyTalker'];

const rows: readonly (readonly [string, Reply])[] = Object.entries(LISTENER_REPLIES);

describe.each(rows)('%s', (name, reply) => {
  it('hangs up', () => expect(reply.close).toBe(true));

  it('is 421, which sends a client away to come again, or 554', () => {
    expect(reply.code).toBe(FOR_GOOD.includes(name) ? 554 : 421);
  });

  it.each([STOCK, MVMTR])('is one line', ({ dialect }) => {
    expect(renderReply(reply, dialect)).toMatch(/^[45][0-9]{2} [\x20-\x7e]{1,100}\r\n$/);
  });
});
