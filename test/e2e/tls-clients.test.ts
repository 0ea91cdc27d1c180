// Mail over TLS from clients that people use: swaks, gsasl and nodemailer, by STARTTLS and from the first octet, with each way to log
// in, with right and wrong passwords. Servers are tcpserver and `serve`, once for each build.

import { createTransport, type SendMailOptions } from 'nodemailer';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Build, describeBuilds } from '../support/builds.ts';
import { present } from '../support/needs.ts';
import { mapSideBySide } from '../support/parallel.ts';
import { lacking } from '../support/perl-modules.ts';
import { takeQueued } from '../support/process-player.ts';
import {
  CHECKPASSWORD,
  createSecureWorld,
  expectNoSecrets,
  PASSWORD,
  type SecureWorld,
  serverEnv,
  USER,
  WRONG_PASSWORD,
} from '../support/secure-world.ts';
import { killServers, type Served, serve } from '../support/serve.ts';
import { type Finished, run, type TcpServer, tcpServer } from '../support/tcp-server.ts';

const { describe } = present(lacking(['tcpserver', 'swaks', 'openssl', 'gsasl'], ['Net::SSLeay']));

let world: SecureWorld;
let listener: Served;
let byStarttls: TcpServer;
let bySmtps: TcpServer;
let byCram: TcpServer;

async function startAll(build: Build): Promise<void> {
  world = createSecureWorld();
  const env = serverEnv(world);
  const words = ['-HRv', '-l', 'mx.example.com', '127.0.0.1:0', 'tls:127.0.0.1:0'];
  const stock = [build.qmailSmtpd, 'mx.example.com', CHECKPASSWORD, 'true'];
  [listener, byStarttls, bySmtps, byCram] = await Promise.all([
    serve(build, { words, env }),
    tcpServer([build.mvmtr, '-v'], env),
    tcpServer([build.mvmtr, '-v'], { ...env, SMTPS: '1' }),
    tcpServer(stock, { ...env, SMTPAUTH: '+cram' }),
  ]);
}

async function stopAll(): Promise<void> {
  await Promise.all([byStarttls, bySmtps, byCram].map((server) => server.stop()));
  await killServers();
  world.remove();
}

/** With a mark of its own in the message, and for somebody elsewhere if it is to be relayed. */
function swaks(port: number, mark: string, ...more: readonly string[]): Promise<Finished> {
  const route = ['--server', '127.0.0.1', '--port', `${port}`, '--helo', 'client.example.net'];
  const mail = ['--from', 'sender@example.net', '--to', 'user@example.com', '--header', `X-Mark: ${mark}`];
  return run(['swaks', ...route, ...mail, ...more]);
}

const login = (mechanism: string, password = PASSWORD): readonly string[] => [
  ...['--auth', mechanism, '--auth-user', USER, '--auth-password', password],
  ...['--to', 'user@elsewhere.example'],
];

/** What was queued with this mark. */
async function queuedAs(mark: string) {
  const found = (await takeQueued(world.out)).filter(({ message }) => message.includes(`X-Mark: ${mark}\n`));
  expect(found.length, mark).toBe(1);
  return found[0] as (typeof found)[number];
}

const allLogs = (): string =>
  [listener.log(), ...[byStarttls, bySmtps, byCram].map((server) => server.errors())].join('');

