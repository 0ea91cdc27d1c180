// Plays every transcript of this folder: to the session in memory, with its input cut in three ways, and to the real
// programs of both builds, on pipes and on a socket; listener.test.ts plays them to a listener. README.md describes the format. A session that does not go as
// written fails with the first line that differs; a file that is not understood fails the whole run.

import { describe, expect, it } from 'vitest';
import { describeBuilds } from '../support/builds.ts';
import { nearRealTime, nearVirtualTime } from '../support/compare.ts';
import { CUTTINGS } from '../support/memory-channel.ts';
import { playInMemory } from '../support/memory-player.ts';
import { mapSideBySide } from '../support/parallel.ts';
import { playToProcess, type Transport } from '../support/process-player.ts';
import { hasHandshake } from '../support/scenario.ts';
import { readTranscripts, transcriptDifferences } from '../support/transcript.ts';

const transcripts = readTranscripts();

it('finds the transcripts', () => {
  expect(transcripts.length).toBeGreaterThanOrEqual(50);
});

describe.each(CUTTINGS)('transcripts in memory, input %s', (cutting) => {
  const playable = transcripts.filter(
    ({ transcript }) => cutting !== 'glued' || !hasHandshake(transcript.scenario),
  );
  it.each(playable)('$name: $transcript.title', async ({ transcript }) => {
    const seen = await playInMemory(transcript.scenario, cutting);
    expect(transcriptDifferences(transcript, seen, nearVirtualTime(seen.ended))).toEqual([]);
  });
});

describeBuilds('transcripts', (build) => {
  it.each<Transport>(['pipes', 'socket'])(
    'go as written with the client on: %s',
    async (transport) => {
      const found = await mapSideBySide(transcripts, async ({ name, transcript }) => {
        const { scenario } = transcript;
        const program = scenario.profile === 'stock' ? build.qmailSmtpd : build.mvmtr;
        const seen = await playToProcess(scenario, [program], transport);
        return transcriptDifferences(transcript, seen, nearRealTime).map(
          (difference) => `${name}: ${difference}`,
        );
      });
      expect(found.flat()).toEqual([]);
    },
    120_000,
  );
});
