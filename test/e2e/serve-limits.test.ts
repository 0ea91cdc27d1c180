// What `mvmtr serve` does about clients that are too many, come too often or speak too early: each rule's words and its line in
// the log. Clients have different addresses of 127.0.0.0/8, or a PROXY header that says so.

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { describeBuilds } from '../support/builds.ts';
import { createWorld, type World } from '../support/program.ts';
import { killServers, type Served, serve } from '../support/serve.ts';
import { firstReply, greeted, type SmtpClient, smtpClient } from '../support/smtp-client.ts';

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

/** More than enough of them to fill a pipe with lines. */
const SESSIONS = 12;

const from = ({ port }: Served, localAddress: string) => ({ host: '127.0.0.1', port, localAddress });

/** A client behind a proxy, which is at 127.0.0.1; greeted or not. */
function proxied({ port }: Served, source: string): SmtpClient {
  const client = smtpClient(port);
  const family = source.includes(':') ? ['TCP6', '2001:db8::25'] : ['TCP4', '198.51.100.1'];
  client.say(`PROXY ${family[0]} ${source} ${family[1]} 40000 25\r\n`);
  return client;
}

describeBuilds('limits of serve', (build) => {
  const start = (...words: readonly string[]): Promise<Served> =>
    serve(build, { words: ['-HR', '-l', 'mx.example.com', ...words, '127.0.0.1:0'], env: world.env });

  it('-c: so many connections in all', async () => {
    const server = await start('-c', '2');
    const one = await greeted(from(server, '127.0.0.1'));
    await greeted(from(server, '127.0.0.2'));
    expect(await firstReply(from(server, '127.0.0.3'))).toBe(TOO_MANY);
    await server.untilLog(/ refused code=421 rule=total ip=127\.0\.0\.3 verb=connect$/);
    expect(await one.ask('QUIT')).toMatch(/^221 /);
    await server.untilLog(/ end how=quit /);
    expect(await firstReply(from(server, '127.0.0.3'))).toBe(GREETING);
    expect(await server.stop()).toBe(0);
  });

  it('a log that nobody reads stops nobody, and not the end', async () => {
    const log = join(world.home, 'log');
    const words = ['-HR', '-l', 'mx.example.com', '--verbose', '127.0.0.1:0'];
    const before = ['sh', '-c', 'mkfifo "$0" && exec "$@" 2<>"$0"', log];
    const server = await serve(build, { words, env: world.env, before });
    const noop = `NOOP ${'x'.repeat(300)}\r\n`;
    for (let sessions = 0; sessions < SESSIONS; sessions += 1) {
      const client = await greeted(server.port);
      client.say(noop.repeat(90));
      for (let replies = 0; replies < 90; replies += 1) expect(await client.reply()).toMatch(/^250 /);
      expect(await client.ask('QUIT')).toMatch(/^221 /);
    }
    expect(await server.stop()).toBe(0);
  });

  it('-v: counts them', async () => {
    const server = await start('-v', '-c', '2');
    const one = await greeted(server.port);
    await server.untilLog(/ note level=info .*text="status: 1\/2"/);
    one.leave();
    await server.untilLog(/ note level=info .*text="status: 0\/2"/);
    expect(await server.stop()).toBe(0);
  });

  it('--per-address', async () => {
    const server = await start('--per-address', '1');
    await greeted(from(server, '127.0.0.1'));
    expect(await firstReply(from(server, '127.0.0.1'))).toBe(
      '421 4.7.0 Too many connections from your address, try again later',
    );
    await server.untilLog(/ refused code=421 rule=per-address ip=127\.0\.0\.1 /);
    expect(await firstReply(from(server, '127.0.0.2'))).toBe(GREETING);
    expect(await server.stop()).toBe(0);
  });

  it('--per-network, of the clients and not of their proxy', async () => {
    const server = await start('--per-network', '2', '--proxy-from', '127.0.0.0/8');
    const reply = (source: string): Promise<string> => proxied(server, source).reply();
    const refusal = '421 4.7.0 Too many connections from your network, try again later';
    expect(await reply('192.0.2.1')).toBe(GREETING);
    expect(await reply('192.0.2.250')).toBe(GREETING);
    expect(await reply('192.0.2.3')).toBe(refusal);
    await server.untilLog(/ refused code=421 rule=per-network ip=192\.0\.2\.3 /);
    expect(await reply('198.51.100.3')).toBe(GREETING);
    expect(await reply('2001:db8:0:1::1')).toBe(GREETING);
    expect(await reply('2001:db8:0:1:ffff::1')).toBe(GREETING);
    expect(await reply('2001:db8:0:1::2')).toBe(refusal);
    expect(await reply('2001:db8:0:2::1')).toBe(GREETING);
    expect(await server.stop()).toBe(0);
  });

  it('--new-per-minute', async () => {
    const server = await start('--new-per-minute', '1');
    expect(await firstReply(server.port)).toBe(GREETING);
    // Wherever a minute of the clock begins, the last of these is one too many.
    const replies = [];
    for (let time = 0; time < 4; time += 1) replies.push(await firstReply(server.port));
    expect(replies.at(-1)).toBe('421 4.7.0 You connect too often, try again later');
    await server.untilLog(/ refused code=421 rule=rate ip=127\.0\.0\.1 /);
    expect(await firstReply(from(server, '127.0.0.2'))).toBe(GREETING);
    expect(await server.stop()).toBe(0);
  });

  it('--max-load, with so many connections as --load-floor lets in all the same', async () => {
    const server = await start('--max-load', '0', '--load-floor', '1');
    const one = await greeted(server.port);
    expect(await firstReply(server.port)).toBe('421 4.3.2 Too busy, try again later');
    await server.untilLog(/ refused code=421 rule=load /);
    await one.ask('QUIT');
    await server.untilLog(/ end how=quit /);
    expect(await firstReply(server.port)).toBe(GREETING);
    expect(await server.stop()).toBe(0);
  });

  it('--greet-delay refuses who speaks before', async () => {
    const server = await start('--greet-delay', '20');
    const early = smtpClient(server.port);
    expect(await early.ask('EHLO client.example.net')).toBe('554 5.5.1 You spoke before you were greeted');
    await early.ended;
    await server.untilLog(/ refused code=554 rule=earlyTalker ip=127\.0\.0\.1 verb=connect$/);
    const left = smtpClient(server.port);
    left.socket.end();
    await left.ended;
    expect(left.unread()).toBe('');
    expect(await server.stop()).toBe(0);
  });

  it('SIGTERM is for those as well who wait for their greeting', async () => {
    const server = await start('-v', '--greet-delay', '20');
    const waiting = smtpClient(server.port);
    await server.untilLog(/text="status: 1\/40"/);
    server.signal('SIGTERM');
    expect(await waiting.reply()).toBe('421 4.3.2 Going down, try again later');
    expect(await server.exited).toBe(0);
  });

  it('--greet-delay greets those who wait', async () => {
    const server = await start('--greet-delay', '0.3');
    const began = performance.now();
    const client = await greeted(server.port);
    expect(performance.now() - began).toBeGreaterThan(290);
    expect(await client.ask('QUIT')).toMatch(/^221 /);
    expect(await server.stop()).toBe(0);
  });

  it('--early-talkers note lets them in, and rules know', async () => {
    const rule = 'hook rcpt { if (session.early_talker) { reject "too early"; } }\n';
    writeFileSync(join(world.home, 'control', 'mvmtr.mfl'), rule);
    const server = await start('--greet-delay', '0.3', '--early-talkers', 'note');
    const early = smtpClient(server.port);
    early.say('EHLO client.example.net\r\nMAIL FROM:<sender@example.net>\r\n');
    expect(await early.reply()).toBe(GREETING);
    expect(await early.reply()).toMatch(/^250-mx\.example\.com/);
    expect(await early.reply()).toMatch(/^250 2\.1\.0/);
    expect(await early.ask('RCPT TO:<user@example.com>')).toContain('too early');
    const patient = await greeted(server.port);
    await patient.ask('EHLO client.example.net');
    await patient.ask('MAIL FROM:<sender@example.net>');
    expect(await patient.ask('RCPT TO:<user@example.com>')).toMatch(/^250 /);
    expect(await server.stop()).toBe(0);
  });

  it('--max-errors', async () => {
    const server = await start('--max-errors', '1');
    const client = await greeted(server.port);
    expect(await client.ask('NONSENSE')).toMatch(/^502 /);
    expect(await client.ask('NONSENSE')).toMatch(/^502 /);
    expect(await client.reply()).toBe('421 4.7.0 Too many errors');
    await client.ended;
    expect(await server.stop()).toBe(0);
  });

  it('--session-seconds', async () => {
    const server = await start('--session-seconds', '1');
    const client = await greeted(server.port);
    expect(await client.reply()).toBe('421 4.4.2 This session lasts too long');
    await client.ended;
    expect(await server.stop()).toBe(0);
  });
});
