// Log lines of a listener: collected for one turn of the event loop, in order, with the connection they belong to; not
// collected without bounds; all there when it ends; and lost only while nobody takes them.

import { afterEach, expect, it, vi } from 'vitest';
import { openLogLines } from './log-lines.ts';

afterEach(() => void vi.useRealTimers());

const nextTurn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

const all = (writes: string[]) => (text: string) => {
  writes.push(text);
  return text.length;
};

function recorded() {
  const writes: string[] = [];
  return { writes, lines: openLogLines(all(writes)) };
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

it('wait for a reader who is behind, and are cut nowhere', () => {
  vi.useFakeTimers();
  let room = 20;
  let taken = '';
  const lines = openLogLines((text) => {
    const count = Math.min(room, text.length);
    taken += text.slice(0, count);
    room -= count;
    return count;
  });
  const log = lines.of(context(1));
  log({ event: 'fault', why: 'a' });
  vi.runAllTicks();
  vi.advanceTimersByTime(1);
  expect(taken).toHaveLength(20);
  log({ event: 'fault', why: 'b' });
  vi.advanceTimersByTime(1000);
  expect(taken).toHaveLength(20);
  room = 1000;
  vi.advanceTimersByTime(1000);
  expect(taken).toBe('mvmtr[42.1] fault ip=203.0.113.9 why=a\nmvmtr[42.1] fault ip=203.0.113.9 why=b\n');
  expect(vi.getTimerCount()).toBe(0);
});

it('are lost where nobody takes them, which is told', () => {
  vi.useFakeTimers();
  let isReading = false;
  let taken = '';
  let offered = 0;
  const lines = openLogLines((text) => {
    offered = Math.max(offered, text.length);
    if (!isReading) return 0;
    taken += text;
    return text.length;
  });
  const log = lines.of(context(1));
  for (let count = 0; count < 50_000; count += 1) log({ event: 'fault', why: 'x' });
  vi.advanceTimersByTime(1000);
  expect(offered).toBeLessThan(1_100_000);
  isReading = true;
  vi.advanceTimersByTime(1000);
  const written = taken.trimEnd().split('\n');
  const [, lost] = /lost: (\d+)"$/.exec(written.at(-1) ?? '') ?? [];
  expect(written.length - 1 + Number(lost)).toBe(50_000);
  log({ event: 'fault', why: 'y' });
  vi.advanceTimersByTime(1);
  expect(taken).toMatch(/why=y\n$/);
});
