// `mvmtr serve --workers 2`: who takes connections, what a worker's death costs, and how all of them end. With a stopped worker
// (SIGSTOP) a test decides which of them takes the next client.

import { createHash } from 'node:crypto';
import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { describeBuilds, itTakesTimeOnBuilds } from '../support/builds.ts';
import { takeQueued } from '../support/process-player.ts';
import { createWorld, type World } from '../support/program.ts';
import { killServers, type Served, serve, serveInVain, within } from '../support/serve.ts';
import {
  firstReply,
  greeted,
  LONG_TEXT,
  openMessage,
  type SmtpClient,
  sendMessage,
  smtpClient,
  untilRefused,
} from '../support/smtp-client.ts';

let world: World;

beforeEach(() => {
  world = createWorld();
});

afterEach(async () => {
  await killServers();
  world.remove();
});

const GOING_DOWN = '421 4.3.2 Going down, try again later';
const PAUSED = '421 4.3.2 Not accepting mail at the moment, try again later';

/** The first workers, and those that have come after them. */
async function workersOf(server: Served, count = 2): Promise<readonly [number, number, ...number[]]> {
  const lines = await server.untilLog(/text="worker [0-9]+ takes clients"/, count);
  const [one = 0, two = 0, ...more] = lines.map((line) => Number(/worker ([0-9]+)/.exec(line)?.[1]));
  return [one, two, ...more];
}

/** Clients come to this worker alone while `work` is under way. */
async function alone<T>(server: Served, worker: number, work: () => Promise<T>): Promise<T> {
  const others = server.children().filter((pid) => pid !== worker);
  for (const pid of others) process.kill(pid, 'SIGSTOP');
  try {
    return await work();
  } finally {
    for (const pid of others) process.kill(pid, 'SIGCONT');
  }
}

const clientOf = (server: Served, worker: number): Promise<SmtpClient> =>
  alone(server, worker, async () => {
    const client = await greeted(server.port);
    await server.untilLog(new RegExp(`^mvmtr\\[${worker}\\.[0-9]+\\] connect `));
    return client;
  });

