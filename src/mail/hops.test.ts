// Hops against a reference that has the whole message before it (qmail-smtpd.c: blast()): lines of the header, as they
// came, that begin with "received" or "delivered". However the octets are cut, the number is the same.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { toOctets } from '../text/index.ts';
import { hopCounter } from './hops.ts';

/** The header is over with its first line that is exactly CRLF; a line may be the last and have no end. */
function reference(message: string): number {
  const lines = message.split('\n');
  const blank = lines.findIndex((line, index) => line === '\r' && index < lines.length - 1);
  const header = blank < 0 ? lines : lines.slice(0, blank);
  return header.filter((line) => /^(?:received|delivered)/i.test(line)).length;
}

function count(message: string, cuts: readonly number[] = []): number {
  const octets = toOctets(message);
  const counter = hopCounter();
  let from = 0;
  for (const to of [...cuts, octets.length]) {
    counter.scan(octets, from, to);
    from = to;
  }
  return counter.hops;
}

const everyOctet = (message: string): readonly number[] => Array.from(message, (_, index) => index);

describe('hops', () => {
  it.each([
    ['nothing', '', 0],
    ['both fields', 'Received: x\r\nDelivered-To: y\r\nSubject: z\r\n\r\n', 2],
    ['the prefixes alone, in any letter case', 'rECEIVEDLY\r\nDELIVERED\r\nreceived\r\n', 3],
    ['not in the middle of a line', 'X-Received: x\r\n received\r\n:delivered\r\n', 0],
    ['not almost', 'Receive: x\r\nReceivd: x\r\nDeliver\r\nDelivere: d\r\n', 0],
    ['not the letters beside the case bit', '\x12eceived\r\n\xd2eceived\r\nRECEIVE\x04\r\n', 0],
    ['not behind the header', 'a: b\r\n\r\nReceived: x\r\n', 0],
    ['not when the first line is blank', '\r\nReceived: x\r\n', 0],
    ['behind a line that is only LF', 'a: b\n\nReceived: x\r\n', 1],
    ['behind a line of CR CR LF', 'a: b\r\n\r\r\nReceived: x\r\n', 1],
    ['behind a CR LF that ends a line', 'a: b\r\r\nReceived: x\r\n', 1],
    ['behind a line of space CR LF', 'a: b\r\n \r\nReceived: x\r\n', 1],
    ['after a bare LF', 'a: b\nReceived: x\r\n', 1],
    ['not after a lone CR', 'a: b\rReceived: x\r\n', 0],
    ['an unfinished line', 'a: b\r\nReceived', 1],
    ['behind a dot, stuffed or not', '.Received: x\r\n..Received: y\r\n', 0],
    ['behind a long line', `X: ${'y'.repeat(5000)}\r\nReceived: x\r\n`, 1],
    ['with NUL', '\0\r\nReceived\0\r\n', 1],
  ])('%s', (_, message, hops) => {
    expect(count(message)).toBe(hops);
    expect(count(message, everyOctet(message))).toBe(hops);
    expect(reference(message)).toBe(hops);
  });

  it('counts a hundred and more', () => {
    expect(count('Received: x\r\n'.repeat(250))).toBe(250);
  });

  it('counts what the reference counts, however the octets are cut', () => {
    const words = [
      'Received',
      'delivered',
      'recei',
      'ved',
      '\r',
      '\n',
      '\r\n',
      '\r\n\r\n',
      ' ',
      'x',
      '.',
      '\xff',
    ];
    const piece = fc.oneof(fc.constantFrom(...words), fc.constantFrom('x'.repeat(20), 'RECEIVED\r\n'));
    fc.assert(
      fc.property(
        fc.array(piece, { maxLength: 40 }),
        fc.array(fc.nat(400), { maxLength: 6 }),
        (pieces, places) => {
          const message = pieces.join('');
          const cuts = places.map((place) => Math.min(place, message.length)).sort((a, b) => a - b);
          expect(count(message, cuts)).toBe(reference(message));
        },
      ),
      { numRuns: 2000 },
    );
  });

  it('looks at nothing outside of what it is shown', () => {
    const octets = toOctets('Received: a\r\nReceived: b\r\nReceived: c\r\n');
    const counter = hopCounter();
    counter.scan(octets, 0, 13);
    expect(counter.hops).toBe(1);
    counter.scan(octets, 26, 39);
    expect(counter.hops).toBe(2);
  });
});
