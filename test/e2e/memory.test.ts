// A message of any size goes through in the same memory: the peak of our process, as the kernel counts it, while a slow
// queue program takes 20 MB and then 200 MB. The client sends as fast as it can, so whatever is not handed on would
// pile up in our process.

import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { type Build, describeBuilds } from '../support/builds.ts';
import { createWorld, start } from '../support/program.ts';

const MEGABYTE = 1024 * 1024;
const PIECE = `${'0123456789abcdef'.repeat(4)}\r\n`.repeat(1024);

/** Peak resident memory in MB that each build may need. */
const MOST_MEGABYTES = { native: 60, node: 110 };

/** Peak resident set of the process that took a message of this size, in MB. */
async function peakFor(build: Build, megabytes: number): Promise<number> {
  const world = createWorld();
  try {
    const program = start([build.qmailSmtpd], { ...world.env, STAND_IN_DISCARD: '1', STAND_IN_PAUSE: '1' });
    await program.send('MAIL FROM:<sender@example.net>\r\nRCPT TO:<user@example.com>\r\nDATA\r\n');
    expect(await program.until((output) => output.includes('354 '))).toBe(true);
    for (let sent = 0; sent < megabytes * MEGABYTE; sent += PIECE.length) await program.send(PIECE);
    await program.send('.\r\n');
    expect(await program.until((output) => /354 .*\r\n250 ok [0-9]+ qp/.test(output)), program.output()).toBe(
      true,
    );
    const peak = /^VmHWM:\s+([0-9]+) kB$/m.exec(
      readFileSync(`/proc/${program.child.pid}/status`, 'utf8'),
    )?.[1];
    await program.send('QUIT\r\n');
    expect(await program.exited).toBe(0);
    return Number(peak) / 1024;
  } finally {
    world.remove();
  }
}

describeBuilds('memory', (build) => {
  it(`stays below ${MOST_MEGABYTES[build.name]} MB for 20 MB and for 200 MB`, async () => {
    expect(await peakFor(build, 20)).toBeLessThan(MOST_MEGABYTES[build.name]);
    expect(await peakFor(build, 200)).toBeLessThan(MOST_MEGABYTES[build.name]);
  }, 120_000);
});
