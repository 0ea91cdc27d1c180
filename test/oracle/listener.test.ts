// The recorded sessions of a stock qmail-smtpd, played to `mvmtr serve --profile stock`, on both builds. Every octet that it
// says and queues has to be stock's, and so has the exit code, which the log's last line of a session stands for. All
// sessions that agree in their control files are one server's. Where stock cannot read its controls and answers 421 to
// every client, a listener does not start, and says why.

import { expect, it } from 'vitest';
import { type Build, describeBuilds } from '../support/builds.ts';
import { differences, nearRealTime } from '../support/compare.ts';
import { needsUnixSocket, playedDifferences, playToListeners } from '../support/listener-player.ts';
import { oracleCases } from '../support/oracle-cases.ts';

const cases = oracleCases();
const topics = [...new Set(cases.map(({ topic }) => topic))];

const UNABLE = '421 unable to read controls (#4.3.0)\r\n';
const NO_NAME = 'me: missing, and there is no smtpgreeting either';

/** What the listener says of control/ instead of starting. */
const REFUSALS: Readonly<Record<string, string>> = {
  'commands/stay-controls': NO_NAME,
  'controls/rcpthosts-directory': 'rcpthosts: EISDIR',
  'controls/badmailfrom-directory': 'badmailfrom: EISDIR',
  'controls/databytes-directory': 'databytes: EISDIR',
  'controls/timeoutsmtpd-directory': 'timeoutsmtpd: EISDIR',
  'greeting/smtpgreeting-loop': 'smtpgreeting: ELOOP',
  'greeting/no-controls': NO_NAME,
  'greeting/me-missing': NO_NAME,
  'greeting/me-dangling-link': NO_NAME,
  'greeting/me-directory-greeting': 'me: EISDIR',
  'greeting/me-loop': 'me: ELOOP',
};

it('does not start where stock is unable to read controls, and nowhere else', () => {
  const unable = cases.filter(({ expected }) => expected.output === UNABLE).map(({ id }) => id);
  expect(Object.keys(REFUSALS).sort()).toEqual(unable.sort());
});

it('comes by TCP, save for five that have no TCPREMOTEIP, TCPLOCALHOST or TCPLOCALIP', () => {
  expect(cases.length).toBe(537);
  expect(cases.filter(({ scenario }) => needsUnixSocket(scenario)).length).toBe(5);
});

/**
 * Shells start the queue programs of a Node listener, and what they say of a signal they say of an exit status from 129 on
 * too: both are 451, in the words for a signal.
 */
function asTold({ name }: Build, { scenario, expected }: (typeof cases)[number]): typeof expected {
  const isSignal = scenario.queue.exits.some((exit) => typeof exit === 'number' && exit > 128 && exit <= 192);
  if (name !== 'node' || !isSignal) return expected;
  return { ...expected, output: expected.output.replace('451 qq temporary problem', '451 qq crashed') };
}

it('has one session with an exit status that a shell takes for a signal', () => {
  const node = { name: 'node' } as Build;
  expect(cases.filter((one) => asTold(node, one) !== one.expected).map(({ id }) => id)).toEqual([
    'queue/exit-137',
  ]);
});

describeBuilds('stock sessions in a listener', (build) => {
  it.each(topics)(
    '%s',
    async (topic) => {
      const chosen = cases.filter((one) => one.topic === topic);
      const played = await playToListeners(chosen, ({ scenario }) => scenario, build.mvmtr);
      const found = played.flatMap(([each, one]) =>
        playedDifferences(one, REFUSALS[each.id] ?? null, (seen) =>
          differences(asTold(build, each), seen, nearRealTime),
        ).map((difference) => `${each.id}: ${difference}`),
      );
      expect(found).toEqual([]);
    },
    120_000,
  );
});
