// The table of clients against a Map that is told the same, with few keys so that chains are long and slots are used again.

import fc from 'fast-check';
import { expect, it } from 'vitest';
import { createAddressTable, NONE } from './address-table.ts';

const CAPACITY = 5;

const key = (n: number) => ({ high: n % 3, low: n - 4 });

it('holds what it was told, whatever comes and goes', () => {
  const step = fc.record({
    what: fc.constantFrom('count', 'count', 'count', 'remove', 'clear'),
    n: fc.nat({ max: 8 }),
  });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const table = createAddressTable(CAPACITY);
      const model = new Map<number, number>();
      for (const { what, n } of steps) {
        if (what === 'clear') {
          table.clear();
          model.clear();
        } else if (what === 'remove') {
          if (model.delete(n)) table.remove(table.find(key(n)));
        } else if (model.has(n) || model.size < CAPACITY) {
          const found = table.find(key(n));
          const slot = found === NONE ? table.add(key(n)) : found;
          table.counts[slot] = (table.counts[slot] ?? 0) + 1;
          model.set(n, (model.get(n) ?? 0) + 1);
        }
        expect(table.isFull()).toBe(model.size === CAPACITY);
        for (let each = 0; each <= 8; each += 1) {
          const slot = table.find(key(each));
          expect(slot === NONE ? undefined : table.counts[slot]).toBe(model.get(each));
        }
      }
    }),
    { numRuns: 500 },
  );
});

it('gives slots in order, and throws when there is none', () => {
  const table = createAddressTable(2);
  expect([table.add(key(0)), table.add(key(1))]).toEqual([0, 1]);
  expect(() => table.add(key(2))).toThrow('more than there is room for');
  table.clear();
  expect(table.add(key(2))).toBe(0);
});
