// Log lines of a listener: collected for one turn of the event loop, in order, with the connection they belong to; not
// collected without bounds; and all there when it ends.

import { expect, it } from 'vitest';
import { openLogLines } from './log-lines.ts';

const nextTurn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

function recorded() {
  const writes: string[] = [];
  return { writes, lines: openLogLines((text) => void writes.push(text)) };
}

const context = (number: number) => ({ pid: `42.${number}`, ip: '203.0.113.9', host: 'unknown' });

it('are written together when the turn is over', async () => {
  const { writes, lines } = recorded();
  lines.of(context(1))({ event: 'connect', profile: 'mvmtr' });
  lines.of(context(2))({ event: 'fault', why: 'x' });
  expect(writes).toEqual([]);
  await nextTurn();
  const first =
    'mvmtr[42.1] connect ip=203.0.113.9 host=unknown profile=mvmtr\nmvmtr[42.2] fault ip=203.0.113.9 why=x\n';
  expect(writes).toEqual([first]);
  lines.of(context(3))({ event: 'fault', why: 'y' });
  await nextTurn();
  expect(writes).toEqual([first, 'mvmtr[42.3] fault ip=203.0.113.9 why=y\n']);
});

it('do not wait when there are many', async () => {
  const { writes, lines } = recorded();
  const log = lines.of(context(1));
  for (let count = 0; count < 10_000; count += 1) log({ event: 'fault', why: String(count) });
  expect(writes.length).toBeGreaterThan(1);
  expect(Math.max(...writes.map(({ length }) => length))).toBeLessThan(100_000);
  await nextTurn();
  const all = writes.join('').trimEnd().split('\n');
  expect(all.map((line) => /why=(\d+)$/.exec(line)?.[1])).toEqual(all.map((_, count) => String(count)));
  expect(all).toHaveLength(10_000);
});

it('can be had out at once, and then are not written again', async () => {
  const { writes, lines } = recorded();
  lines.flush();
  lines.of(context(1))({ event: 'fault', why: 'last' });
  lines.flush();
  expect(writes).toEqual(['mvmtr[42.1] fault ip=203.0.113.9 why=last\n']);
  await nextTurn();
  lines.flush();
  expect(writes).toHaveLength(1);
});
