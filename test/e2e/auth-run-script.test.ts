// The run scripts of a patched qmail-smtpd, as they are: a host, the program that checks passwords and the program behind that one, or
// these two alone where SMTPAUTH is set. What the program says is heard, what goes wrong with it is nobody's login, and
// the queue program is told who has logged in.

import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync, watch, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { describeBuilds } from '../support/builds.ts';
import { needs, programPath } from '../support/needs.ts';
import { mapSideBySide } from '../support/parallel.ts';
import { takeQueued } from '../support/process-player.ts';
import {
  b64,
  CHECKPASSWORD,
  createSecureWorld,
  expectNoSecrets,
  PASSWORD,
  type SecureWorld,
  serverEnv,
  USER,
  WRONG_PASSWORD,
} from '../support/secure-world.ts';
import { within } from '../support/serve.ts';
import { greeted, MESSAGE, type SmtpClient } from '../support/smtp-client.ts';
import { type TcpServer, tcpServer } from '../support/tcp-server.ts';

const { describe } = needs('tcpserver', 'openssl', 'perl');

const TRUE = programPath('true') ?? '/bin/true';

/** Becomes the program of its arguments after a moment in which one can look at it. */
const SLOW_CHECK = `#!/usr/bin/perl
open my $in, '<&=3'; local $/; my $given = <$in>;
open my $out, '>', "$ENV{LOOK_AT}.new"; print $out $$; close $out;
rename "$ENV{LOOK_AT}.new", $ENV{LOOK_AT};
select undef, undef, undef, 0.02 until -e "$ENV{LOOK_AT}.seen";
exit 1;
`;

const plain = (user: string, password: string): string => `AUTH PLAIN ${b64(`\0${user}\0${password}`)}`;

let world: SecureWorld;
const servers: TcpServer[] = [];

