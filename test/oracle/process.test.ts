// The recorded sessions of a stock qmail-smtpd, played to the real programs: with pipes, and with one socket as
// standard input and output, on both builds. The queue behind them is a program of its own. Four sessions at a time,
// because most of their time is the start of a program; what differs is listed by case.

import { expect, it } from 'vitest';
import { describeBuilds } from '../support/builds.ts';
import { differences, nearRealTime } from '../support/compare.ts';
import { oracleCases } from '../support/oracle-cases.ts';
import { mapSideBySide } from '../support/parallel.ts';
import { playToProcess, type Transport } from '../support/process-player.ts';

const cases = oracleCases();
const topics = [...new Set(cases.map(({ topic }) => topic))];
const transports: readonly Transport[] = ['pipes', 'socket'];

describeBuilds('stock sessions', (build) => {
  for (const [transport, topic] of transports.flatMap((one) =>
    topics.map((topic) => [one, topic] as const),
  )) {
    it(`${transport}: ${topic}`, async () => {
      const chosen = cases.filter((one) => one.topic === topic);
      const found = await mapSideBySide(chosen, async ({ id, scenario, expected }) => {
        const seen = await playToProcess(scenario, [build.qmailSmtpd], transport);
        return differences(expected, seen, nearRealTime).map((difference) => `${id}: ${difference}`);
      });
      expect(found.flat()).toEqual([]);
    }, 120_000);
  }
});
