// TLS that somebody in front of us speaks: UCSPI-TLS, which starts at STARTTLS (a stand-in for sslserver does the handshake), and a wrapper
// that has spoken it from the first octet and tells so in the environment.

import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { describeBuilds } from '../support/builds.ts';
import { present } from '../support/needs.ts';
import { lacking } from '../support/perl-modules.ts';
import { takeQueued } from '../support/process-player.ts';
import {
  b64,
  createSecureWorld,
  expectNoSecrets,
  PASSWORD,
  type SecureWorld,
  serverEnv,
  USER,
} from '../support/secure-world.ts';
import { within } from '../support/serve.ts';
import { greeted, LONG_TEXT, MESSAGE, openMessage, sendMessage } from '../support/smtp-client.ts';
import { type TcpServer, tcpServer } from '../support/tcp-server.ts';
import { startTls, starttlsClient } from '../support/tls-client.ts';

const { describe } = present(lacking(['tcpserver', 'openssl'], ['Net::SSLeay']));

const STAND_IN = fileURLToPath(new URL('../support/ucspi-tls-stand-in.pl', import.meta.url));

const PLAIN = `AUTH PLAIN ${b64(`\0${USER}\0${PASSWORD}`)}`;

const TOLD = ['SSL_PROTOCOL=TLSv1.3', 'SSL_CIPHER=TLS_CHACHA20_POLY1305_SHA256'];

let world: SecureWorld;
const servers: TcpServer[] = [];

