// Clients behind a proxy: PROXY headers of both versions, and XCLIENT. Whom `mvmtr serve` was told to trust is believed, in the
// session, its rules, the environment of the queue program and the Received field; anybody else says the same in vain.

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { describeBuilds, itTakesTimeOnBuilds } from '../support/builds.ts';
import { takeQueued } from '../support/process-player.ts';
import { createWorld, type World } from '../support/program.ts';
import { writeRulesCdb } from '../support/rules-cdb.ts';
import { killServers, type Served, serve } from '../support/serve.ts';
import { MESSAGE, openMessage, sendMessage, smtpClient } from '../support/smtp-client.ts';

let world: World;

const NOTED = ['TCPREMOTEIP', 'TCPREMOTEPORT', 'TCPLOCALIP', 'TCPLOCALPORT', 'TCPREMOTEHOST'];

beforeEach(() => {
  world = createWorld({}, { noteEnv: NOTED });
});

afterEach(async () => {
  await killServers();
  world.remove();
});

const GREETING = '220 mx.example.com ESMTP mvmtr';
const DENIED = '554 5.7.1 You may not send mail here';

const V1 = 'PROXY TCP4 192.0.2.7 198.51.100.1 4321 25\r\n';

const octets = (...values: readonly number[]): string => String.fromCharCode(...values);
const SIGNATURE = '\r\n\r\n\0\r\nQUIT\n';
const V2 = `${SIGNATURE}${octets(0x21, 0x11, 0, 12, 192, 0, 2, 7, 198, 51, 100, 1, 0x10, 0xe1, 0, 25)}`;
const V2_LOCAL = `${SIGNATURE}${octets(0x20, 0, 0, 0)}`;

