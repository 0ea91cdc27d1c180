// Plays every transcript of this folder: to the session in memory, with its input cut in three ways, and to the real
// programs of both builds, on pipes and on a socket. README.md describes the format. A session that does not go as
// written fails with the first line that differs; a file that is not understood fails the whole run.

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { describeBuilds } from '../support/builds.ts';
import { nearRealTime, nearVirtualTime } from '../support/compare.ts';
import { CUTTINGS } from '../support/memory-channel.ts';
import { playInMemory } from '../support/memory-player.ts';
import { mapSideBySide } from '../support/parallel.ts';
import { playToProcess, type Transport } from '../support/process-player.ts';
import { parseTranscript, transcriptDifferences } from '../support/transcript.ts';

const HERE = fileURLToPath(new URL('.', import.meta.url));

const transcripts = readdirSync(HERE, { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.smtp'))
  .sort()
  .map((name) => ({ name, transcript: parseTranscript(name, readFileSync(join(HERE, name), 'utf8')) }));

it('finds the transcripts', () => {
  expect(transcripts.length).toBeGreaterThanOrEqual(50);
});

describe.each(CUTTINGS)('transcripts in memory, input %s', (cutting) => {
  it.each(transcripts)('$name: $transcript.title', async ({ transcript }) => {
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
