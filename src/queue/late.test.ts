// When the program is started, what it gets then, and what a client that sends little costs. That messages arrive whole is in
// test/contract/queue.test.ts.

import { expect, it } from 'vitest';
import { HELD_OCTETS, lateQueue } from './late.ts';
import type { HandOff, Outcome, Queue } from './queue.ts';

const ENVELOPE = { reversePath: 'a@example.net', recipients: ['b@example.com'] };

function noted(outcome: Outcome = { kind: 'queued' }) {
  const notes: string[] = [];
  const handOff: HandOff = {
    id: '4711',
    write: (octets) => void notes.push(Buffer.from(octets).toString()),
    async commit({ reversePath }) {
      notes.push(`commit ${reversePath}`);
      return outcome;
    },
    abort: () => void notes.push('abort'),
  };
  const queue: Queue = {
    async open() {
      notes.push('open');
      return handOff;
    },
  };
  return { notes, queue: lateQueue(queue) };
}

const UNABLE: Queue = { open: async () => null };

async function opened(queue: Queue): Promise<HandOff> {
  const handOff = await queue.open();
  if (handOff === null) throw new Error('not opened');
  return handOff;
}

it('starts the program at the end of an ordinary message', async () => {
  const { notes, queue } = noted();
  const handOff = await opened(queue);
  const chunk = Buffer.from('one');
  await handOff.write(chunk);
  chunk.fill(0x78); // as a reader does with its buffer
  await handOff.write(Buffer.from('two'));
  expect(notes).toEqual([]);
  expect(await handOff.commit(ENVELOPE)).toEqual({ kind: 'queued' });
  expect(notes).toEqual(['open', 'one', 'two', 'commit a@example.net']);
  expect(handOff.id).toBe('4711');
});

it('starts it earlier for a large one, and keeps no more of that', async () => {
  const { notes, queue } = noted();
  const handOff = await opened(queue);
  await handOff.write(Buffer.alloc(HELD_OCTETS, 'a'));
  expect(notes).toEqual([]);
  await handOff.write(Buffer.from('b'));
  await handOff.write(Buffer.from('c'));
  expect(notes.map((note) => note.slice(0, 5))).toEqual(['open', 'aaaaa', 'b', 'c']);
});

it('starts none for a message that is given up before', async () => {
  const { notes, queue } = noted();
  const handOff = await opened(queue);
  await handOff.write(Buffer.from('one'));
  handOff.abort();
  expect(notes).toEqual([]);
});

it('gives up one that was started', async () => {
  const { notes, queue } = noted();
  const handOff = await opened(queue);
  await handOff.write(Buffer.alloc(HELD_OCTETS + 1));
  handOff.abort();
  expect(notes.at(-1)).toBe('abort');
});

it.each([10, HELD_OCTETS + 1])(
  'puts the mail off when it cannot be started, after %i octets',
  async (octets) => {
    const handOff = await opened(lateQueue(UNABLE));
    await handOff.write(Buffer.alloc(octets));
    await handOff.write(Buffer.from('more'));
    expect(await handOff.commit(ENVELOPE)).toMatchObject({
      kind: 'failed',
      permanent: false,
      text: 'qqt failure',
    });
  },
);
