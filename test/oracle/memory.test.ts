// The recorded sessions of a stock qmail-smtpd, played to the session itself: as written, octet by octet, and glued
// into one piece. Every octet that it says and queues has to be stock's, and so has its exit code. What only a real
// process can show (the environment of the queue program) is left to process.test.ts.

import { describe, expect, it } from 'vitest';
import { differences, nearVirtualTime } from '../support/compare.ts';
import { CUTTINGS } from '../support/memory-channel.ts';
import { playInMemory } from '../support/memory-player.ts';
import { oracleCases } from '../support/oracle-cases.ts';

const cases = oracleCases();

it('knows all the recorded sessions', () => {
  expect(cases.length).toBe(537);
});

describe.each(CUTTINGS)('stock sessions in memory, input %s', (cutting) => {
  it.each(cases)('$id: $title', async ({ scenario, expected }) => {
    const seen = await playInMemory(scenario, cutting);
    expect(differences(expected, seen, nearVirtualTime(seen.ended))).toEqual([]);
  });
});
