// Descriptors of `mvmtr serve`: what it does when there are no more, what its queue programs are given (and what they are not), and
// queue programs that are not there or do not answer.

import { readdirSync, readFileSync, readlinkSync, unlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { describeBuilds } from '../support/builds.ts';
import { QUEUE_STAND_IN } from '../support/home.ts';
import { needs } from '../support/needs.ts';
import { takeQueued } from '../support/process-player.ts';
import { createWorld, start as startProgram, type World } from '../support/program.ts';
import { freePort, killServers, type Served, serve, serveActivated, within } from '../support/serve.ts';
import {
  greeted,
  MESSAGE,
  openMessage,
  type SmtpClient,
  sendMessage,
  smtpClient,
} from '../support/smtp-client.ts';

let world: World;

beforeEach(() => {
  world = createWorld();
});

afterEach(async () => {
  await killServers();
  world.remove();
});

const GREETING = '220 mx.example.com ESMTP mvmtr';
const TOO_MANY = '421 4.3.2 Too many connections, try again later';

/** So many are left for connections when 64 are kept for everything else. */
const LIMIT = 100;
const ROOM = LIMIT - 64;

/** Writes down its descriptors, all that it has, before it does what the stand-in does. */
const CURIOUS = `#!/usr/bin/perl
opendir my $own, '/proc/self/fd' or die;
my @numbers = grep { /^[0-9]+$/ } readdir $own;
closedir $own;
my %what = map { $_ => readlink "/proc/self/fd/$_" } @numbers;
open my $file, '>', "$ENV{QMAIL_HOME}/descriptors" or die;
for (sort { $a <=> $b } @numbers) { print $file "$_ $what{$_}\\n" if defined $what{$_} }
close $file or die;
exec '${QUEUE_STAND_IN}' or die;
`;

describeBuilds('descriptors of serve', (build) => {
  const start = (words: readonly string[], before: readonly string[] = []): Promise<Served> =>
    serve(build, {
      words: ['-HR', '-l', 'mx.example.com', '-c', '1000', '127.0.0.1:0', ...words],
      env: world.env,
      before,
    });

  const startShort = (): Promise<Served> => start([], ['sh', '-c', `ulimit -n ${LIMIT}; exec "$0" "$@"`]);

  const fillUp = async (server: Served): Promise<readonly [SmtpClient, ...SmtpClient[]]> => {
    const clients: [SmtpClient, ...SmtpClient[]] = [await greeted(server.port)];
    while (clients.length < ROOM - 1) clients.push(await greeted(server.port));
    return clients;
  };

  it('when they run short, new clients wait or are sent away, and the others do not notice', async () => {
    const server = await startShort();
    const [old, ...clients] = await fillUp(server);
    const late = Array.from({ length: ROOM / 2 }, () => smtpClient(server.port));
    await server.untilLog(/ note level=warning .*text="out of descriptors with 36 connections: /);
    for (let time = 0; time < 3; time += 1) expect(await sendMessage(old)).toMatch(/^250 /);
    for (const client of clients) client.leave();
    // Those who wait are let in now; those who were sent away come again.
    expect(await sendMessage(await comeIn(server, late))).toMatch(/^250 /);
    expect(await sendMessage(old)).toMatch(/^250 /);
    expect(server.lines(/ fault /)).toEqual([]);
    expect(server.lines(/out of descriptors/).length).toBe(1);
    expect(await server.stop()).toBe(0);
    expect((await takeQueued(world.out)).length).toBe(5);
  });

  it('a flood of clients who neither speak nor leave costs those who were there before nothing', async () => {
    const server = await startShort();
    const [old] = await fillUp(server);
    const flood = Array.from({ length: 3 * LIMIT }, () => smtpClient(server.port));
    await server.untilLog(/out of descriptors/);
    for (let time = 0; time < 5; time += 1) expect(await sendMessage(old)).toMatch(/^250 /);
    for (const client of flood) client.leave();
    expect(await old.ask('QUIT')).toMatch(/^221 /);
    expect(server.lines(/ fault /)).toEqual([]);
    expect(await server.stop()).toBe(0);
  });

  const makeCurious = (): void => {
    const queue = join(world.home, 'bin', 'qmail-queue');
    unlinkSync(queue);
    writeFileSync(queue, CURIOUS, { mode: 0o755 });
  };

  /** What a queue program is given, while other clients are there, one of them in the middle of a message. */
  const givenBy = async (...ways: readonly Parameters<typeof greeted>[0][]): Promise<readonly string[]> => {
    const [way = 0] = ways;
    const others = await Promise.all([...ways, ...ways].map(greeted));
    const busy = await greeted(way);
    await openMessage(busy);
    expect(await sendMessage(await greeted(way))).toMatch(/^250 /);
    for (const client of [...others, busy]) client.leave();
    const ours = readdirSync('/proc/self/fd').map(targetOf);
    const lines = readFileSync(join(world.home, 'descriptors'), 'latin1').trim().split('\n');
    return lines.filter((line) => !ours.includes(line.slice(line.indexOf(' ') + 1))).map(kindOf);
  };

  const DESCRIPTORS = ['0 pipe', '1 pipe', '2 log', '6 text'];

  for (const workers of ['1', '2']) {
    it(`a queue program has its own and no other, with ${workers} workers`, async () => {
      makeCurious();
      const path = join(world.home, 'socket');
      const server = await start(['--workers', workers, `unix:${path}`, '[::1]:0']);
      const [port = 0, six = 0] = server.ports;
      expect(await givenBy(port, { path }, { host: '::1', port: six })).toEqual(DESCRIPTORS);
      expect(await server.stop()).toBe(0);
    });

    needs('systemd-socket-activate').it(
      `a queue program has none of systemd's, with ${workers} workers`,
      async () => {
        makeCurious();
        const [one, two] = [await freePort(), await freePort()];
        const server = serveActivated(build, [`127.0.0.1:${one}`, `127.0.0.1:${two}`], {
          words: ['-HR', '-l', 'mx.example.com', '--workers', workers],
          env: world.env,
        });
        await server.untilLog(/^Listening on /, 2);
        expect(await givenBy(one, two)).toEqual(DESCRIPTORS);
        expect(await server.stop()).toBe(0);
      },
    );
  }

  it('without a queue program mail is put off, as one process for each connection does it', async () => {
    unlinkSync(join(world.home, 'bin', 'qmail-queue'));
    const plain = startProgram([build.mvmtr], world.env);
    const commands = 'EHLO x.example\r\nMAIL FROM:<a@example.net>\r\nRCPT TO:<b@example.com>\r\nDATA\r\n';
    await plain.send(`${commands}${MESSAGE}.\r\nQUIT\r\n`);
    await plain.until((output) => output.includes('\r\n221 '));
    const [, expected] = /\r\n354 [^\r]*\r\n([^\r]*)\r\n221 /.exec(plain.output()) ?? [];
    expect(expected).toMatch(/^451 /);
    const server = await start([]);
    for (let time = 0; time < 2; time += 1) {
      const client = await greeted(server.port);
      expect(await sendMessage(client)).toBe(expected);
      expect(await client.ask('QUIT')).toMatch(/^221 /);
    }
    await server.untilLog(/ refused code=451 rule=queue .*why="not executed: /, 2);
    expect(await server.stop()).toBe(0);
  });

  it('a queue program that does not answer in time is ended, and mail is put off', async () => {
    world.remove();
    world = createWorld({}, { delayMs: 100_000 });
    const server = await start(['--queue-timeout', '1']);
    const client = await greeted(server.port);
    expect(await sendMessage(client)).toBe('451 4.3.0 qq timeout');
    expect(await client.ask('NOOP')).toMatch(/^250 /);
    await server.untilLog(/ refused code=451 rule=queue .*why="ended after 1 seconds"/);
    expect(await sendMessage(client)).toBe('451 4.3.0 qq timeout');
    await server.untilLog(
      / level=warning .*text="queue program [0-9]+ ended for taking too long, number 2 of such"/,
    );
    expect(await server.stop()).toBe(0);
    await within('the queue program to end', server.log, server.closed);
  });
});

const targetOf = (descriptor: string): string => {
  try {
    return readlinkSync(`/proc/self/fd/${descriptor}`);
  } catch {
    return 'closed since';
  }
};

/** Without what is another one each time; the log is whatever the test has given for it. */
function kindOf(line: string): string {
  if (line.startsWith('2 ')) return '2 log';
  if (/^6 \/.*\(deleted\)$/.test(line)) return '6 text';
  return line.replace(/^([0-9]+) pipe:.*/, '$1 pipe');
}

/** The first of these who is greeted, or else somebody new. */
async function comeIn(server: Served, waiting: readonly SmtpClient[]): Promise<SmtpClient> {
  for (const client of waiting) {
    const reply = await client.reply();
    if (reply === GREETING) return client;
    expect([TOO_MANY, '']).toContain(reply);
  }
  for (;;) {
    const client = smtpClient(server.port);
    const reply = await client.reply();
    if (reply === GREETING) return client;
    expect(reply).toBe(TOO_MANY);
  }
}
