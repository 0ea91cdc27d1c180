// Queue programs as people write them: shell scripts that read through /dev/stdin or through children, that leave early, or
// write the reply themselves. Each gets one whole message; what it keeps has to be that message and its envelope, and
// the client has to hear what the script meant.

import { chmodSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { type Build, describeBuilds, nativeBuild } from '../support/builds.ts';
import { createWorld, type World } from '../support/program.ts';
import { run } from '../support/tcp-server.ts';

const SESSION =
  'MAIL FROM:<sender@example.net>\r\nRCPT TO:<user@example.com>\r\nDATA\r\nSubject: x\r\n\r\nhello\r\n.\r\nQUIT\r\n';
const CONTENT = 'Subject: x\n\nhello\n';
const ENVELOPE = 'Fsender@example.net\0Tuser@example.com\0\0';

let world: World;

beforeEach(() => {
  world = createWorld();
});

afterEach(() => world.remove());

/** The reply to the message when this script is the queue program. */
async function replyWith(build: Build, script: string, session = SESSION): Promise<string> {
  const file = join(world.home, 'queue-script');
  writeFileSync(file, `#!/bin/sh\n${script}\n`);
  chmodSync(file, 0o755);
  const { output } = await run([build.qmailSmtpd], {
    env: { ...world.env, QMAILQUEUE: file },
    input: session,
  });
  const lines = output.split('\r\n');
  return lines[lines.findIndex((line) => line.startsWith('354 ')) + 1] ?? '';
}

const kept = (name: string): string => readFileSync(join(world.out, name), 'latin1');

function expectKept(): void {
  expect(kept('message').endsWith(`\n${CONTENT}`)).toBe(true);
  expect(kept('envelope')).toBe(ENVELOPE);
}

describeBuilds('queue programs', (build) => {
  it('may read through a child', async () => {
    const script = 'cd "$STAND_IN_OUT"\n(cat >message)\n(cat <&1 >envelope)';
    expect(await replyWith(build, script)).toMatch(/^250 ok /);
    expectKept();
  });

  it('may leave a child behind that goes on reading', async () => {
    // The shell gives a job in the background /dev/null to read, unless it is told otherwise.
    const script = 'cd "$STAND_IN_OUT"\nexec 3<&0\ncat <&3 >message &\nwait\ncat <&1 >envelope';
    expect(await replyWith(build, script)).toMatch(/^250 ok /);
    expectKept();
  });

  it('may replace themselves by another program', async () => {
    expect(await replyWith(build, 'exec "$QMAIL_HOME/bin/qmail-queue"')).toMatch(/^250 ok /);
    expect(kept('1/envelope')).toBe(ENVELOPE);
  });

  it('may answer in their own words', async () => {
    const script = 'cat >/dev/null; cat <&1 >/dev/null; printf "Dnot today (#5.7.1)" >&6; exit 82';
    expect(await replyWith(build, script)).toBe('554 not today (#5.7.1)');
  });

  it('may refuse without reading', async () => {
    expect(await replyWith(build, 'exit 31')).toMatch(/^554 /);
  });

  it('that die are no success', async () => {
    expect(await replyWith(build, 'cat >/dev/null; kill -9 $$')).toMatch(/^451 /);
  });

  const readsByName = 'cd "$STAND_IN_OUT"\ncat /dev/stdin >message\ncat <&1 >envelope';
  if (build === nativeBuild) {
    it('may read through /dev/stdin', async () => {
      expect(await replyWith(build, readsByName)).toMatch(/^250 ok /);
      expectKept();
    });
  } else {
    // There descriptor 0 is a socket, which cannot be opened by name: the script would lose the message.
    it('that read through /dev/stdin are not started', async () => {
      expect(await replyWith(build, readsByName)).toBe('451 unable to exec qq (#4.3.0)');
      expect(existsSync(join(world.out, 'envelope'))).toBe(false);
    });
  }

  it('may read the envelope before the message', async () => {
    const script = 'cd "$STAND_IN_OUT"\nexec 3<&0\n(cat <&1 >envelope) &\ncat <&3 >message\nwait';
    expect(await replyWith(build, script)).toMatch(/^250 ok /);
    expectKept();
  });

  it('may print what nobody reads', async () => {
    const script = 'cd "$STAND_IN_OUT"\necho starting\ncat >message\ncat <&1 >envelope';
    expect(await replyWith(build, script)).toMatch(/^250 ok /);
    expectKept();
  });

  it('that leave a large message behind are no success', async () => {
    const large = SESSION.replace('hello\r\n', 'hello\r\n'.repeat(200_000));
    expect(await replyWith(build, 'exit 0', large)).toMatch(/^451 qq read error /m);
  });
});
