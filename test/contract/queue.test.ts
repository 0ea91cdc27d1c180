// What every adapter of the Queue port promises, played on each of them and on the fake that the sessions in memory use.
// Octets are handed over as a session does it: from a buffer that is used again, waiting where write() says so.
// A promise that an adapter does not keep fails under its name.

import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Envelope, HandOff, Outcome, Queue } from '../../src/queue/index.ts';
import { removeDirectory, scratchDirectory } from '../support/home.ts';
import { envelopeOctets } from '../support/memory-queue.ts';
import { ADAPTERS } from './queue-adapters.ts';

const ENVELOPE: Envelope = {
  reversePath: 'sender@example.net',
  recipients: ['a@example.com', 'b@example.com'],
};

let directory = '';

beforeEach(() => {
  directory = scratchDirectory();
});

afterEach(() => removeDirectory(directory));

async function begin(queue: Queue): Promise<HandOff> {
  const handOff = await queue.open();
  if (handOff === null) throw new Error('the queue cannot be opened');
  return handOff;
}

/** Writes as a session does: from one buffer that is used again and again, waiting where it has to. */
async function write(handOff: HandOff, ...pieces: readonly string[]): Promise<void> {
  const buffer = Buffer.alloc(Math.max(0, ...pieces.map((piece) => piece.length)));
  for (const piece of pieces) {
    const length = buffer.write(piece, 'latin1');
    const accepting = handOff.write(buffer.subarray(0, length));
    if (accepting) await accepting;
    buffer.fill(0xee);
  }
}

async function send(queue: Queue, message: string, envelope = ENVELOPE): Promise<Outcome> {
  const handOff = await begin(queue);
  await write(handOff, message);
  return handOff.commit(envelope);
}

const QUEUED: Outcome = { kind: 'queued' };
const ALL_OCTETS = Array.from({ length: 256 }, (_, octet) => String.fromCharCode(octet)).join('');

describe.each(ADAPTERS)('queue port: $name', ({ willing, unable, close }) => {
  afterAll(() => close?.());

  it('queues what was written, in order, with the envelope', async () => {
    const { queue, taken } = await willing(directory);
    const handOff = await begin(queue);
    await write(handOff, 'Subject: x\n', '\n', 'one\n', 'two\n');
    expect(await handOff.commit(ENVELOPE)).toEqual(QUEUED);
    expect(await taken(1)).toEqual([
      {
        message: 'Subject: x\n\none\ntwo\n',
        envelope: 'Fsender@example.net\0Ta@example.com\0Tb@example.com\0\0',
      },
    ]);
  });

  it('queues nothing that was given up', async () => {
    const { queue, taken } = await willing(directory);
    const early = await begin(queue);
    early.abort();
    const late = await begin(queue);
    await write(late, 'x'.repeat(200_000));
    late.abort();
    expect(await send(queue, 'kept\n')).toEqual(QUEUED);
    expect((await taken(3)).map(({ message }) => message)).toEqual(['kept\n']);
  });

  it('leaves every octet as it is', async () => {
    const { queue, taken } = await willing(directory);
    expect(await send(queue, `${ALL_OCTETS}\n`)).toEqual(QUEUED);
    expect((await taken(1))[0]?.message).toBe(`${ALL_OCTETS}\n`);
  });

  it('takes an empty message, no final line end, and the null reverse-path', async () => {
    const { queue, taken } = await willing(directory);
    const envelope = { reversePath: '', recipients: ['user@example.com'] };
    expect(await send(queue, '', envelope)).toEqual(QUEUED);
    expect(await send(queue, 'no end', envelope)).toEqual(QUEUED);
    const all = await taken(2);
    expect(all.map(({ message }) => message).sort()).toEqual(['', 'no end']);
    expect(all.map((one) => one.envelope)).toEqual([envelopeOctets(envelope), envelopeOctets(envelope)]);
  });

  it('takes large pieces and small ones, and has its own copy of them in the end', async () => {
    const { queue, taken } = await willing(directory);
    const pieces = Array.from({ length: 60 }, (_, n) => `${n} `.repeat(n % 3 === 0 ? 60_000 : n + 1));
    const handOff = await begin(queue);
    await write(handOff, ...pieces);
    expect(await handOff.commit(ENVELOPE)).toEqual(QUEUED);
    expect((await taken(1))[0]?.message === pieces.join('')).toBe(true);
  });

  it('takes many recipients', async () => {
    const { queue, taken } = await willing(directory);
    const recipients = Array.from({ length: 5000 }, (_, n) => `user.number.${n}@example.com`);
    const envelope = { reversePath: 'sender@example.net', recipients };
    expect(await send(queue, 'x\n', envelope)).toEqual(QUEUED);
    expect((await taken(1))[0]?.envelope === envelopeOctets(envelope)).toBe(true);
  });

  it('keeps messages apart that are on their way at the same time', async () => {
    const { queue, taken } = await willing(directory);
    const handOffs = await Promise.all(['one', 'two', 'three'].map(() => begin(queue)));
    await Promise.all(handOffs.map((handOff, n) => write(handOff, `message ${n}\n`, 'x\n')));
    const outcomes = await Promise.all(
      handOffs.map((handOff, n) =>
        handOff.commit({ reversePath: `${n}@example.net`, recipients: ['u@example.com'] }),
      ),
    );
    expect(outcomes).toEqual([QUEUED, QUEUED, QUEUED]);
    expect(new Set(handOffs.map(({ id }) => id)).size).toBe(3);
    expect(handOffs.every(({ id }) => id !== '')).toBe(true);
    const found = (await taken(3)).map(({ message, envelope }) => `${message}${envelope}`).sort();
    expect(found).toEqual([0, 1, 2].map((n) => `message ${n}\nx\nF${n}@example.net\0Tu@example.com\0\0`));
  });

  it('says so, for a while, when it is unable to take a message, and throws nothing', async () => {
    const { queue } = await unable(directory);
    const handOff = await queue.open();
    if (handOff === null) return; // that says it as well
    await write(handOff, 'x'.repeat(200_000));
    expect(await handOff.commit(ENVELOPE)).toMatchObject({ kind: 'failed', permanent: false });
  });
});