describeBuilds('workers of serve', (build) => {
  const words = (...more: readonly string[]): readonly string[] => [
    ...['-HR', '-l', 'mx.example.com', '--workers', '2'],
    ...[...more, '127.0.0.1:0'],
  ];

  const start = (...more: readonly string[]): Promise<Served> =>
    serve(build, { words: words(...more), env: world.env });

  it('take connections, all of them, and leave together', async () => {
    const server = await start();
    const [one, two] = await workersOf(server);
    const clients = [await clientOf(server, one), await clientOf(server, two)];
    for (const client of clients) expect(await sendMessage(client)).toMatch(/^250 /);
    const busy = await clientOf(server, one);
    await openMessage(busy);
    server.signal('SIGTERM');
    for (const client of clients) expect(await client.reply()).toBe(GOING_DOWN);
    await untilRefused(server.port);
    expect(await busy.ask('Subject: last\r\n\r\n.')).toMatch(/^250 /);
    expect(await server.exited).toBe(0);
    await server.closed;
    expect((await takeQueued(world.out)).length).toBe(3);
  });

  it('are replaced when they die, and the others do not notice', async () => {
    const server = await start();
    const [one, two] = await workersOf(server);
    const lost = await clientOf(server, one);
    const kept = await clientOf(server, two);
    await openMessage(lost);
    await openMessage(kept);
    // So much that the queue program has been started.
    lost.say(`Subject: lost\r\n\r\n${LONG_TEXT}`);
    while (readdirSync(world.out).length === 0) await new Promise((resolve) => setImmediate(resolve));
    process.kill(one, 'SIGKILL');
    await lost.ended;
    expect(await kept.ask('Subject: kept\r\n\r\n.')).toMatch(/^250 /);
    await server.untilLog(new RegExp(`text="worker ${one} ended with signal SIGKILL; another one now"`));
    const [, , third = 0] = await workersOf(server, 3);
    expect(await sendMessage(await clientOf(server, third))).toMatch(/^250 /);
    expect(await server.stop()).toBe(0);
    const queued = await takeQueued(world.out, 3);
    expect(queued.map(({ message }) => /^Subject: .*$/m.exec(message)?.[0])).toEqual([
      'Subject: kept',
      'Subject: hello',
    ]);
  });

  it('are as the others are when they come later: paused, and with the new control files', async () => {
    const server = await start();
    const [one, two] = await workersOf(server);
    server.signal('SIGALRM');
    await server.untilLog(/text="paused: /, 2);
    process.kill(one, 'SIGKILL');
    await server.untilLog(/text="paused: /, 3);
    const [, , third = 0] = await workersOf(server, 3);
    expect(await alone(server, third, () => firstReply(server.port))).toBe(PAUSED);
    server.signal('SIGCONT');
    await server.untilLog(/text="taking new clients again"/, 2);
    writeFileSync(join(world.home, 'control', 'me'), 'new.example.com\n');
    server.signal('SIGHUP');
    await server.untilLog(/text="SIGHUP: control files and rules read again"/, 2);
    for (const pid of [two, third]) {
      expect(await alone(server, pid, () => firstReply(server.port))).toBe('220 new.example.com ESMTP mvmtr');
    }
    expect(await server.stop()).toBe(0);
  });

  it('leave by themselves when their supervisor has been killed', async () => {
    const server = await start();
    const [one, two] = await workersOf(server);
    const clients = [await clientOf(server, one), await clientOf(server, two)];
    server.signal('SIGKILL');
    for (const client of clients) {
      expect(await client.reply()).toBe(GOING_DOWN);
      await client.ended;
    }
    await within('all of them to end', server.log, server.closed);
    await untilRefused(server.port);
  });

  it('that cannot start end it all', async () => {
    writeFileSync(join(world.home, 'control', 'mvmtr.mfl'), 'hook rcpt { rejct; }\n');
    const { exit, log } = await serveInVain(build, { words: words(), env: world.env });
    expect(exit).toBe(111);
    expect(log).toContain('mvmtr.mfl:1:');
  });

  it('lose no message and double none, whatever happens to them', async () => {
    const server = await start();
    const load = await underLoad(server);
    expect(await server.stop()).toBe(0);
    await server.closed;
    const queued = new Map<number, string[]>();
    for (const { message } of await takeQueued(world.out)) {
      const [, number] = /^Subject: message ([0-9]+)$/m.exec(message) ?? [];
      const digests = queued.get(Number(number)) ?? [];
      queued.set(Number(number), [...digests, digestOf(message.slice(message.indexOf('\n\n') + 2))]);
    }
    for (const { number, outcome, digest } of load) {
      const found = queued.get(number) ?? [];
      queued.delete(number);
      if (outcome === 'accepted') expect(found, `message ${number}`).toEqual([digest]);
      else if (outcome === 'unanswered') expect([[], [digest]], `message ${number}`).toContainEqual(found);
      else expect(found, `message ${number}`).toEqual([]);
    }
    expect([...queued.keys()]).toEqual([]);
    expect(load.filter(({ outcome }) => outcome === 'accepted').length).toBeGreaterThan(MESSAGES / 2);
  });
});

itTakesTimeOnBuilds('workers of serve are killed when they do not go', async (build) => {
  const words = ['-HR', '-l', 'mx.example.com', '--workers', '2', '--grace', '0', '127.0.0.1:0'];
  const server = await serve(build, { words, env: world.env });
  const [stuck] = await workersOf(server);
  process.kill(stuck, 'SIGSTOP');
  expect(await server.stop()).toBe(0);
  expect(server.lines(/text="1 workers killed: they did not go within 5 seconds"/).length).toBe(1);
});

const MESSAGES = 240;
const CLIENTS = 8;
/** A worker is killed after so many messages, and the control files are read again after half as many. */
const BETWEEN_KILLS = 40;

interface Sent {
  readonly number: number;
  /** Of its body as it is queued. */
  readonly digest: string;
  /** 'unfinished': its end had not been sent. 'unanswered': it had, and nobody has said what came of it. */
  readonly outcome: 'accepted' | 'refused' | 'unfinished' | 'unanswered';
}

const digestOf = (text: string): string => createHash('sha256').update(text, 'latin1').digest('hex');

async function underLoad(server: Served): Promise<readonly Sent[]> {
  const sent: Sent[] = [];
  let begun = 0;
  const disturb = (number: number): void => {
    if (number % (BETWEEN_KILLS / 2) === 0) server.signal('SIGHUP');
    const [victim] = server.children();
    if (number % BETWEEN_KILLS === 0 && victim !== undefined) process.kill(victim, 'SIGKILL');
  };
  const client = async (): Promise<void> => {
    let connection: SmtpClient | null = null;
    while (begun < MESSAGES) {
      begun += 1;
      const number = begun;
      disturb(number);
      const greeted = connection !== null;
      connection ??= smtpClient(server.port);
      const one: Sent = await sendOne(connection, number, greeted);
      sent.push(one);
      if (one.outcome !== 'accepted' || number % 5 === 0) {
        connection.leave();
        connection = null;
      }
    }
    connection?.leave();
  };
  await Promise.all(Array.from({ length: CLIENTS }, client));
  return sent;
}

async function sendOne(connection: SmtpClient, number: number, greeted: boolean): Promise<Sent> {
  const body = `${number} ${'x'.repeat((number * 37) % 900)}\r\n`.repeat(1 + (number % 50));
  const digest = digestOf(body.replaceAll('\r\n', '\n'));
  try {
    if (!greeted) await connection.reply();
    await openMessage(connection);
  } catch {
    return { number, digest, outcome: 'unfinished' };
  }
  connection.say(`Subject: message ${number}\r\n\r\n${body}`);
  const answer = await connection.ask('.');
  if (answer === '') return { number, digest, outcome: 'unanswered' };
  return { number, digest, outcome: answer.startsWith('250') ? 'accepted' : 'refused' };
}
