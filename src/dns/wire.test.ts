// Replies of every shape (RFC 1035 §4.1): what is read without an exception, and what is never taken for ours. The
// octets are derived from a true reply by changing, cutting and adding to it, with fixed seeds. A reply made by
// hand, not by the package that reads it, is what everything starts from.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { judge } from './judge.ts';
import { queryFor, type Reply, readReply } from './wire.ts';

const QUESTION = { name: 'mx.example.org', type: 'A' } as const;
const QUERY = queryFor(QUESTION, { id: 0x1234, edns: false });

/** The query, answered: one address for a name that points back to the question. */
const REPLY = Buffer.concat([
  Buffer.from([0x12, 0x34, 0x84, 0x00, 0, 1, 0, 1, 0, 0, 0, 0]),
  QUERY.octets.subarray(12),
  Buffer.from([0xc0, 12, 0, 1, 0, 1, 0, 0, 1, 44, 0, 4, 192, 0, 2, 1]),
]);

const outcome = (reply: Reply): unknown => (reply.kind === 'reply' ? judge(QUESTION, reply, 0) : reply.kind);

it('the query is one question for recursion, with EDNS when wanted', () => {
  const name = Buffer.from('\x02mx\x07example\x03org\0', 'latin1');
  const plain = Buffer.concat([
    Buffer.from([0x12, 0x34, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0]),
    name,
    Buffer.from([0, 1, 0, 1]),
  ]);
  expect(Buffer.from(QUERY.octets)).toEqual(plain);
  const extended = Buffer.concat([plain, Buffer.from([0, 0, 41, 1232 >> 8, 1232 & 255, 0, 0, 0, 0, 0, 0])]);
  extended[11] = 1;
  expect(Buffer.from(queryFor(QUESTION, { id: 0x1234, edns: true }).octets)).toEqual(extended);
});

it('a true reply is read', () => {
  expect(outcome(readReply(REPLY, QUERY))).toEqual({ outcome: 'records', records: ['192.0.2.1'] });
});

it('the octets are not changed', () => {
  const octets = Buffer.concat([REPLY, Buffer.from([0xff])]);
  octets[11] = 7;
  const before = Buffer.from(octets);
  readReply(octets, QUERY);
  expect(octets).toEqual(before);
});

it('what stands in the additional section does not matter', () => {
  const octets = Buffer.concat([REPLY, Buffer.from('not a record at all')]);
  octets[11] = 3;
  expect(outcome(readReply(octets, QUERY))).toEqual({ outcome: 'records', records: ['192.0.2.1'] });
});

it('an address of another class is none', () => {
  const octets = Buffer.from(REPLY);
  octets[octets.length - 11] = 3;
  expect(outcome(readReply(octets, QUERY))).toEqual({ outcome: 'nodata' });
});

describe('whatever comes', () => {
  const byteChanges = fc.array(fc.tuple(fc.nat({ max: REPLY.length - 1 }), fc.nat({ max: 255 })), {
    maxLength: 8,
  });

  it('is read without an exception, and cut short it has no records', () => {
    fc.assert(
      fc.property(
        byteChanges,
        fc.nat({ max: REPLY.length }),
        fc.uint8Array({ maxLength: 40 }),
        (changes, end, more) => {
          const changed = Buffer.from(REPLY);
          for (const [at, octet] of changes) changed[at] = octet;
          expect(() =>
            outcome(readReply(Buffer.concat([changed.subarray(0, end), more]), QUERY)),
          ).not.toThrow();
          const cut = outcome(readReply(REPLY.subarray(0, Math.min(end, REPLY.length - 1)), QUERY));
          expect(['foreign', 'malformed']).toContain(cut);
        },
      ),
      { seed: 1, numRuns: 2000 },
    );
  });

  it('is foreign unless it has our id and our question', () => {
    const mattering = fc.nat({ max: 11 + QUERY.octets.length - 12 }).filter((at) => at < 2 || at >= 12);
    fc.assert(
      fc.property(mattering, fc.integer({ min: 1, max: 255 }), (at, difference) => {
        const changed = Buffer.from(REPLY);
        changed[at] = (changed[at] as number) ^ difference;
        const onlyLetterCase = difference === 0x20 && /[a-z]/i.test(String.fromCharCode(REPLY[at] as number));
        expect(readReply(changed, QUERY).kind === 'foreign').toBe(!onlyLetterCase || at < 2);
      }),
      { seed: 1, numRuns: 2000 },
    );
  });
});
