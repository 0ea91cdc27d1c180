// Plays every transcript of this folder to `mvmtr serve`, on both builds. It has to go as it does with a program of its
// own for each session. Where control/ has something that ends a session at its start, the listener does not start, and
// says why.

import { expect, it } from 'vitest';
import { describeBuilds } from '../support/builds.ts';
import { nearRealTime } from '../support/compare.ts';
import { needsUnixSocket, playedDifferences, playToListeners } from '../support/listener-player.ts';
import { readTranscripts, transcriptDifferences } from '../support/transcript.ts';

const transcripts = readTranscripts();

it('comes by TCP, save for two that have no TCPREMOTEIP or no TCPLOCALHOST', () => {
  const unix = transcripts.filter(({ transcript }) => needsUnixSocket(transcript.scenario));
  expect(unix.map(({ name }) => name)).toHaveLength(2);
});

describeBuilds('transcripts in a listener', (build) => {
  it('go as written', async () => {
    const played = await playToListeners(transcripts, ({ transcript }) => transcript.scenario, build.mvmtr);
    const found = played.flatMap(([{ name, transcript }, one]) =>
      playedDifferences(one, transcript.serve, (seen) =>
        transcriptDifferences(transcript, seen, nearRealTime),
      ).map((difference) => `${name}: ${difference}`),
    );
    expect(found).toEqual([]);
  }, 120_000);
});