describeBuilds('proxies in front of serve', (build) => {
  const start = (...words: readonly string[]): Promise<Served> =>
    serve(build, { words: ['-HR', '-l', 'mx.example.com', ...words, '127.0.0.1:0'], env: world.env });

  it.each([
    ['version 1', V1],
    ['version 2', V2],
  ])('are believed when they send a header of %s', async (_, header) => {
    const server = await start('--proxy-from', '127.0.0.0/8');
    const client = smtpClient(server.port);
    client.say(header);
    expect(await client.reply()).toBe(GREETING);
    expect(await sendMessage(client)).toMatch(/^250 /);
    await server.untilLog(/ connect ip=192\.0\.2\.7 /);
    const [queued] = await takeQueued(world.out);
    expect(queued?.env).toBe(
      'TCPREMOTEIP=192.0.2.7\nTCPREMOTEPORT=4321\nTCPLOCALIP=198.51.100.1\nTCPLOCALPORT=25\nTCPREMOTEHOST is not set\n',
    );
    expect(queued?.message).toMatch(/^Received: from .*192\.0\.2\.7/);
    expect(await server.stop()).toBe(0);
  });

  it('may send octets behind the header at once, and the header in pieces', async () => {
    const server = await start('--proxy-from', '127.0.0.0/8');
    const whole = smtpClient(server.port);
    whole.say(`${V1}QUIT\r\n`);
    expect([await whole.reply(), await whole.reply()]).toEqual([
      GREETING,
      '221 2.0.0 mx.example.com closing the connection',
    ]);
    const pieces = smtpClient(server.port);
    pieces.socket.setNoDelay(true);
    for (const octet of V2) {
      pieces.say(octet);
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect(await pieces.reply()).toBe(GREETING);
    await server.untilLog(/ connect ip=192\.0\.2\.7 /, 2);
    expect(await server.stop()).toBe(0);
  });

  it.each([
    ['who speak for themselves', V2_LOCAL, / connect ip=127\.0\.0\.1 /],
    ['who do not know', 'PROXY UNKNOWN\r\n', / connect ip=unknown /],
  ])('%s have clients who are themselves, or unknown', async (_, header, line) => {
    const server = await start('--proxy-from', '127.0.0.0/8');
    const client = smtpClient(server.port);
    client.say(header);
    expect(await client.reply()).toBe(GREETING);
    await server.untilLog(line);
    expect(await server.stop()).toBe(0);
  });

  it('are believed on a unix socket', async () => {
    const path = join(world.home, 'socket');
    const server = await start('--proxy-from', '192.0.2.0/24', `unix:${path}`);
    const client = smtpClient({ path });
    client.say(V1);
    expect(await client.reply()).toBe(GREETING);
    await server.untilLog(/ connect ip=192\.0\.2\.7 /);
    expect(await server.stop()).toBe(0);
  });

  it('are not believed when nobody has said that they are ones', async () => {
    const server = await start('--proxy-from', '192.0.2.0/24,127.0.0.2');
    const client = smtpClient(server.port);
    expect(await client.reply()).toBe(GREETING);
    expect(await client.ask(V1.trim())).toBe('502 5.5.1 Command not implemented');
    expect(await sendMessage(client)).toMatch(/^250 /);
    const [queued] = await takeQueued(world.out);
    expect(queued?.env).toContain('TCPREMOTEIP=127.0.0.1\n');
    expect(server.lines(/192\.0\.2\.7/).filter((line) => !line.includes('argument='))).toEqual([]);
    expect(await server.stop()).toBe(0);
  });

  it('are hung up on for a bad header', async () => {
    const server = await start('--proxy-from', '127.0.0.1');
    for (const bad of ['EHLO client.example.net\r\n', 'PROXY TCP4 192.0.2.7 192.0.2.8 1 99999\r\n']) {
      const client = smtpClient(server.port);
      client.say(bad);
      await client.ended;
      expect(client.unread()).toBe('');
    }
    await server.untilLog(/ fault ip=127\.0\.0\.1 why="bad PROXY header: /, 2);
    const gone = smtpClient(server.port);
    gone.say(V1.slice(0, 10));
    gone.socket.end();
    await server.untilLog(/ fault ip=127\.0\.0\.1 why="the connection was closed within the PROXY header"/);
    expect(await server.stop()).toBe(0);
  });

  const XCLIENT =
    'XCLIENT NAME=client.example.org ADDR=192.0.2.9 PORT=1234 PROTO=ESMTP HELO=helo.example.org DESTADDR=198.51.100.2';

  it('may say by XCLIENT who the client is', async () => {
    const rule =
      'hook rcpt { if (client.ip == "192.0.2.9" && rcpt.address == "rule@example.com") { reject "you are ${client.ip}"; } }\n';
    writeFileSync(join(world.home, 'control', 'mvmtr.mfl'), rule);
    const rules = join(world.home, 'rules.cdb');
    writeRulesCdb(rules, [
      ['127.', { variables: {} }],
      ['192.0.2.9', { variables: { RELAYCLIENT: '' } }],
      ['', { deny: true }],
    ]);
    const server = await start('--xclient-from', '127.0.0.0/8', '-x', rules);
    const client = smtpClient(server.port);
    expect(await client.reply()).toBe(GREETING);
    expect(await client.ask('EHLO proxy.example.net')).toContain('XCLIENT NAME ADDR PORT PROTO HELO');
    expect(await client.ask(XCLIENT)).toBe(GREETING);
    await client.ask('EHLO helo.example.org');
    await client.ask('MAIL FROM:<sender@example.net>');
    expect(await client.ask('RCPT TO:<rule@example.com>')).toContain('you are 192.0.2.9');
    expect(await client.ask('RCPT TO:<relayed@example.org>')).toMatch(/^250 /);
    await client.ask('DATA');
    expect(await client.ask(`${MESSAGE}.`)).toMatch(/^250 /);
    await server.untilLog(/ connect ip=192\.0\.2\.9 host=client\.example\.org /);
    const [queued] = await takeQueued(world.out);
    expect(queued?.message).toMatch(
      /^Received: from helo\.example\.org \(client\.example\.org \[192\.0\.2\.9\]\)\n/,
    );
    expect(queued?.env).toContain('TCPREMOTEIP=192.0.2.9\nTCPREMOTEPORT=1234\nTCPLOCALIP=198.51.100.2\n');
    // It is the client's session now.
    expect(await client.ask(XCLIENT)).toMatch(/^502 /);

    const denied = smtpClient(server.port);
    expect(await denied.reply()).toBe(GREETING);
    expect(await denied.ask('XCLIENT ADDR=192.0.2.10')).toBe(DENIED);
    await denied.ended;
    await server.untilLog(/ refused code=554 rule=denied ip=192\.0\.2\.10 /);
    expect(await server.stop()).toBe(0);
  });

  it('cannot be played by others', async () => {
    const server = await start('--xclient-from', '192.0.2.0/24');
    const client = smtpClient(server.port);
    expect(await client.reply()).toBe(GREETING);
    expect(await client.ask('EHLO client.example.net')).not.toContain('XCLIENT');
    expect(await client.ask(XCLIENT)).toBe('502 5.5.1 Command not implemented');
    await openMessage(client);
    expect(await client.ask(`${MESSAGE}.`)).toMatch(/^250 /);
    const [queued] = await takeQueued(world.out);
    expect(queued?.env).toContain('TCPREMOTEIP=127.0.0.1\n');
    expect(await server.stop()).toBe(0);
  });

  it('may send both, one for itself and one for its client', async () => {
    const server = await start('--proxy-from', '127.0.0.0/8', '--xclient-from', '192.0.2.7');
    const client = smtpClient(server.port);
    client.say(V1);
    expect(await client.reply()).toBe(GREETING);
    expect(await client.ask('XCLIENT ADDR=203.0.113.5')).toBe(GREETING);
    await server.untilLog(/ connect ip=203\.0\.113\.5 /);
    expect(await server.stop()).toBe(0);
  });
});

itTakesTimeOnBuilds('proxies are hung up on for a header that does not come', async (build) => {
  const words = ['-HR', '-l', 'mx.example.com', '--proxy-from', '127.0.0.1', '127.0.0.1:0'];
  const server = await serve(build, { words, env: world.env });
  const silent = smtpClient(server.port);
  const slow = smtpClient(server.port);
  slow.say(V1.slice(0, 20));
  await Promise.all([silent.ended, slow.ended]);
  expect([silent.unread(), slow.unread()]).toEqual(['', '']);
  await server.untilLog(/ fault ip=127\.0\.0\.1 why="no PROXY header within 10 seconds"/, 2);
  expect(await server.stop()).toBe(0);
});
