// What a session behind `mvmtr serve` knows of its client: the environment that tcpserver would have given it, compared with a real
// one's; rules of access; names from DNS. The queue program writes down the environment in which it finds itself.

import { readFileSync, rmSync, truncateSync, unlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { describeBuilds } from '../support/builds.ts';
import { QUEUE_STAND_IN } from '../support/home.ts';
import { needs } from '../support/needs.ts';
import { createWorld, type World } from '../support/program.ts';
import { serveZone } from '../support/rules.ts';
import { writeRulesCdb } from '../support/rules-cdb.ts';
import { killServers, type Served, serve } from '../support/serve.ts';
import { firstReply, greeted, type SmtpClient, sendMessage } from '../support/smtp-client.ts';
import { run, type TcpServer, tcpServer } from '../support/tcp-server.ts';

let world: World;
let tcpserver: TcpServer | null = null;
let stopNames: () => void = () => undefined;
let rules = '';

beforeEach(() => {
  world = createWorld();
  rules = join(world.home, 'rules.cdb');
  const queue = join(world.home, 'bin', 'qmail-queue');
  unlinkSync(queue);
  const keep = `env -0 >"$QMAIL_HOME/environment.new" && mv "$QMAIL_HOME/environment.new" "$QMAIL_HOME/environment"`;
  writeFileSync(queue, `#!/bin/sh\n${keep}\nexec ${QUEUE_STAND_IN}\n`, { mode: 0o755 });
});

afterEach(async () => {
  await killServers();
  await tcpserver?.stop();
  tcpserver = null;
  stopNames();
  stopNames = () => undefined;
  world.remove();
});

/** What the shell adds by itself. */
const OF_THE_SHELL = ['PWD', 'OLDPWD', 'SHLVL', '_'];

/** The environment that the queue program finds for a message of this client. */
async function environmentBehind(client: SmtpClient): Promise<Readonly<Record<string, string>>> {
  expect(await sendMessage(client)).toMatch(/^250 /);
  const file = join(world.home, 'environment');
  const entries = readFileSync(file, 'latin1').split('\0').slice(0, -1);
  unlinkSync(file);
  const pairs = entries.map((entry) => [entry.split('=', 1)[0] ?? '', entry.slice(entry.indexOf('=') + 1)]);
  return Object.fromEntries(pairs.filter(([name = '']) => !OF_THE_SHELL.includes(name)));
}

/** The same, with the client's port by name, which it is for as long as the two agree about it. */
async function comparable(
  server: { readonly port: number },
  from: string,
): Promise<Readonly<Record<string, string>>> {
  const client = await greeted({ host: '127.0.0.1', port: server.port, localAddress: from });
  const { localPort } = client.socket;
  const env = await environmentBehind(client);
  client.leave();
  expect([env.TCPREMOTEPORT, env.TCPLOCALPORT]).toEqual([String(localPort), String(server.port)]);
  return { ...env, TCPREMOTEPORT: 'the client', TCPLOCALPORT: 'the server' };
}

const RULES = `127.0.0.1:allow,RELAYCLIENT="",DATABYTES="4000",RULE="address"
127.0.0.:allow,DATABYTES="0",RULE="prefix",TCPREMOTEINFO="told by a rule"
127.0.3.:allow
127.9.:deny
:allow,RULE="default"
`;

const DENIED = '554 5.7.1 You may not send mail here';
const UNREADABLE = '421 4.3.0 Unable to read my rules of access, try again later';
const GREETING = '220 mx.example.com ESMTP mvmtr';

describeBuilds('environment of serve', (build) => {
  const start = (...words: readonly string[]): Promise<Served> =>
    serve(build, { words: ['-HR', '-l', 'mx.example.com', ...words, '127.0.0.1:0'], env: world.env });

  needs('tcpserver', 'tcprules').it('is what a real tcpserver would have given it', async () => {
    const made = await run(['tcprules', rules, `${rules}.tmp`], { input: RULES });
    expect(made).toEqual({ exit: 0, output: '' });
    tcpserver = await tcpServer([build.qmailSmtpd], world.env, ['-x', rules]);
    const server = await start('--profile', 'stock', '-x', rules);
    for (const from of ['127.0.0.1', '127.0.0.2', '127.0.3.1', '127.0.9.1', '127.1.0.1']) {
      const ours = await comparable(server, from);
      expect(ours, from).toEqual(await comparable(tcpserver, from));
      expect(ours).toMatchObject({ PROTO: 'TCP', TCPREMOTEIP: from, TCPLOCALHOST: 'mx.example.com' });
    }
    const denied = { host: '127.0.0.1', localAddress: '127.9.0.1' };
    expect(await firstReply({ ...denied, port: server.port })).toBe('');
    expect(await firstReply({ ...denied, port: tcpserver.port })).toBe('');
    await server.untilLog(/ refused code=554 rule=denied ip=127\.9\.0\.1/);
  });

  it('has the variables of the rule for the client', async () => {
    writeRulesCdb(rules, [
      ['127.0.0.1', { variables: { RELAYCLIENT: '' } }],
      ['127.0.0.', { variables: { DATABYTES: '2000' } }],
      ['127.9.', { deny: true }],
    ]);
    const server = await start('-x', rules);
    const { port } = server;
    const relayed = await greeted({ host: '127.0.0.1', port });
    expect(await sendMessage(relayed, 'user@example.org')).toMatch(/^250 /);
    expect((await relayed.ask('EHLO client.example.net')).includes('SIZE 2000')).toBe(false);
    const limited = await greeted({ host: '127.0.0.1', port, localAddress: '127.0.0.2' });
    expect(await limited.ask('EHLO client.example.net')).toContain('SIZE 2000');
    await limited.ask('MAIL FROM:<sender@example.net>');
    expect(await limited.ask('RCPT TO:<user@example.org>')).toMatch(/^553 /);
    expect(await firstReply({ host: '127.0.0.1', port, localAddress: '127.9.0.1' })).toBe(DENIED);
    await server.untilLog(/ refused code=554 rule=denied ip=127\.9\.0\.1/);
    expect(await server.stop()).toBe(0);
  });

  it('does not come down from our own', async () => {
    const inherited = {
      ...world.env,
      TCPREMOTEINFO: 'nobody',
      TCPLOCALIP: '192.0.2.1',
      TCPREMOTEPORT: '9',
      SITE: 'kept',
    };
    const path = join(world.home, 'socket');
    const server = await serve(build, {
      words: ['-HR', '-l', 'mx.example.com', '127.0.0.1:0', `unix:${path}`],
      env: inherited,
    });
    const env = await environmentBehind(await greeted(server.port));
    expect(env).toMatchObject({ TCPREMOTEIP: '127.0.0.1', TCPLOCALIP: '127.0.0.1', SITE: 'kept' });
    expect(
      Object.keys(env).filter((name) => /^(TCPREMOTE(HOST|INFO)|MVMTR|LISTEN_|NOTIFY_)/.test(name)),
    ).toEqual([]);
    const local = await environmentBehind(await greeted({ path }));
    expect(
      Object.keys(local)
        .filter((name) => /^(TCP|PROTO)/.test(name))
        .sort(),
    ).toEqual(['PROTO', 'TCPLOCALHOST']);
    expect(local.PROTO).toBe('UNIX');
    expect(await server.stop()).toBe(0);
  });

  it('goes by rules that have been replaced, and refuses for a while when they cannot be read', async () => {
    writeRulesCdb(rules, [['', { variables: { RELAYCLIENT: '' } }]]);
    const server = await start('-x', rules);
    const old = await greeted(server.port);
    writeRulesCdb(rules, [['127.', { deny: true }]]);
    expect(await firstReply(server.port)).toBe(DENIED);
    expect(await sendMessage(old, 'user@example.org')).toMatch(/^250 /);

    truncateSync(rules, 100);
    expect(await firstReply(server.port)).toBe(UNREADABLE);
    await server.untilLog(/ fault ip=127\.0\.0\.1 why="rules of access: /);
    await server.untilLog(/ refused code=421 rule=access /);
    rmSync(rules);
    expect(await firstReply(server.port)).toBe(UNREADABLE);
    await server.untilLog(/ fault ip=127\.0\.0\.1 why="rules of access: ENOENT/);
    expect(await sendMessage(old, 'user@example.org')).toMatch(/^250 /);

    writeRulesCdb(rules, [['127.', { variables: {} }]]);
    expect(await firstReply(server.port)).toBe(GREETING);
    expect(await server.stop()).toBe(0);
  });

  it('has no rules when there is no file and -X says so', async () => {
    const server = await start('-X', '-x', rules);
    expect(await firstReply(server.port)).toBe(GREETING);
    writeFileSync(rules, 'nonsense');
    expect(await firstReply(server.port)).toBe(UNREADABLE);
    expect(await server.stop()).toBe(0);
  });

  const names = (...words: readonly string[]): Promise<Served> =>
    serve(build, { words: ['-R', ...words, '127.0.0.1:0', '[::1]:0'], env: world.env });

  const from = (server: Served, localAddress: string) => ({
    host: '127.0.0.1',
    port: server.port,
    localAddress,
  });

  it('has names from DNS', async () => {
    stopNames = await serveZone(
      {
        'PTR 1.0.0.127.in-addr.arpa': ['MX.example.com'],
        'PTR 2.0.0.127.in-addr.arpa': ['Client.example.net'],
        'PTR 4.0.0.127.in-addr.arpa': 'fails',
        'PTR 1.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.ip6.arpa': ['six.example.net'],
      },
      world.home,
    );
    writeRulesCdb(rules, [['=.example.net', { variables: { RELAYCLIENT: '' } }]]);
    const server = await names('-t', '1', '-x', rules);
    const two = await environmentBehind(await greeted(from(server, '127.0.0.2')));
    expect(two).toMatchObject({
      TCPREMOTEHOST: 'client.example.net',
      TCPLOCALHOST: 'mx.example.com',
      RELAYCLIENT: '',
    });
    await server.untilLog(/ connect ip=127\.0\.0\.2 host=client\.example\.net /);
    for (const unknown of ['127.0.0.3', '127.0.0.4']) {
      const env = await environmentBehind(await greeted(from(server, unknown)));
      expect([env.TCPREMOTEHOST, env.RELAYCLIENT], unknown).toEqual([undefined, undefined]);
    }
    const six = await environmentBehind(await greeted({ host: '::1', port: server.ports[1] ?? 0 }));
    expect(six).toMatchObject({ TCPREMOTEIP: '::1', TCPREMOTEHOST: 'six.example.net' });
    expect(await server.stop()).toBe(0);
  });

  it('has only names that lead back, with -p', async () => {
    stopNames = await serveZone(
      {
        'PTR 2.0.0.127.in-addr.arpa': ['client.example.net'],
        'A client.example.net': ['127.0.0.2'],
        'PTR 3.0.0.127.in-addr.arpa': ['liar.example.net'],
        'A liar.example.net': ['192.0.2.1'],
      },
      world.home,
    );
    const server = await names('-p', '-l', 'mx.example.com');
    const good = await environmentBehind(await greeted(from(server, '127.0.0.2')));
    expect(good.TCPREMOTEHOST).toBe('client.example.net');
    const bad = await environmentBehind(await greeted(from(server, '127.0.0.3')));
    expect(bad.TCPREMOTEHOST).toBeUndefined();
    expect(await server.stop()).toBe(0);
  });

  it('keeps its name servers when they are written wrong, says so, and does not start with such ones', async () => {
    stopNames = await serveZone({ 'PTR 2.0.0.127.in-addr.arpa': ['client.example.net'] }, world.home);
    const server = await names('-l', 'mx.example.com');
    writeFileSync(join(world.home, 'control', 'nameservers'), 'ns.example.com\n');
    server.signal('SIGHUP');
    const wrong = /SIGHUP: keeping what was read before: control\/nameservers: ns\.example\.com is no/;
    await server.untilLog(wrong);
    const env = await environmentBehind(await greeted(from(server, '127.0.0.2')));
    expect(env.TCPREMOTEHOST).toBe('client.example.net');
    expect(await server.stop()).toBe(0);
    await expect(names('-l', 'mx.example.com')).rejects.toThrow(
      /control\/nameservers: ns\.example\.com is no/,
    );
  });
});
