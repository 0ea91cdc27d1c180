// The DATA decoder (RFC 5321 §4.5.2; blast() of qmail-smtpd.c): a table of the cases that matter, and any octets in any
// chunking against a reference that takes one line after the other from the whole text. The counters are held to it too.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { hopCounter } from '../mail/index.ts';
import { fromOctets, toOctets } from '../text/index.ts';
import { dataDecoder } from './data.ts';

interface Result {
  readonly message: string;
  readonly ended: boolean;
  readonly rest: string;
  readonly bareLf: boolean;
  readonly octets: number;
  readonly lines: number;
  readonly hops: number;
}

function decode(pieces: readonly string[]): Result {
  const hops = hopCounter();
  const decoder = dataDecoder(hops, false);
  let message = '';
  for (const [index, piece] of pieces.entries()) {
    const decoded = decoder.feed(toOctets(piece));
    message += fromOctets(decoded.octets);
    if (!decoded.ended) continue;
    const rest = fromOctets(decoded.rest) + pieces.slice(index + 1).join('');
    return { message, ended: true, rest, ...counters(decoder), hops: hops.hops };
  }
  return { message, ended: false, rest: '', ...counters(decoder), hops: hops.hops };
}

const counters = ({ bareLf, octets, lines }: ReturnType<typeof dataDecoder>) => ({ bareLf, octets, lines });

function cut(input: string, places: readonly number[]): readonly string[] {
  const sorted = places.map((place) => Math.min(place, input.length)).sort((a, b) => a - b);
  return [0, ...sorted].map((start, index) => input.slice(start, sorted[index]));
}

const cuttings = (input: string): readonly (readonly string[])[] => [
  [input],
  Array.from(input),
  ...Array.from(input, (_, place) => cut(input, [place])),
];

describe('messages', () => {
  it.each([
    ['an empty message', '.\r\n', '', ''],
    ['one line', 'a\r\n.\r\n', 'a\n', ''],
    ['what follows is not ours', 'a\r\n.\r\nQUIT\r\n', 'a\n', 'QUIT\r\n'],
    ['even if it is another end', '.\r\n.\r\n', '', '.\r\n'],
    ['an empty line', '\r\n.\r\n', '\n', ''],
    ['stuffed dots', '..\r\n...a\r\n.\r\n', '.\n..a\n', ''],
    ['a dot that was not stuffed', '.a\r\n.\r\n', 'a\n', ''],
    ['dots elsewhere', 'a.\r\nb..c\r\n.\r\n', 'a.\nb..c\n', ''],
    ['a lone CR', 'a\rb\r\n.\r\n', 'a\rb\n', ''],
    ['a CR before CRLF', 'a\r\r\n.\r\n', 'a\r\n', ''],
    ['a lone CR does not begin a line', 'a\r.\r\n.\r\n', 'a\r.\n', ''],
    ['dot CR and something else', '.\ra\r\n.\r\n', '.\ra\n', ''],
    ['dot CR CR LF', '.\r\r\n.\r\n', '.\r\n', ''],
    ['dot dot CR LF', '..\r\n.\r\n', '.\n', ''],
    ['dot space CR LF', '. \r\n.\r\n', ' \n', ''],
    ['NUL and 8-bit octets', '\0\xff\r\n.\r\n', '\0\xff\n', ''],
  ])('%s', (_, input, message, rest) => {
    for (const pieces of cuttings(input)) {
      const decoded = decode(pieces);
      expect(decoded, JSON.stringify(pieces)).toMatchObject({ message, rest, ended: true, bareLf: false });
    }
  });
});

describe('bare LF', () => {
  it.each([
    ['in a line', 'a\nb\r\n.\r\n'],
    ['first', '\n.\r\n\r\n.\r\n'],
    ['LF dot LF', 'a\n.\n\r\n.\r\n'],
    ['LF dot CRLF', 'a\n.\r\n\r\n.\r\n'],
    ['CRLF dot LF', 'a\r\n.\n\r\n.\r\n'],
    ['CR LF LF', 'a\r\n\n\r\n.\r\n'],
    ['dot CR dot LF', '.\r.\n\r\n.\r\n'],
  ])('%s is told, and ends nothing', (_, input) => {
    for (const pieces of cuttings(input)) {
      expect(decode(pieces), JSON.stringify(pieces)).toMatchObject({ ended: true, bareLf: true, rest: '' });
    }
  });

  it('behind the end is not ours to tell', () => {
    expect(decode(['a\r\n.\r\n\n'])).toMatchObject({ ended: true, bareLf: false, rest: '\n' });
  });

  it('stops a decoder that is to stop there', () => {
    const decoder = dataDecoder(hopCounter(), true);
    const { ended, octets, rest } = decoder.feed(toOctets('a\r\nb\nc\r\n.\r\n'));
    expect([ended, decoder.bareLf, fromOctets(octets), fromOctets(rest)]).toEqual([
      false,
      true,
      'a\nb',
      'c\r\n.\r\n',
    ]);
  });
});

// Line by line over the whole text: CRLF ends a line, a line that is one dot ends the message.
function reference(input: string): Result {
  const lines = input.split('\r\n');
  const end = lines.findIndex((line, index) => line === '.' && index < lines.length - 1);
  const ended = end >= 0;
  const body = (ended ? lines.slice(0, end) : lines).map((line) =>
    /^\.(?!\r|$)/.test(line) ? line.slice(1) : line,
  );
  const message = ended ? body.map((line) => `${line}\n`).join('') : body.join('\n');
  return {
    message,
    ended,
    rest: ended ? lines.slice(end + 1).join('\r\n') : '',
    bareLf: body.some((line) => line.includes('\n')),
    octets: message.length,
    lines: ended ? end : lines.length - 1,
    hops: 0,
  };
}

describe('whatever comes, however it is cut', () => {
  const piece = fc.oneof(
    {
      weight: 6,
      arbitrary: fc.constantFrom('\r', '\n', '.', '\r\n', '\r\n.', '..', 'a', 'text\r\n', '\r\n.\r\n'),
    },
    { weight: 1, arbitrary: fc.integer({ min: 0, max: 255 }).map((octet) => String.fromCharCode(octet)) },
  );
  const anything = fc.array(piece, { maxLength: 30 }).map((pieces) => pieces.join(''));
  const places = fc.array(fc.nat(80), { maxLength: 6 });

  it('is decoded as the reference does it', () => {
    fc.assert(
      fc.property(anything, places, (input, at) => {
        const wanted = reference(`${input}\r\n.\r\nQUIT\r\n`);
        const got = decode(cut(`${input}\r\n.\r\nQUIT\r\n`, at));
        expect([got.ended, got.bareLf, got.rest]).toEqual([true, wanted.bareLf, wanted.rest]);
        // What comes out after a bare LF is not to be used.
        if (!wanted.bareLf) expect(got).toEqual(wanted);
      }),
      { numRuns: 3000 },
    );
  });

  it('counts what it puts out', () => {
    fc.assert(
      fc.property(anything, places, (input, at) => {
        const { message, octets, lines } = decode(cut(input, at));
        expect(octets).toBe(message.length);
        expect(lines).toBeLessThanOrEqual(input.split('\r\n').length - 1);
      }),
      { numRuns: 1000 },
    );
  });

  it('shows the counter of hops the header as it came', () => {
    fc.assert(
      fc.property(places, (at) => {
        const input =
          'Received: a\r\n.Received: b\r\nDelivered-To: c\r\nx: y\rReceived\r\n\r\nReceived: d\r\n.\r\n';
        expect(decode(cut(input, at)).hops).toBe(2);
      }),
    );
  });
});