async function start(
  command: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<TcpServer> {
  const server = await tcpServer(command, serverEnv(world, { FORCETLS: '0', ...env }));
  servers.push(server);
  return server;
}

/** A message for somebody elsewhere; the answer to it. */
async function relay(client: SmtpClient, mark: string): Promise<string> {
  const commands = ['MAIL FROM:<sender@example.net>', `RCPT TO:<${mark}@elsewhere.example>`, 'DATA'];
  for (const command of commands) expect(await client.ask(command), command).toMatch(/^[23]/);
  return client.ask(`${MESSAGE}.`);
}

async function queuedFor(mark: string) {
  const queued = await takeQueued(world.out);
  return queued.find(({ envelope }) => envelope.includes(`\0T${mark}@`));
}

describe('run scripts with a program that checks passwords', () => {
  describeBuilds('are understood', (build) => {
    beforeAll(() => {
      world = createSecureWorld({ 'servercert.pem': null, smtpusers: null });
    });
    afterAll(async () => {
      await Promise.all(servers.splice(0).map((server) => server.stop()));
      world.remove();
    });

    it('host, program and subprogram; or without a host where SMTPAUTH is set', async () => {
      const ways: readonly (readonly [string, readonly string[], Readonly<Record<string, string>>])[] = [
        ['host', [build.qmailSmtpd, 'mx.example.com', CHECKPASSWORD, TRUE], {}],
        ['no-host', [build.qmailSmtpd, CHECKPASSWORD, 'true'], { SMTPAUTH: '' }],
        ['suffix', [build.qmailSmtpd, 'mx.example.com', CHECKPASSWORD, TRUE], { RELAYCLIENT: '@fixme' }],
        // A name is looked for in PATH.
        [
          'by-name',
          [build.qmailSmtpd, 'checkpassword-stand-in.pl', 'true'],
          { SMTPAUTH: '', PATH: `${join(CHECKPASSWORD, '..')}:${process.env.PATH}` },
        ],
      ];
      await mapSideBySide(ways, async ([mark, command, env]) => {
        const server = await start(command, env);
        const client = await greeted(server.port);
        expect(await client.ask('EHLO client.example.net')).toMatch(/\n250[- ]AUTH PLAIN LOGIN(\n|$)/);
        expect(await client.ask(plain(USER, PASSWORD))).toMatch(/^235 /);
        expect(await relay(client, mark)).toMatch(/^250 /);
        expect(await client.ask('QUIT')).toMatch(/^221 /);
        const queued = await queuedFor(mark);
        expect(queued?.envelope).toBe(`Fsender@example.net\0T${mark}@elsewhere.example\0\0`);
        expect(queued?.message).toMatch(/^Received: .*joe@example\.com@.*\n.* with ESMTPA;/);
        expect(queued?.env).toBe(`TCPREMOTEINFO=${USER}\nRELAYCLIENT=\n`);
        const name = command.find((word) => word.includes('checkpassword'));
        expect(server.errors()).toMatch(new RegExp(` passwords by=${name} from=arguments$`, 'm'));
        expect(server.errors()).toMatch(
          / auth result=ok ip=127\.0\.0\.1 port=[0-9]+ mechanism=PLAIN user=joe@/,
        );
      });
    });

    it('without SMTPAUTH two arguments are no login, and stock arguments are none', async () => {
      for (const words of [[CHECKPASSWORD, 'true'], ['mx.example.com'], []]) {
        const client = await greeted((await start([build.qmailSmtpd, ...words])).port);
        expect(await client.ask('EHLO client.example.net')).not.toContain('AUTH');
        expect(await client.ask(plain(USER, PASSWORD))).toMatch(/^50[23] /);
        client.leave();
      }
    });

    it('a no is 535; every other end of the program, or none, is 454', async () => {
      const usual = await start([build.qmailSmtpd, 'mx.example.com', CHECKPASSWORD, TRUE]);
      const missing = await start([build.qmailSmtpd, 'mx.example.com', '/nowhere/checkpassword', TRUE]);
      const behind = await start([build.qmailSmtpd, 'mx.example.com', CHECKPASSWORD, '/nowhere/true']);
      const saysYes = await start([build.qmailSmtpd, 'mx.example.com', TRUE, CHECKPASSWORD]);
      const ends: readonly (readonly [TcpServer, string, string, RegExp, RegExp])[] = [
        [usual, USER, WRONG_PASSWORD, /^535 /, / auth result=failed .* user=joe@example\.com$/m],
        [usual, 'nobody', PASSWORD, /^535 /, / auth result=failed .* user=nobody$/m],
        [usual, 'exits-111', PASSWORD, /^454 /, / auth result=unavailable .* why=".* left with 111"$/m],
        [usual, 'exits-2', PASSWORD, /^454 /, / auth result=unavailable .* why=".* left with 2"$/m],
        [usual, 'killed-by-KILL', PASSWORD, /^454 /, / auth result=unavailable .* killed by SIGKILL"$/m],
        [missing, USER, PASSWORD, /^454 /, / auth result=unavailable .* cannot be started: .*"$/m],
        [behind, USER, PASSWORD, /^454 /, / auth result=unavailable .* left with 111"$/m],
        [saysYes, USER, PASSWORD, /^454 /, / auth result=unavailable .* checks nothing"$/m],
      ];
      await mapSideBySide(ends, async ([server, user, password, reply, line]) => {
        const client = await greeted(server.port);
        expect(await client.ask(plain(user, password)), user).toMatch(reply);
        await within(
          'a line',
          server.errors,
          server.untilErrors((errors) => line.test(errors)),
        );
        // Nobody is logged in by it, and the session goes on.
        expect(await client.ask('MAIL FROM:<sender@example.net>')).toMatch(/^250 /);
        expect(await client.ask('RCPT TO:<user@elsewhere.example>')).toMatch(/^553 /);
        expect(await client.ask('RCPT TO:<user@example.com>')).toMatch(/^250 /);
        client.leave();
      });
      for (const server of servers) expectNoSecrets(server.errors());
    });

    it('no process is told a password by its arguments or its environment', async () => {
      const lookAt = join(world.directory, 'process');
      const slow = join(world.directory, 'checkpassword');
      writeFileSync(slow, SLOW_CHECK, { mode: 0o755 });
      const words = ['--profile', 'stock', '-v', 'mx.example.com', slow, TRUE];
      const { port, errors } = await start([build.mvmtr, ...words], { LOOK_AT: lookAt });
      const client = await greeted(port);
      const reply = client.ask(plain(USER, PASSWORD));
      await within('the program', errors, untilThere(world.directory, 'process'));
      const texts = everyProcessBelow(Number(readFileSync(lookAt, 'latin1')));
      expect(texts.length).toBeGreaterThan(1);
      for (const text of texts) expectNoSecrets(text);
      writeFileSync(`${lookAt}.seen`, '');
      expect(await reply).toMatch(/^535 /);
      client.leave();
      expect(errors()).toMatch(/ said by=client text="AUTH PLAIN/i);
      expectNoSecrets(errors());
    });
  });
});

async function untilThere(directory: string, name: string): Promise<void> {
  const watcher = watch(directory);
  while (!existsSync(join(directory, name))) await once(watcher, 'change');
  watcher.close();
}

/** Arguments and environments of the session that has started this process, and of all that belong to it. */
function everyProcessBelow(checker: number): readonly string[] {
  const session = parentOf(checker);
  const numbers = readdirSync('/proc')
    .filter((name) => /^[0-9]+$/.test(name))
    .map(Number);
  const concerned = numbers.filter((number) => number === session || parentOf(number) === session);
  return concerned.map((number) =>
    ['cmdline', 'environ'].map((name) => readFileSync(`/proc/${number}/${name}`, 'latin1')).join('\0'),
  );
}

function parentOf(number: number): number {
  try {
    return Number(/^PPid:\s*([0-9]+)$/m.exec(readFileSync(`/proc/${number}/status`, 'latin1'))?.[1] ?? 0);
  } catch {
    return 0; // gone in between
  }
}
