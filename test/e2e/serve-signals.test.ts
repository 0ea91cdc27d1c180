// What signals do to a running `mvmtr serve`: it leaves in good order, reads its control files again without touching those who
// talk to it, and pauses.

import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { writeCdb } from '../../src/control/index.ts';
import { describeBuilds } from '../support/builds.ts';
import { takeQueued } from '../support/process-player.ts';
import { createWorld, type World } from '../support/program.ts';
import { writeRulesCdb } from '../support/rules-cdb.ts';
import { killServers, type Served, serve } from '../support/serve.ts';
import {
  firstReply,
  greeted,
  LONG_TEXT,
  MESSAGE,
  openMessage,
  sendMessage,
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

const makeDirectory = (path: string): void => mkdirSync(path);

const control = (name: string): string => join(world.home, 'control', name);

const GREETING = '220 mx.example.com ESMTP mvmtr';
const GOING_DOWN = '421 4.3.2 Going down, try again later';
const PAUSED = '421 4.3.2 Not accepting mail at the moment, try again later';

/** Sends SIGHUP and waits until it has had its effect, whatever it is. */
async function renew(server: Served): Promise<string> {
  const before = server.lines(/text="SIGHUP: /).length;
  server.signal('SIGHUP');
  return (await server.untilLog(/text="SIGHUP: /, before + 1)).at(-1) ?? '';
}

describeBuilds('signals to serve', (build) => {
  const start = (...words: readonly string[]): Promise<Served> =>
    serve(build, { words: ['-HR', '-l', 'mx.example.com', ...words, '127.0.0.1:0'], env: world.env });

  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    it(`${signal} lets go who is idle, and has messages come to their end`, async () => {
      const server = await start();
      const idle = await greeted(server.port);
      const idleBetween = await greeted(server.port);
      await idleBetween.ask('EHLO client.example.net');
      const busy = await greeted(server.port);
      await openMessage(busy);
      busy.say('Subject: under way\r\n');
      server.signal(signal);
      expect(await idle.reply()).toBe(GOING_DOWN);
      expect(await idleBetween.reply()).toBe(GOING_DOWN);
      await Promise.all([idle.ended, idleBetween.ended]);
      await untilRefused(server.port);
      expect(await busy.ask('\r\nbody\r\n.')).toMatch(/^250 /);
      expect(await busy.reply()).toBe(GOING_DOWN);
      expect(await server.exited).toBe(0);
      const [queued, ...more] = await takeQueued(world.out);
      expect(queued?.message).toMatch(/\nSubject: under way\n\nbody\n$/);
      expect(more).toEqual([]);
      expect(server.lines(/ note /)[0]).toContain(`text="${signal}: going down, 3 connections"`);
    });
  }

  it('cuts off who takes longer than the time of grace, and queues nothing of it', async () => {
    const server = await start('--grace', '1');
    const busy = await greeted(server.port);
    await openMessage(busy);
    // So much that the queue program has been started.
    busy.say(`Subject: too late\r\n\r\n${LONG_TEXT}`);
    server.signal('SIGTERM');
    await busy.ended;
    expect(busy.unread()).toBe('');
    expect(await server.exited).toBe(0);
    await server.untilLog(/text="1 connections cut off after 1 seconds"/);
    expect(await takeQueued(world.out, 1)).toEqual([]);
  });

  it('does not answer for a queue program that is still at work when the time of grace is over', async () => {
    world.remove();
    world = createWorld({}, { delayMs: 1500 });
    const server = await start('--grace', '1');
    const busy = await greeted(server.port);
    await openMessage(busy);
    busy.say(`${MESSAGE}.\r\n`);
    while (readdirSync(world.out).length === 0) await new Promise((resolve) => setImmediate(resolve));
    server.signal('SIGTERM');
    await busy.ended;
    expect(await server.exited).toBe(0);
    // It was not answered, so the client comes again; what it must not have heard is 250.
    expect(busy.unread()).not.toMatch(/^250/);
  });

  it('SIGHUP holds for new sessions and not for old ones', async () => {
    const server = await start();
    const old = await greeted(server.port);
    await old.ask('EHLO client.example.net');
    await old.ask('MAIL FROM:<sender@example.net>');
    expect(await old.ask('RCPT TO:<user@example.org>')).toMatch(/^553 5\.7\.1 .*rcpthosts/);
    writeFileSync(control('rcpthosts'), 'example.org\n');
    expect(await renew(server)).toContain('SIGHUP: control files and rules read again');
    const fresh = await greeted(server.port);
    await fresh.ask('EHLO client.example.net');
    await fresh.ask('MAIL FROM:<sender@example.net>');
    expect(await fresh.ask('RCPT TO:<user@example.org>')).toMatch(/^250 /);
    expect(await fresh.ask('RCPT TO:<user@example.com>')).toMatch(/^553 /);
    expect(await old.ask('RCPT TO:<user@example.org>')).toMatch(/^553 /);
    expect(await old.ask('RCPT TO:<user@example.com>')).toMatch(/^250 /);
    expect(await server.stop()).toBe(0);
  });

  it('an old session goes on with a morercpthosts.cdb that has been replaced since', async () => {
    writeCdb(control('morercpthosts.cdb'), [['first.example', '']]);
    const server = await start();
    const old = await greeted(server.port);
    await old.ask('EHLO client.example.net');
    await old.ask('MAIL FROM:<sender@example.net>');
    writeCdb(control('morercpthosts.cdb'), [['second.example', '']]);
    await renew(server);
    expect(await old.ask('RCPT TO:<user@first.example>')).toMatch(/^250 /);
    expect(await old.ask('RCPT TO:<user@second.example>')).toMatch(/^553 /);
    const fresh = await greeted(server.port);
    await fresh.ask('EHLO client.example.net');
    await fresh.ask('MAIL FROM:<sender@example.net>');
    expect(await fresh.ask('RCPT TO:<user@second.example>')).toMatch(/^250 /);
    expect(await server.stop()).toBe(0);
  });

  it('SIGHUP holds for rules', async () => {
    const server = await start();
    writeFileSync(control('mvmtr.mfl'), 'hook rcpt { reject "not today"; }\n');
    await renew(server);
    const client = await greeted(server.port);
    await client.ask('EHLO client.example.net');
    await client.ask('MAIL FROM:<sender@example.net>');
    expect(await client.ask('RCPT TO:<user@example.com>')).toContain('not today');
    rmSync(control('mvmtr.mfl'));
    await renew(server);
    expect(await sendMessage(await greeted(server.port))).toMatch(/^250 /);
    expect(await server.stop()).toBe(0);
  });

  it.each([
    ['a broken rule file', 'mvmtr.mfl', (path: string) => writeFileSync(path, 'hook rcpt { rejct; }\n')],
    ['a control file that cannot be read', 'badmailfrom', makeDirectory],
  ])('%s keeps what was there before', async (_, name, spoil) => {
    const server = await start();
    spoil(control(name));
    const line = await renew(server);
    expect(line).toContain('level=warning');
    expect(line).toContain('SIGHUP: keeping what was read before: ');
    expect(line).toContain(name);
    expect(await sendMessage(await greeted(server.port))).toMatch(/^250 /);
    rmSync(control(name), { recursive: true });
    expect(await renew(server)).toContain('read again');
    expect(await server.stop()).toBe(0);
  });

  it('needs no more descriptors after fifty times SIGHUP', async () => {
    writeCdb(control('morercpthosts.cdb'), [['first.example', '']]);
    writeFileSync(control('mvmtr.mfl'), 'hook rcpt { }\n');
    const rules = join(world.home, 'rules.cdb');
    writeRulesCdb(rules, [['', { variables: {} }]]);
    const server = await start('-x', rules);
    const open = (): number => readdirSync(`/proc/${server.pid}/fd`).length;
    const use = async (): Promise<void> => {
      const client = await greeted(server.port);
      await client.ask('QUIT');
      await client.ended;
    };
    await renew(server);
    await use();
    const before = open();
    for (let time = 0; time < 50; time += 1) {
      await renew(server);
      if (time % 10 === 0) await use();
    }
    await use();
    await server.untilLog(/ end how=quit/, 7);
    expect(open()).toBeLessThanOrEqual(before + 2);
    expect(await server.stop()).toBe(0);
  });

  it('SIGALRM pauses, and SIGCONT ends that', async () => {
    const server = await start();
    const old = await greeted(server.port);
    server.signal('SIGALRM');
    await server.untilLog(/text="paused: new clients are told to come later"/);
    expect(await firstReply(server.port)).toBe(PAUSED);
    expect(await sendMessage(old)).toMatch(/^250 /);
    await renew(server);
    expect(await firstReply(server.port)).toBe(PAUSED);
    server.signal('SIGCONT');
    await server.untilLog(/text="taking new clients again"/);
    expect(await firstReply(server.port)).toBe(GREETING);
    expect(await server.stop()).toBe(0);
  });

  it('control/servepaused pauses, at the start and at SIGHUP', async () => {
    writeFileSync(control('servepaused'), '');
    const server = await start();
    expect(await firstReply(server.port)).toBe(PAUSED);
    await server.untilLog(/refused code=421 rule=paused ip=127\.0\.0\.1/);
    server.signal('SIGCONT');
    await server.untilLog(/text="still paused: control\/servepaused is there"/);
    rmSync(control('servepaused'));
    expect(await firstReply(server.port)).toBe(PAUSED);
    server.signal('SIGHUP');
    await server.untilLog(/text="taking new clients again"/);
    expect(await firstReply(server.port)).toBe(GREETING);
    writeFileSync(control('servepaused'), '');
    server.signal('SIGHUP');
    await server.untilLog(/text="paused: new clients/, 2);
    expect(await firstReply(server.port)).toBe(PAUSED);
    expect(await server.stop()).toBe(0);
  });

  it('leaves with 0 when it was paused', async () => {
    const server = await start();
    server.signal('SIGALRM');
    await server.untilLog(/text="paused/);
    expect(await server.stop()).toBe(0);
  });
});
