// The DATA decoder against a reference of a few lines, on octets that are mostly CR, LF and dots, cut anywhere. The
// reference says in regular expressions what the decoder does octet by octet: only CRLF.CRLF ends the data, a dot at the start
// of a line goes unless a CR follows it, CRLF becomes LF, and an LF without CR is told.

import { expect, it } from 'vitest';
import { hopCounter } from '../../src/mail/index.ts';
import { dataDecoder } from '../../src/smtp/index.ts';
import { FUZZ_SECONDS, fuzz, type Random } from '../support/random.ts';

interface Decoding {
  readonly message: string;
  readonly ended: boolean;
  readonly rest: string;
  readonly bareLf: boolean;
}

function reference(input: string): Decoding {
  const end = `\r\n${input}`.indexOf('\r\n.\r\n');
  const body = end < 0 ? input : input.slice(0, end);
  const message = body.replace(/(?<=^|\r\n)\.(?!\r)/g, '').replaceAll('\r\n', '\n');
  return {
    message,
    ended: end >= 0,
    rest: end < 0 ? '' : input.slice(end + 3),
    bareLf: /(?<!\r)\n/.test(body),
  };
}

function decode(input: string, cuts: readonly number[]): Decoding {
  const decoder = dataDecoder(hopCounter(), false);
  let message = '';
  for (const [index, start] of [0, ...cuts].entries()) {
    const chunk = Buffer.from(input.slice(start, cuts[index]), 'latin1');
    const { octets, ended, rest } = decoder.feed(Uint8Array.from(chunk));
    message += Buffer.from(octets).toString('latin1');
    if (ended) {
      const unread = cuts[index] === undefined ? '' : input.slice(cuts[index]);
      return { message, ended, rest: Buffer.from(rest).toString('latin1') + unread, bareLf: decoder.bareLf };
    }
  }
  return { message, ended: false, rest: '', bareLf: decoder.bareLf };
}

function arbitraryInput(random: Random): string {
  const piece = (): string =>
    random.pick([
      '\r',
      '\n',
      '.',
      '\r\n',
      '\r\n.',
      '\r\n..',
      '.\r',
      '.\r\n',
      '\r\n.\r\n',
      '\0',
      'a',
      'text',
      random.octets(3),
    ]);
  return Array.from({ length: random.below(40) }, piece).join('');
}

function arbitraryCuts(random: Random, length: number): readonly number[] {
  const cuts = Array.from({ length: random.below(8) }, () => random.below(length + 1));
  return cuts.sort((a, b) => a - b);
}

function compare(input: string, cuts: readonly number[]): void {
  const wanted = reference(input);
  const got = decode(input, cuts);
  const where = `${JSON.stringify(input)} cut at ${cuts.join()}`;
  expect({ ...got, message: '' }, where).toEqual({ ...wanted, message: '' });
  // What comes out after a bare LF is not to be used, and an unfinished message may hold back two octets.
  if (wanted.bareLf) return;
  if (wanted.ended) expect(got.message, where).toBe(wanted.message);
  else
    expect([wanted.message.startsWith(got.message), wanted.message.length - got.message.length <= 2]).toEqual(
      [true, true],
    );
}

it('decodes every short combination of CR, LF, dot and text as the reference does, cut at every place', () => {
  for (let number = 0; number < 4 ** 6; number += 1) {
    const digits = number.toString(4).padStart(6, '0');
    const input = `${Array.from(digits, (digit) => '\r\n.a'[Number(digit)]).join('')}\r\n.\r\nrest`;
    const places = Array.from({ length: input.length - 1 }, (_, index) => index + 1);
    for (const cuts of [[], places, ...places.map((place) => [place])]) compare(input, cuts);
  }
});

it(
  'decodes arbitrary octets in arbitrary pieces as the reference does',
  async () => {
    await fuzz((random) => {
      for (let n = 0; n < 200; n += 1) {
        const input = arbitraryInput(random);
        compare(input, arbitraryCuts(random, input.length));
      }
    });
  },
  (FUZZ_SECONDS + 30) * 1000,
);
