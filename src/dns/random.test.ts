// Ids cannot be tested for being unguessable; that they use all of their bits and do
// not come round again can be. The chance that this fails by itself is smaller than
// that of the machine failing. Needs no network.

import { expect, it } from 'vitest';
import { randomId } from './random.ts';

it('ids are of 16 bits, and each bit changes', () => {
  const ids = Array.from({ length: 1000 }, randomId);
  expect(ids.every((id) => Number.isInteger(id) && id >= 0 && id <= 0xffff)).toBe(true);
  // By chance, one of the 32 fails once in 10^300 times.
  expect(ids.reduce((all, id) => all | id, 0)).toBe(0xffff);
  expect(ids.reduce((all, id) => all & id, 0xffff)).toBe(0);
  expect(new Set(ids).size).toBeGreaterThan(900);
});