describe('TLS', () => {
  describeBuilds('with clients that people use', (build) => {
    beforeAll(() => startAll(build));
    afterAll(stopAll);

    it('swaks, by STARTTLS and from the first octet', async () => {
      const ways: readonly (readonly [string, number, string])[] = [
        ['starttls-tcpserver', byStarttls.port, '--tls'],
        ['smtps-tcpserver', bySmtps.port, '--tls-on-connect'],
        ['starttls-serve', listener.port, '--tls'],
        ['smtps-serve', listener.ports[1] ?? 0, '--tls-on-connect'],
      ];
      await mapSideBySide(ways, async ([mark, port, option]) => {
        const sent = await swaks(port, mark, option, '--body', 'line one\n.\n..dots\nend');
        expect(sent.exit, sent.output).toBe(0);
        const { message, envelope, env } = await queuedAs(mark);
        expect(message).toMatch(
          /^Received: .*client\.example\.net.*\n {2}by mx\.example\.com with ESMTPS \(TLSv1\.3 TLS_[A-Z0-9_]+\);/,
        );
        expect(message).toContain('\nline one\n.\n..dots\nend\n');
        expect(envelope).toBe('Fsender@example.net\0Tuser@example.com\0\0');
        expect(env).toBe('TCPREMOTEINFO is not set\nRELAYCLIENT is not set\n');
      });
    });

    it('swaks logs in, and may relay then', async () => {
      const ways: readonly (readonly [string, number, ...string[]])[] = [
        ['plain-starttls', byStarttls.port, '--tls', ...login('PLAIN')],
        ['login-smtps', bySmtps.port, '--tls-on-connect', ...login('LOGIN')],
        ['plain-serve', listener.ports[1] ?? 0, '--tls-on-connect', ...login('PLAIN')],
        ['login-serve', listener.port, '--tls', ...login('LOGIN')],
        ['cram-starttls', byCram.port, '--tls', ...login('CRAM-MD5')],
        ['plain-beside-cram', byCram.port, '--tls', ...login('PLAIN')],
      ];
      await mapSideBySide(ways, async ([mark, port, ...options]) => {
        const sent = await swaks(port, mark, ...options);
        expect(sent.exit, sent.output).toBe(0);
        const { message, envelope, env } = await queuedAs(mark);
        expect(message).toMatch(/\n {2}by mx\.example\.com with ESMTPSA \(TLSv1\.3 /);
        expect(envelope).toBe('Fsender@example.net\0Tuser@elsewhere.example\0\0');
        expect(env).toBe(`TCPREMOTEINFO=${USER}\nRELAYCLIENT=\n`);
      });
    });

    it('swaks hears that its password is wrong, and that there is no login without TLS', async () => {
      const wrong: readonly (readonly [string, number, ...string[]])[] = [
        ['wrong-plain', byStarttls.port, '--tls', ...login('PLAIN', WRONG_PASSWORD)],
        ['wrong-login', listener.port, '--tls', ...login('LOGIN', WRONG_PASSWORD)],
        ['wrong-cram', byCram.port, '--tls', ...login('CRAM-MD5', WRONG_PASSWORD)],
      ];
      await mapSideBySide(wrong, async ([mark, port, ...options]) => {
        const sent = await swaks(port, mark, ...options);
        expect(sent.exit, sent.output).toBe(28); // swaks: the login has failed
        expect(sent.output).toMatch(/^<~\* 535 /m);
      });
      const clear = await swaks(byStarttls.port, 'clear', ...login('PLAIN'));
      expect(clear.output).not.toMatch(/^<.* 250[- ]AUTH/m);
      expect(clear.exit, clear.output).toBe(28);
    });

    it('gsasl proves by SCRAM that it knows the password, and hears that we do', async () => {
      const gsasl = (port: number, mechanism: string, password: string, ...more: readonly string[]) =>
        run(
          [
            ...(['gsasl', '--smtp', '--starttls', '--x509-ca-file='] as const),
            ...[`--mechanism=${mechanism}`, `--authentication-id=${USER}`, `--password=${password}`],
            ...['--verbose', `--connect=127.0.0.1:${port}`, ...more],
          ],
          { input: '' },
        );
      const ways: readonly (readonly [number, string, ...string[]])[] = [
        [byStarttls.port, 'SCRAM-SHA-256', '--no-cb'],
        [byStarttls.port, 'SCRAM-SHA-256-PLUS', '--no-client-first'],
        [listener.port, 'SCRAM-SHA-256-PLUS'],
      ];
      await mapSideBySide(ways, async ([port, mechanism, ...options]) => {
        const right = await gsasl(port, mechanism, PASSWORD, ...options);
        expect(right.exit, right.output).toBe(0);
        expect(right.output).toMatch(/^235 /m);
        const wrong = await gsasl(port, mechanism, WRONG_PASSWORD, ...options);
        expect(wrong.exit, wrong.output).not.toBe(0);
        expect(wrong.output).toMatch(/535 5\.7\.8/);
      });
      expect(byStarttls.errors()).toMatch(/ auth result=ok ip=127\.0\.0\.1 .*mechanism=SCRAM-SHA-256-PLUS /);
    });

    it('nodemailer, by STARTTLS and from the first octet', async () => {
      const ways: readonly (readonly [string, number, boolean])[] = [
        ['mailer-starttls', listener.port, false],
        ['mailer-smtps', listener.ports[1] ?? 0, true],
        ['mailer-tcpserver', byStarttls.port, false],
      ];
      const message = (mark: string): SendMailOptions => ({
        from: 'sender@example.net',
        to: 'user@elsewhere.example',
        subject: 'hello',
        text: 'line one\n.\nend',
        headers: { 'X-Mark': mark },
      });
      const mailer = (port: number, secure: boolean, pass: string) =>
        createTransport({
          host: '127.0.0.1',
          port,
          secure,
          requireTLS: true,
          tls: { ca: world.root.certText, servername: 'mx.example.com' },
          auth: { user: USER, pass },
        });
      await mapSideBySide(ways, async ([mark, port, secure]) => {
        const sent = await mailer(port, secure, PASSWORD).sendMail(message(mark));
        expect(sent.response).toMatch(/^250 /);
        const { message: queued } = await queuedAs(mark);
        expect(queued).toMatch(/ with ESMTPSA \(TLSv1\.3 /);
        await expect(mailer(port, secure, WRONG_PASSWORD).sendMail(message(mark))).rejects.toThrow(/535/);
      });
    });

    it('nothing of a password is in the logs, the dialogue included', () => {
      expect(allLogs()).toMatch(/ said by=client text="?AUTH /);
      expect(allLogs()).toMatch(/ auth result=ok /);
      expect(allLogs()).toMatch(/ auth result=failed /);
      expectNoSecrets(allLogs());
    });
  });
});
