// STARTTLS and what comes before it (RFC 3207 section 5, section 4.2): commands that were sent along with it, by whomever, are neither
// obeyed nor answered, and nothing that was said or granted before the handshake counts afterwards.

import { once } from 'node:events';
import { connect } from 'node:tls';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Build, describeBuilds } from '../support/builds.ts';
import { needs } from '../support/needs.ts';
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
import { killServers, type Served, serve, within } from '../support/serve.ts';
import { clientOn, greeted, MESSAGE, openMessage } from '../support/smtp-client.ts';
import { type TcpServer, tcpServer } from '../support/tcp-server.ts';
import { startTls } from '../support/tls-client.ts';

const { describe } = needs('tcpserver', 'openssl');

let world: SecureWorld;
let listener: Served;
let stock: TcpServer;
let own: TcpServer;

async function startAll(build: Build): Promise<void> {
  world = createSecureWorld();
  const env = serverEnv(world, { FORCETLS: '0' });
  [listener, stock, own] = await Promise.all([
    serve(build, { words: ['-HRv', '-l', 'mx.example.com', '127.0.0.1:0'], env }),
    tcpServer([build.qmailSmtpd], env),
    tcpServer([build.mvmtr, '-v'], env),
  ]);
}

interface Server {
  readonly port: number;
  readonly log: () => string;
}

const servers = (): readonly Server[] => [
  listener,
  { port: stock.port, log: stock.errors },
  { port: own.port, log: own.errors },
];

const PLAIN = `AUTH PLAIN ${b64(`\0${USER}\0${PASSWORD}`)}`;

const until = async (holds: () => boolean, log: () => string): Promise<void> => {
  const lines = Promise.race([stock.untilErrors(holds), own.untilErrors(holds), holdsInListener(holds)]);
  await within('a line of the log', log, lines);
};

async function holdsInListener(holds: () => boolean): Promise<void> {
  for (let lines = 1; !holds(); lines += 1) await listener.untilLog(/./, lines);
}

const count = (text: string, pattern: RegExp): number =>
  text.split('\n').filter((line) => pattern.test(line)).length;

describe('STARTTLS', () => {
  describeBuilds('and what comes before it', (build) => {
    beforeAll(() => startAll(build));
    afterAll(async () => {
      await Promise.all([stock.stop(), own.stop()]);
      await killServers();
      world.remove();
    });

    it.each([
      ['RSET\r\nQUIT\r\n'],
      ['MAIL FROM:<mallory@example.net>\r\nRCPT TO:<user@example.com>\r\nDATA\r\n'],
      ['X'],
      [`RSET\r\n${'x'.repeat(20_000)}`],
    ])('what is sent along with it is thrown away: %#', async (more) => {
      for (const { port, log } of servers()) {
        const discarded = / tls result=ok .* discarded=[0-9]+$/;
        const before = count(log(), discarded);
        const client = await greeted(port);
        client.say(`STARTTLS\r\n${more}`);
        expect(await client.reply()).toMatch(/^220 /);
        const tls = connect({ socket: client.socket, rejectUnauthorized: false });
        await within('a handshake', log, once(tls, 'secureConnect'));
        const secured = clientOn(tls);
        // The first reply is to the first command that was sent with TLS.
        expect(await secured.ask('HELP')).toMatch(/^214 /);
        expect(await secured.ask('RCPT TO:<user@example.com>')).toMatch(/^503 /);
        expect(await secured.ask('NOOP')).toMatch(/^250 /);
        expect(await secured.ask('QUIT')).toMatch(/^221 /);
        expect(secured.unread()).toBe('');
        await until(() => count(log(), discarded) > before, log);
        if (more.length < 1000) {
          const line = log()
            .split('\n')
            .filter((text) => discarded.test(text))
            .at(-1);
          expect(line).toMatch(new RegExp(` discarded=${more.length}$`));
        }
      }
    });

    it('words in the clear behind 220 are no handshake, and are not answered', async () => {
      for (const { port, log } of servers()) {
        const failed = / tls result=failed ip=127\.0\.0\.1 .*why=/;
        const before = count(log(), failed);
        const client = await greeted(port);
        expect(await client.ask('STARTTLS')).toMatch(/^220 /);
        client.say('EHLO client.example.net\r\nMAIL FROM:<mallory@example.net>\r\n');
        await within('the end', log, client.ended);
        // An alert of TLS is allowed, a reply is not.
        expect(client.unread()).not.toMatch(/[0-9]{3}[ -]/);
        await until(() => count(log(), failed) > before, log);
      }
    });

    it('a login in the clear is none with TLS', async () => {
      for (const { port } of servers()) {
        const client = await greeted(port);
        expect(await client.ask('EHLO client.example.net')).toMatch(/\n250[- ]AUTH /);
        expect(await client.ask(PLAIN)).toMatch(/^235 /);
        const secured = await startTls(client);
        expect(await secured.ask('EHLO client.example.net')).toMatch(/\n250[- ]AUTH /);
        expect(await secured.ask('MAIL FROM:<sender@example.net>')).toMatch(/^250 /);
        expect(await secured.ask('RCPT TO:<user@elsewhere.example>')).toMatch(/^553 /);
        expect(await secured.ask('RCPT TO:<user@example.com>')).toMatch(/^250 /);
        expect(await secured.ask('DATA')).toMatch(/^354 /);
        expect(await secured.ask(`${MESSAGE}.`)).toMatch(/^250 /);
        expect(await secured.ask(PLAIN)).toMatch(/^235 /);
        expect(await secured.ask('QUIT')).toMatch(/^221 /);
      }
      // Nor is the queue program told of it.
      for (const { message, env } of await takeQueued(world.out)) {
        expect(message).toMatch(/ with ESMTPS \(TLSv1\.3 /);
        expect(message).not.toContain(USER);
        expect(env).toBe('TCPREMOTEINFO is not set\nRELAYCLIENT is not set\n');
      }
      for (const { log } of servers()) expectNoSecrets(log());
    });

    it('EHLO, MAIL and RCPT are forgotten', async () => {
      for (const { port } of servers()) {
        const client = await greeted(port);
        expect(await client.ask('EHLO before.example.net')).toMatch(/^250/);
        expect(await client.ask('MAIL FROM:<before@example.net>')).toMatch(/^250 /);
        expect(await client.ask('RCPT TO:<before@example.com>')).toMatch(/^250 /);
        const secured = await startTls(client);
        expect(await secured.ask('DATA')).toMatch(/^503 /);
        await openMessage(secured, 'after@example.com');
        expect(await secured.ask(`${MESSAGE}.`)).toMatch(/^250 /);
        secured.leave();
      }
      const queued = await takeQueued(world.out);
      expect(queued.filter(({ envelope }) => envelope.includes('after@')).length).toBe(3);
      for (const { message, envelope } of queued) expect(message + envelope).not.toContain('before');
    });
  });
});