async function start(
  command: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<TcpServer> {
  const server = await tcpServer(command, serverEnv(world, env));
  servers.push(server);
  return server;
}

const behind = (program: string, env?: Readonly<Record<string, string>>): Promise<TcpServer> =>
  start([STAND_IN, world.server.bothFile, program, '-v'], env);

async function messageTo(recipient: string): Promise<string | undefined> {
  const queued = await takeQueued(world.out);
  return queued.find(({ envelope }) => envelope.includes(`\0T${recipient}\0`))?.message;
}

describe('TLS that others speak', () => {
  describeBuilds('is used', (build) => {
    beforeAll(() => {
      // And no certificate of ours.
      world = createSecureWorld({ 'servercert.pem': null });
    });
    afterAll(async () => {
      await Promise.all(servers.splice(0).map((server) => server.stop()));
      for (const server of servers) expectNoSecrets(server.errors());
      world.remove();
    });

    it('UCSPI-TLS: at STARTTLS, and told in the Received field', async () => {
      for (const program of [build.mvmtr, build.qmailSmtpd]) {
        const recipient = program === build.mvmtr ? 'own@example.com' : 'stock@example.com';
        const server = await behind(program);
        const client = await greeted(server.port);
        expect(await client.ask('EHLO before.example.net')).toMatch(/\n250[- ]STARTTLS/);
        const secured = await startTls(client);
        expect(await secured.ask('EHLO client.example.net')).not.toContain('STARTTLS');
        expect(secured.tls.getProtocol()).toBe('TLSv1.3');
        await openMessage(secured, recipient);
        expect(await secured.ask(`${LONG_TEXT}${MESSAGE}.`)).toMatch(/^250 /);
        expect(await secured.ask('STARTTLS')).toMatch(/^503 /);
        expect(await secured.ask('QUIT')).toMatch(/^221 /);
        await within('the end', server.errors, secured.ended);
        const { name } = secured.tls.getCipher();
        const message = await messageTo(recipient);
        expect(message).toMatch(/^Received: from .*client\.example\.net/);
        expect(message).toContain(`\n  by mx.example.com with ESMTPS (TLSv1.3 ${name});`);
        expect(server.errors()).toContain(` tls result=ok ip=127.0.0.1 version=TLSv1.3 cipher=${name}\n`);
      }
    });

    it('UCSPI-TLS: logins, and older versions', async () => {
      const server = await behind(build.mvmtr);
      const client = await starttlsClient(server.port, { maxVersion: 'TLSv1.2' });
      // Nothing of the connection can be bound to.
      expect(await client.ask('EHLO client.example.net')).toMatch(
        /\n250[- ]AUTH SCRAM-SHA-256 PLAIN LOGIN\n/,
      );
      expect(await client.ask(PLAIN)).toMatch(/^235 /);
      expect(await sendMessage(client, 'login@elsewhere.example')).toMatch(/^250 /);
      expect(await client.ask('QUIT')).toMatch(/^221 /);
      expect(await messageTo('login@elsewhere.example')).toMatch(/ with ESMTPSA \(TLSv1\.2 ECDHE-/);
      expectNoSecrets(server.errors());
    });

    it('UCSPI-TLS: what is sent along with STARTTLS is thrown away', async () => {
      const server = await behind(build.mvmtr);
      const client = await greeted(server.port);
      client.say('NOOP\r\nRSET\r\n');
      expect(await client.reply()).toMatch(/^250 /);
      expect(await client.reply()).toMatch(/^250 /);
      const more = 'RSET\r\nQUIT\r\n';
      // startTls() says STARTTLS; these words are in the same segment.
      client.socket.cork();
      const starting = startTls(client);
      client.say(more);
      client.socket.uncork();
      const secured = await starting;
      expect(await secured.ask('HELP')).toMatch(/^214 /);
      expect(await secured.ask('QUIT')).toMatch(/^221 /);
      expect(secured.unread()).toBe('');
      await within(
        'a line',
        server.errors,
        server.untilErrors((log) => log.includes(` discarded=${more.length}\n`)),
      );
    });

    it('UCSPI-TLS: a handshake that fails ends the session', async () => {
      const server = await behind(build.mvmtr);
      const client = await greeted(server.port);
      expect(await client.ask('STARTTLS')).toMatch(/^220 /);
      client.say('EHLO client.example.net\r\n'.repeat(20));
      await within('the end', server.errors, client.ended);
      expect(client.unread()).not.toMatch(/[0-9]{3}[ -]/);
      const line = / tls result=failed ip=127\.0\.0\.1 why="UCSPI-TLS: no answer on SSLCTLFD"\n/;
      await within(
        'a line',
        server.errors,
        server.untilErrors((log) => line.test(log)),
      );
    });

    it('UCSPITLS "-" is no STARTTLS, and "!" is nothing without it', async () => {
      const none = await greeted((await behind(build.mvmtr, { UCSPITLS: '-' })).port);
      expect(await none.ask('EHLO client.example.net')).not.toContain('STARTTLS');
      expect(await none.ask('STARTTLS')).toMatch(/^502 /);
      none.leave();
      const needed = await greeted((await behind(build.mvmtr, { UCSPITLS: '!' })).port);
      expect(await needed.ask('MAIL FROM:<sender@example.net>')).toMatch(/^530 5\.7\.0 /);
      const secured = await startTls(needed);
      expect(await secured.ask('MAIL FROM:<sender@example.net>')).toMatch(/^250 /);
      secured.leave();
    });

    it('--outer-tls: as the environment tells', async () => {
      const server = await start(['env', ...TOLD, build.mvmtr, '-v', '--outer-tls']);
      const client = await greeted(server.port);
      const hello = await client.ask('EHLO client.example.net');
      expect(hello).not.toContain('STARTTLS');
      expect(hello).toMatch(/\n250[- ]AUTH SCRAM-SHA-256 PLAIN LOGIN\n/);
      expect(await client.ask(PLAIN)).toMatch(/^235 /);
      expect(await sendMessage(client, 'outer@elsewhere.example')).toMatch(/^250 /);
      expect(await client.ask('QUIT')).toMatch(/^221 /);
      expect(await messageTo('outer@elsewhere.example')).toContain(
        '\n  by mx.example.com with ESMTPSA (TLSv1.3 TLS_CHACHA20_POLY1305_SHA256);',
      );
      expectNoSecrets(server.errors());
    });

    it('the variables count for nothing where --outer-tls is not said, and it for nothing without them', async () => {
      const commands = [
        ['env', ...TOLD, build.mvmtr],
        [build.mvmtr, '--outer-tls'],
      ];
      for (const [index, command] of commands.entries()) {
        const client = await greeted((await start(command)).port);
        expect(await client.ask('EHLO client.example.net')).not.toMatch(/AUTH|STARTTLS/);
        expect(await sendMessage(client, `clear${index}@example.com`)).toMatch(/^250 /);
        expect(await messageTo(`clear${index}@example.com`)).toMatch(/ with ESMTP;/);
        client.leave();
      }
    });
  });
});
