// Large messages with a rule about the message: they wait in a file, the queue program is not started before the verdict, they arrive
// octet for octet, and memory does not grow with them. Real programs of both builds.

import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { afterEach, expect, it } from 'vitest';
import { describeBuilds } from '../../support/builds.ts';
import { takeQueued } from '../../support/process-player.ts';
import { createWorld, type Program, start, type World } from '../../support/program.ts';

const LINE = `${'0123456789abcdef'.repeat(4)}\r\n`;
const LINES_AT_ONCE = 1000;
/** Pieces of a message of twenty megabytes, and of one larger than the memory that a session may take. */
const LARGE = 320;
const HUGE = 2500;
const MOST_KB = 128 * 1024;

let world: World | null = null;

afterEach(() => {
  world?.remove();
  world = null;
});

const digest = (octets: string): string => createHash('sha256').update(octets, 'latin1').digest('hex');

function residentKb({ child }: Program): number {
  const status = readFileSync(`/proc/${child.pid}/status`, 'latin1');
  return Number(/^VmRSS:\s+([0-9]+) kB$/m.exec(status)?.[1]);
}

describeBuilds('a message', (build) => {
  it.each([
    [
      'of twenty megabytes is let through',
      'if (message.size < 1000) { reject "Too little"; }',
      /^250 2\.0\.0 ok /m,
      LARGE,
      1,
    ],
    [
      'larger than memory is refused',
      'if (message.size > 1000) { reject "Too much"; }',
      /^550 5\.7\.1 Too much/m,
      HUGE,
      0,
    ],
  ])(
    '%s',
    async (_, body, reply, pieces, arrives) => {
      world = createWorld({ 'mvmtr.mfl': { kind: 'file', octets: `hook message {\n    ${body}\n}\n` } });
      const { out } = world;
      const program = start([build.mvmtr], world.env);
      await program.send(
        'EHLO c.example\r\nMAIL FROM:<a@b.example>\r\nRCPT TO:<user@example.com>\r\nDATA\r\n',
      );
      expect(await program.until((output) => output.includes('\r\n354 '))).toBe(true);
      await program.send(`Subject: long\r\n\r\n`);
      for (let n = 0; n < pieces; n += 1) await program.send(LINE.repeat(LINES_AT_ONCE));
      expect(residentKb(program)).toBeLessThan(MOST_KB);
      expect(readdirSync(out)).toEqual([]);
      await program.send('.\r\n');
      expect(await program.until((output) => reply.test(output))).toBe(true);
      await program.send('QUIT\r\n');
      expect(await program.exited).toBe(0);
      const queued = await takeQueued(out);
      expect(queued.length).toBe(arrives);
      const content = LINE.replace('\r', '').repeat(LINES_AT_ONCE * pieces);
      for (const { message } of queued) {
        expect(digest(message.slice(message.indexOf('\n\n') + 2))).toBe(digest(content));
      }
    },
    60_000,
  );
});
