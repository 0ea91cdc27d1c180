// What descriptors 0 and 1 can be besides the two pipes and the socket that all recorded sessions are played on: a
// file, /dev/null, a terminal, nothing; and a client that does not read what it is told. The program has to work, or to
// leave by itself: none of these may hold it.

import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { describeBuilds } from '../support/builds.ts';
import { needs } from '../support/needs.ts';
import { takeQueued } from '../support/process-player.ts';
import { createWorld, start, type World } from '../support/program.ts';
import { run, tcpServer } from '../support/tcp-server.ts';

const SESSION =
  'MAIL FROM:<sender@example.net>\r\nRCPT TO:<user@example.com>\r\nDATA\r\nSubject: x\r\n\r\nhello\r\n.\r\nQUIT\r\n';
const REPLY_CODES = ['220', '250', '250', '354', '250', '221'];

let world: World;

beforeEach(() => {
  world = createWorld({ timeoutsmtpd: { kind: 'file', octets: '1\n' } });
});

afterEach(() => world.remove());

const codes = (output: string): readonly string[] =>
  output
    .split('\r\n')
    .slice(0, -1)
    .map((line) => line.slice(0, 3));

/** The program with the shell's redirections around it. */
const redirected = (program: string, how: string): readonly [string, ...string[]] => [
  'sh',
  '-c',
  `exec "$0" ${how}`,
  program,
];

describeBuilds('descriptors', (build) => {
  it('reads a session from a file', async () => {
    const file = join(world.home, 'session');
    writeFileSync(file, SESSION);
    const { exit, output } = await run(redirected(build.qmailSmtpd, `<${file} 2>/dev/null`), {
      env: world.env,
    });
    expect([exit, codes(output)]).toEqual([0, REPLY_CODES]);
    expect((await takeQueued(world.out)).length).toBe(1);
  });

  it('writes its replies to a file', async () => {
    const file = join(world.home, 'replies');
    const how = `>${file} 2>/dev/null; status=$?; cat ${file}; exit $status`;
    const command = redirected(build.qmailSmtpd, how).map((word) => word.replace('exec ', ''));
    const { exit, output } = await run(['sh', ...command.slice(1)], { env: world.env, input: SESSION });
    expect([exit, codes(output)]).toEqual([0, REPLY_CODES]);
    expect((await takeQueued(world.out)).length).toBe(1);
  });

  it('greets and leaves when its input is /dev/null', async () => {
    const { exit, output } = await run(redirected(build.qmailSmtpd, '</dev/null 2>/dev/null'), {
      env: world.env,
    });
    expect([exit, output]).toEqual([1, '220 mx.example.com ESMTP\r\n']);
  });

  it('works with its output in /dev/null', async () => {
    const { exit } = await run(redirected(build.qmailSmtpd, '>/dev/null 2>&1'), {
      env: world.env,
      input: SESSION,
    });
    expect(exit).toBe(0);
    expect((await takeQueued(world.out)).length).toBe(1);
  });

  it('leaves when descriptors 0 and 1 are closed', async () => {
    const { exit } = await run(redirected(build.qmailSmtpd, '<&- >&- 2>/dev/null'), { env: world.env });
    expect(exit).toBe(1);
  });

  needs('script').it('talks to a terminal', async () => {
    const command = `stty -echo; exec ${build.qmailSmtpd} 2>/dev/null`;
    const program = start(['script', '-qec', command, '/dev/null'], world.env);
    expect(await program.until((output) => output.includes('220 mx.example.com ESMTP'))).toBe(true);
    await program.send('NOOP\n');
    expect(await program.until((output) => output.includes('250 ok'))).toBe(true);
    await program.send('QUIT\n');
    expect(await program.until((output) => output.includes('221 mx.example.com'))).toBe(true);
    expect(await program.exited).toBe(0);
  });

  it('ends within its timeout when nobody reads the pipe it writes to', async () => {
    const program = start([build.qmailSmtpd], world.env);
    // The replies are ten times what the pipe holds, and the commands more than what it holds on the way in.
    void program.send('VRFY somebody\r\n'.repeat(20_000));
    expect(await program.exited).toBe(1);
    program.child.stdin.destroy();
    program.child.stdout.destroy();
  });

  needs('tcpserver').it('ends within its timeout when nobody reads the socket it writes to', async () => {
    const server = await tcpServer(
      ['sh', '-c', '"$0" 2>/dev/null; echo "status $?" >&2', build.qmailSmtpd],
      world.env,
    );
    const client = connect(server.port, '127.0.0.1');
    try {
      client.on('error', () => undefined);
      await once(client, 'connect');
      client.pause();
      client.write('VRFY somebody\r\n'.repeat(1_000_000));
      await server.untilErrors((errors) => errors.includes('status '));
      expect(server.errors()).toContain('status 1\n');
    } finally {
      client.destroy();
      await server.stop();
    }
  });
});
