// Both builds under both names behind a real tcpserver, with real clients: swaks, smtp-source, and recordio and
// rblsmtpd in front. The queue is a program that keeps what it is given. Everything stays on the loopback interface,
// and ports are the system's choice.

import { createHash } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect } from 'vitest';
import { type Build, describeBuilds } from '../support/builds.ts';
import { createHome, removeDirectory, scratchDirectory } from '../support/home.ts';
import { needs } from '../support/needs.ts';
import { cleanEnvironment, queueEnvironment, takeQueued } from '../support/process-player.ts';
import { WILLING_QUEUE } from '../support/scenario.ts';
import { run, type TcpServer, tcpServer } from '../support/tcp-server.ts';

const MESSAGES = 500;

let directory = '';
let server: TcpServer | null = null;

beforeEach(() => {
  directory = scratchDirectory();
});

afterEach(async () => {
  await server?.stop();
  server = null;
  removeDirectory(directory);
});

const out = (): string => join(directory, 'out');

async function serve(
  command: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<number> {
  const home = join(directory, 'home');
  mkdirSync(out());
  createHome(home, {
    control: {
      me: { kind: 'file', octets: 'mx.example.com\n' },
      rcpthosts: { kind: 'file', octets: 'example.com\n' },
    },
    queue: WILLING_QUEUE,
  });
  server = await tcpServer(command, {
    ...cleanEnvironment(),
    ...queueEnvironment(home, out(), WILLING_QUEUE),
    ...env,
  });
  return server.port;
}

/** swaks arguments for one message; it leaves with 0 when the message was accepted. */
function swaks(port: number, ...more: readonly string[]): readonly [string, ...string[]] {
  const route = ['--server', '127.0.0.1', '--port', `${port}`, '--helo', 'client.example.net'];
  return ['swaks', ...route, '--from', 'sender@example.net', '--to', 'user@example.com', ...more];
}

const names = (build: Build): readonly (readonly [string, string])[] => [
  ['qmail-smtpd', build.qmailSmtpd],
  ['mvmtr', build.mvmtr],
];

describeBuilds('behind tcpserver', (build) => {
  for (const [name, program] of names(build)) {
    needs('tcpserver', 'swaks').it(`${name} takes a message from swaks`, async () => {
      const port = await serve([program]);
      const sent = await run(swaks(port, '--header', 'Subject: hello', '--body', 'line one\n.\n..dots\nend'));
      expect(sent.exit, sent.output).toBe(0);
      const [queued] = await takeQueued(out());
      expect(queued?.envelope).toBe('Fsender@example.net\0Tuser@example.com\0\0');
      expect(queued?.message).toMatch(
        /^Received: from .*client\.example\.net.*\(?.*127\.0\.0\.1.*\n {2}by mx\.example\.com with E?SMTP; .*\n/,
      );
      expect(queued?.message).toContain('\nSubject: hello\n');
      expect(queued?.message).toContain('\nline one\n.\n..dots\nend\n');
    });

    needs('tcpserver', 'swaks').it(`${name} refuses a recipient elsewhere`, async () => {
      const port = await serve([program]);
      const sent = await run(swaks(port, '--to', 'user@example.org'));
      expect(sent.exit, sent.output).toBe(24); // swaks: no recipient was accepted
      expect(sent.output).toMatch(/^<\*\* 553 /m);
      expect(await takeQueued(out())).toEqual([]);
    });

    needs('tcpserver', 'smtp-source').it(
      `${name} takes ${MESSAGES} messages from ten clients, each exactly once`,
      async () => {
        const port = await serve([program]);
        const options = [
          '-c',
          '-N',
          '-s',
          '10',
          '-m',
          `${MESSAGES}`,
          '-l',
          '3000',
          '-f',
          'sender@example.net',
        ];
        const sent = await run(['smtp-source', ...options, '-t', 'user@example.com', `127.0.0.1:${port}`]);
        expect(sent.exit, sent.output).toBe(0);
        const queued = await takeQueued(out());
        const recipients = queued.map(({ envelope }) => /\0T([^\0]*)\0\0$/.exec(envelope)?.[1]);
        expect(new Set(recipients).size).toBe(MESSAGES);
        expect(queued.length).toBe(MESSAGES);
        // Every body is the same; every message has one Message-Id of its own.
        expect(new Set(queued.map(({ message }) => digest(bodyOf(message)))).size).toBe(1);
        expect(new Set(queued.map(({ message }) => /^Message-Id: .*$/im.exec(message)?.[0])).size).toBe(
          MESSAGES,
        );
      },
      120_000,
    );
  }

  needs('tcpserver', 'recordio', 'swaks').it('qmail-smtpd works with recordio in front of it', async () => {
    const port = await serve(['recordio', build.qmailSmtpd]);
    const sent = await run(swaks(port));
    expect(sent.exit, sent.output).toBe(0);
    expect((await takeQueued(out())).length).toBe(1);
    expect(server?.errors()).toMatch(/ > 250 ok [0-9]+ qp [0-9]+/);
  });

  needs('tcpserver', 'rblsmtpd', 'swaks').it('qmail-smtpd works with rblsmtpd in front of it', async () => {
    const port = await serve(['rblsmtpd', build.qmailSmtpd], { RBLSMTPD: '' });
    const sent = await run(swaks(port));
    expect(sent.exit, sent.output).toBe(0);
    expect((await takeQueued(out())).length).toBe(1);
  });

  needs('tcpserver', 'rblsmtpd', 'swaks').it('rblsmtpd refuses clients instead of it', async () => {
    const port = await serve(['rblsmtpd', build.qmailSmtpd], { RBLSMTPD: 'listed' });
    const sent = await run(swaks(port));
    expect(sent.exit).not.toBe(0);
    expect(sent.output).toContain('451 listed');
    expect(await takeQueued(out())).toEqual([]);
  });

  needs('tcpserver', 'softlimit', 'swaks').it(
    'qmail-smtpd works within a softlimit on open files',
    async () => {
      const port = await serve(['softlimit', '-o', '40', build.qmailSmtpd]);
      const sent = await run(swaks(port));
      expect(sent.exit, sent.output).toBe(0);
      expect((await takeQueued(out())).length).toBe(1);
    },
  );
});

function bodyOf(message: string): string {
  return message.slice(message.indexOf('\n\n') + 2);
}

function digest(text: string): string {
  return createHash('sha256').update(text, 'latin1').digest('hex');
}
