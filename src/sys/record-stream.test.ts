// Records of TLS, as Bun's TLS is shown them: several long ones at a time, a short one alone, none while nobody waits; and the same octets
// in the end, however they come.

import { describe, expect, it } from 'vitest';
import { seededRandom } from '../../test/support/random.ts';
import type { Channel } from '../session/index.ts';
import { RecordStream } from './record-stream.ts';

const record = (length: number, fill = 0x61): Buffer =>
  Buffer.concat([Buffer.from([23, 3, 3, length >> 8, length & 255]), Buffer.alloc(length, fill)]);

/** What is pushed when these pieces come from the channel, one read after the other, with the stream open all the time. */
async function shown(pieces: readonly Uint8Array[]): Promise<readonly number[]> {
  const seen: number[] = [];
  const stream = new RecordStream(channelOf(pieces), 1);
  stream.on('data', (octets: Buffer) => seen.push(octets.length));
  await new Promise((resolve) => stream.on('end', resolve));
  return seen;
}

function channelOf(pieces: readonly Uint8Array[]): Channel {
  const left = [...pieces];
  return { read: async () => left.shift() ?? 'end', write: () => true };
}

describe('records', () => {
  it.each<[string, readonly Buffer[], readonly number[]]>([
    ['one', [record(10)], [15]],
    ['two short ones', [Buffer.concat([record(10), record(19)])], [15, 24]],
    ['two long ones', [Buffer.concat([record(1000), record(2000)])], [3010]],
    ['an end behind long ones', [Buffer.concat([record(1000), record(2000), record(19)])], [3010, 24]],
    ['a long one behind a short one', [Buffer.concat([record(19), record(1000)])], [24, 1005]],
    ['half a record', [record(1000).subarray(0, 500), record(1000).subarray(500)], [1005]],
    ['a header in two', [record(10).subarray(0, 3), record(10).subarray(3)], [15]],
    ['what is no TLS', [Buffer.from('GET / HTTP/1.0\r\n')], [16]],
  ])('%s', async (_, pieces, lengths) => {
    expect(await shown(pieces)).toEqual(lengths);
  });

  it('are all shown, in order, however they are cut', async () => {
    const random = seededRandom(7);
    const whole = Buffer.concat(
      Array.from({ length: 200 }, (_, index) => record(1 + random.below(600), index)),
    );
    const pieces: Buffer[] = [];
    for (let at = 0; at < whole.length; ) {
      const size = 1 + random.below(900);
      pieces.push(whole.subarray(at, at + size));
      at += size;
    }
    const seen: Buffer[] = [];
    const stream = new RecordStream(channelOf(pieces), 1);
    stream.on('data', (octets: Buffer) => seen.push(Buffer.from(octets)));
    await new Promise((resolve) => stream.on('end', resolve));
    expect(Buffer.concat(seen).equals(whole)).toBe(true);
  });

  it('wait while nobody does', async () => {
    const seen: number[] = [];
    const stream = new RecordStream(channelOf([Buffer.concat([record(10), record(11), record(12)])]), 1);
    stream.on('data', (octets: Buffer) => {
      seen.push(octets.length);
      stream.shut();
    });
    const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
    for (const lengths of [[15], [15, 16], [15, 16, 17]]) {
      await turn();
      await turn();
      expect(seen).toEqual(lengths);
      stream.open();
    }
  });
});
