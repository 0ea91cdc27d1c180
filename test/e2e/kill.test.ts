// Our process is killed at a random octet of a session, two hundred times. The queue program must never see a complete
// envelope without the complete message, and nothing at all from a message whose end had not been sent. The seed is
// fixed; the exact moment of each kill is not, and the invariant has to hold at all of them.

import { expect, it } from 'vitest';
import { type Build, describeBuilds } from '../support/builds.ts';
import { mapSideBySide } from '../support/parallel.ts';
import { takeQueued } from '../support/process-player.ts';
import { createWorld, start } from '../support/program.ts';
import { seededRandom } from '../support/random.ts';

const KILLS = 200;
const SEED = 20260203;

const LINE = '0123456789012345678901234567890123456789012345678901234567\r\n';
const BODY = LINE.repeat(4000);
const OPENING = 'MAIL FROM:<sender@example.net>\r\nRCPT TO:<user@example.com>\r\nDATA\r\n';
const SESSION = `${OPENING}${BODY}.\r\n`;
const CONTENT = BODY.replaceAll('\r\n', '\n');

interface Plan {
  /** Octets that are sent before the kill. */
  readonly octets: number;
  /** Turns of the event loop between the last octet and the kill. */
  readonly turns: number;
}

function plans(): readonly Plan[] {
  const random = seededRandom(SEED);
  return Array.from({ length: KILLS }, (_, index) => {
    // A third of them after the end of the message, while it is being handed over, where it matters most.
    const sent = index % 3 === 0 ? SESSION.length : random.below(SESSION.length);
    return { octets: sent, turns: random.below(sent === SESSION.length ? 4000 : 200) };
  });
}

/** What is wrong with what reached the queue; empty when nothing is. */
async function kill(build: Build, { octets, turns }: Plan): Promise<readonly string[]> {
  const world = createWorld();
  try {
    const program = start([build.qmailSmtpd], world.env);
    await program.until((output) => output.includes('220 '));
    await program.send(SESSION.slice(0, octets));
    for (let turn = 0; turn < turns; turn += 1) await new Promise((resolve) => setImmediate(resolve));
    program.child.kill('SIGKILL');
    await program.closed;
    const queued = await takeQueued(world.out);
    const where = `killed after ${octets} of ${SESSION.length} octets`;
    return [
      ...(queued.length > 0 && octets < SESSION.length ? [`${where}: a complete envelope`] : []),
      ...queued.flatMap(({ message }) =>
        message.endsWith(`\n${CONTENT}`)
          ? []
          : [`${where}: an envelope with ${message.length} octets of message`],
      ),
    ];
  } finally {
    world.remove();
  }
}

describeBuilds('being killed', (build) => {
  it(`hands over no half message in ${KILLS} times`, async () => {
    const found = await mapSideBySide(plans(), (plan) => kill(build, plan));
    expect(found.flat()).toEqual([]);
  }, 120_000);
});
