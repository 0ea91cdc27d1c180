// A message of any size goes through in the same memory: the peak of our process, as the kernel counts it, while a slow
// queue program takes 20 MB and then 200 MB, with TLS and without. The client sends as fast as it can, so whatever is not
// handed on would pile up in our process.

import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { type Build, describeBuilds } from '../support/builds.ts';
import { needs } from '../support/needs.ts';
import { createWorld, start } from '../support/program.ts';
import { createSecureWorld, serverEnv } from '../support/secure-world.ts';
import { tcpServer } from '../support/tcp-server.ts';
import { smtpsClient } from '../support/tls-client.ts';

const MEGABYTE = 1024 * 1024;
const PIECE = `${'0123456789abcdef'.repeat(4)}\r\n`.repeat(1024);

const SLOW = { STAND_IN_DISCARD: '1', STAND_IN_PAUSE: '1' };

/** Peak resident memory in MB that each build may need. */
const MOST_MEGABYTES = { native: 60, node: 110 };

const peakOf = (pid: number | undefined): number => {
  const [, peak] = /^VmHWM:\s+([0-9]+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
  return Number(peak) / 1024;
};

/** Peak resident set of the process that took a message of this size, in MB. */
async function peakFor(build: Build, megabytes: number): Promise<number> {
  const world = createWorld();
  try {
    const program = start([build.qmailSmtpd], { ...world.env, ...SLOW });
    await program.send('MAIL FROM:<sender@example.net>\r\nRCPT TO:<user@example.com>\r\nDATA\r\n');
    expect(await program.until((output) => output.includes('354 '))).toBe(true);
    for (let sent = 0; sent < megabytes * MEGABYTE; sent += PIECE.length) await program.send(PIECE);
    await program.send('.\r\n');
    expect(await program.until((output) => /354 .*\r\n250 ok [0-9]+ qp/.test(output)), program.output()).toBe(
      true,
    );
    const peak = peakOf(program.child.pid);
    await program.send('QUIT\r\n');
    expect(await program.exited).toBe(0);
    return peak;
  } finally {
    world.remove();
  }
}

/** The same of a process that tcpserver has started, with TLS from the first octet. */
async function peakWithTlsFor(build: Build, megabytes: number): Promise<number> {
  const world = createSecureWorld();
  const server = await tcpServer([build.qmailSmtpd], serverEnv(world, { ...SLOW, SMTPS: '1' }));
  try {
    const client = await smtpsClient(server.port);
    for (const command of ['MAIL FROM:<sender@example.net>', 'RCPT TO:<user@example.com>', 'DATA'])
      expect(await client.ask(command)).toMatch(/^[23]/);
    for (let sent = 0; sent < megabytes * MEGABYTE; sent += PIECE.length)
      if (!client.tls.write(PIECE)) await once(client.tls, 'drain');
    expect(await client.ask('.')).toMatch(/^250 ok/);
    const [, pid] = /mvmtr\[([0-9]+)\] tls result=ok/.exec(server.errors()) ?? [];
    const peak = peakOf(Number(pid));
    expect(await client.ask('QUIT')).toMatch(/^221/);
    await client.ended;
    return peak;
  } finally {
    await server.stop();
    world.remove();
  }
}

describeBuilds('memory', (build) => {
  it(`stays below ${MOST_MEGABYTES[build.name]} MB for 20 MB and for 200 MB`, async () => {
    expect(await peakFor(build, 20)).toBeLessThan(MOST_MEGABYTES[build.name]);
    expect(await peakFor(build, 200)).toBeLessThan(MOST_MEGABYTES[build.name]);
  }, 120_000);

  const most = MOST_MEGABYTES[build.name];
  needs('tcpserver', 'openssl').it(
    `stays below ${most} MB with TLS for 20 MB and for 200 MB`,
    async () => {
      expect(await peakWithTlsFor(build, 20)).toBeLessThan(most);
      expect(await peakWithTlsFor(build, 200)).toBeLessThan(most);
    },
    120_000,
  );
});
