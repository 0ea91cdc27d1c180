// Logins that a real Dovecot checks: each mechanism with a right and a wrong password, through a session on both builds; users it says
// more of than yes or no, asked directly; and a Dovecot that is gone. It runs as root in a directory of its own, and touches
// nothing else.

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readFileSync, watch, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openAuthenticator } from '../../src/auth/authenticator.ts';
import type { SaslExchange } from '../../src/sasl/index.ts';
import { describeBuilds, itTakesTimeOnBuilds } from '../support/builds.ts';
import { removeDirectory, scratchDirectory } from '../support/home.ts';
import { needs, programPath } from '../support/needs.ts';
import { cleanEnvironment } from '../support/process-player.ts';
import { hmacMd5, scramFinal } from '../support/sasl.ts';

const { describe } = needs('dovecot');

let scratch: string;
let dovecot: ChildProcess | null = null;

const socketPath = (): string => join(scratch, 'run/mvmtr-auth');

const config = (): string => `
base_dir = ${scratch}/run
state_dir = ${scratch}/state
log_path = ${scratch}/dovecot.log
protocols =
ssl = no
default_internal_user = root
default_login_user = nobody
default_internal_group = root
first_valid_uid = 0
disable_plaintext_auth = no
auth_mechanisms = plain login cram-md5 scram-sha-256
auth_failure_delay = 0
auth_username_format = %Lu
passdb {
  driver = checkpassword
  args = ${scratch}/fails
  username_filter = *@down.example
}
passdb {
  driver = passwd-file
  args = scheme=PLAIN ${scratch}/users
}
service auth {
  unix_listener ${socketPath()} {
    mode = 0666
  }
  user = root
}
# Else who has failed waits for seconds.
service anvil {
  unix_listener anvil-auth-penalty {
    mode = 0
  }
}
service stats {
  unix_listener stats-writer {
    mode = 0666
  }
}
`;

async function startDovecot(): Promise<void> {
  const program = programPath('dovecot') ?? '';
  const watcher = watch(join(scratch, 'run'));
  dovecot = spawn(program, ['-F', '-c', join(scratch, 'dovecot.conf')], { stdio: 'ignore' });
  while (!existsSync(socketPath())) await once(watcher, 'change');
  watcher.close();
}

let stopping: Promise<unknown> | null = null;

async function stopDovecot(): Promise<void> {
  if (dovecot === null) return;
  stopping ??= once(dovecot, 'exit');
  dovecot.kill('SIGTERM');
  await stopping;
}

/** Its process that checks passwords; a Dovecot that is only told to stop lets it finish what it has begun. */
function killAuth(): void {
  const children = readFileSync(`/proc/${dovecot?.pid}/task/${dovecot?.pid}/children`, 'latin1');
  const pids = children.trim().split(' ').map(Number);
  const auth = pids.filter((pid) => readFileSync(`/proc/${pid}/comm`, 'latin1') === 'auth\n');
  expect(auth).not.toEqual([]);
  for (const pid of auth) process.kill(pid, 'SIGKILL');
}

/** A session of a program: says a line, and gives the reply. */
async function openSession(mvmtr: string, home: string) {
  const child = spawn(mvmtr, ['--qmail-home', home, '--queue', `maildir:${home}`], {
    env: { ...cleanEnvironment(), FORCETLS: '0', TCPREMOTEIP: '203.0.113.9' },
    stdio: ['pipe', 'pipe', 'ignore'],
  });
  let text = '';
  let wake = (): void => {};
  child.stdout.setEncoding('latin1').on('data', (more: string) => {
    text += more;
    wake();
  });
  child.stdout.on('end', () => wake());
  const reply = async (): Promise<string> => {
    for (;;) {
      const [, whole = ''] = /^((?:\d{3}-.*\r\n)*\d{3}(?: .*)?\r\n)/.exec(text) ?? [];
      if (whole !== '') {
        text = text.slice(whole.length);
        return whole.trimEnd();
      }
      if (child.stdout.readableEnded) return '';
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
    }
  };
  await reply();
  return {
    say(line: string): Promise<string> {
      child.stdin.write(`${line}\r\n`);
      return reply();
    },
    async close(): Promise<void> {
      child.stdin.end();
      await once(child, 'exit');
    },
  };
}

const b64 = (text: string): string => Buffer.from(text, 'latin1').toString('base64');
const plain = (text: string): string => Buffer.from(text, 'base64').toString('latin1');

/** One who may not log in, and one whose password only another host knows. */
const USERS = `joe@example.com:{PLAIN}secret
closed@example.com:{PLAIN}secret::::::nologin reason=closed
proxied@example.com:::::::proxy=y host=192.0.2.9 nopassword=y
`;

function ask(mechanism: string): SaslExchange {
  const source = { kind: 'dovecot', path: socketPath(), mechanisms: [] } as const;
  const exchange = openAuthenticator(source, { env: {} }).start(mechanism, {
    secured: true,
    channelBinding: () => null,
    hostName: 'mx.example.com',
    remoteIp: '203.0.113.9',
    remotePort: '50000',
    localIp: '192.0.2.1',
    localPort: '25',
  });
  if (exchange === null) throw new Error('no exchange');
  return exchange;
}

describe('Dovecot', () => {
  beforeAll(async () => {
    scratch = scratchDirectory();
    for (const name of ['run', 'state', 'home/control']) mkdirSync(join(scratch, name), { recursive: true });
    writeFileSync(join(scratch, 'users'), USERS);
    writeFileSync(join(scratch, 'fails'), '#!/bin/sh\nexit 111\n', { mode: 0o755 });
    writeFileSync(join(scratch, 'dovecot.conf'), config());
    writeFileSync(join(scratch, 'home/control/me'), 'mx.example.com\n');
    const mechanisms = 'PLAIN LOGIN CRAM-MD5 SCRAM-SHA-256';
    writeFileSync(join(scratch, 'home/control/smtpauth'), `dovecot ${socketPath()} ${mechanisms}\n`);
    await startDovecot();
  }, 30_000);
  afterAll(async () => {
    await stopDovecot();
    removeDirectory(scratch);
  });

  describeBuilds('is asked', (build) => {
    const session = () => openSession(build.mvmtr, join(scratch, 'home'));

    it('about PLAIN and LOGIN', async () => {
      const client = await session();
      expect(await client.say('EHLO x')).toContain('AUTH PLAIN LOGIN CRAM-MD5 SCRAM-SHA-256');
      expect(await client.say(`AUTH PLAIN ${b64('\0joe@example.com\0wrong')}`)).toMatch(/^535 5\.7\.8/);
      expect(await client.say('AUTH LOGIN')).toBe(`334 ${b64('Username:')}`);
      expect(await client.say(b64('joe@example.com'))).toBe(`334 ${b64('Password:')}`);
      expect(await client.say(b64('secret'))).toMatch(/^235/);
      await client.close();
      const other = await session();
      expect(await other.say(`AUTH PLAIN ${b64('\0JOE@example.com\0secret')}`)).toMatch(/^235/);
      expect(await other.say('MAIL FROM:<a@example.net>')).toMatch(/^250/);
      expect(await other.say('RCPT TO:<b@elsewhere.example>')).toMatch(/^250/);
      await other.close();
    });

    it('about CRAM-MD5', async () => {
      for (const [password, code] of [
        ['wrong', '535'],
        ['secret', '235'],
      ] as const) {
        const client = await session();
        const challenge = (await client.say('AUTH CRAM-MD5')).slice('334 '.length);
        const response = `joe@example.com ${hmacMd5(password, plain(challenge))}`;
        expect(await client.say(b64(response))).toMatch(new RegExp(`^${code}`));
        await client.close();
      }
    });

    it('about SCRAM-SHA-256', async () => {
      for (const [password, code] of [
        ['wrong', '535'],
        ['secret', '334'],
      ] as const) {
        const client = await session();
        const bare = 'n=joe@example.com,r=aNonceOfTheClient';
        const first = await client.say(`AUTH SCRAM-SHA-256 ${b64(`n,,${bare}`)}`);
        const { message, expects } = scramFinal(
          { password, header: 'n,,', bare },
          plain(first.slice('334 '.length)),
        );
        const final = await client.say(b64(message));
        expect(final).toMatch(new RegExp(`^${code}`));
        if (code === '334') {
          expect(plain(final.slice('334 '.length))).toBe(expects);
          expect(await client.say('')).toMatch(/^235/);
        }
        await client.close();
      }
    });
  });

  it.each([
    ['a user who is let in', 'joe@example.com', 'accepted'],
    ['a user who may not log in', 'closed@example.com', 'rejected'],
    ['a user whose password it has not looked at', 'proxied@example.com', 'unavailable'],
    ['a user it knows nothing of just now', 'joe@down.example', 'unavailable'],
    ['a user it does not have', 'nobody@example.com', 'rejected'],
  ])('is understood about %s', async (_, user, step) => {
    expect(await ask('PLAIN').next(`\0${user}\0secret`)).toMatchObject({ step, user });
  });

  it('is understood when it does not offer a mechanism', async () => {
    expect(await ask('GSSAPI').next('x')).toMatchObject({
      step: 'unavailable',
      why: expect.stringContaining('does not offer GSSAPI'),
    });
  });

  it('has not answered when it goes in the middle', async () => {
    const exchange = ask('LOGIN');
    expect(await exchange.next(null)).toMatchObject({ step: 'challenge' });
    killAuth();
    expect(await exchange.next('joe@example.com')).toMatchObject({ step: 'unavailable' });
  });

  itTakesTimeOnBuilds('cannot be asked when it is gone, which is 454', async (build) => {
    const client = await openSession(build.mvmtr, join(scratch, 'home'));
    await stopDovecot();
    expect(await client.say(`AUTH PLAIN ${b64('\0joe@example.com\0secret')}`)).toMatch(/^454 4\.7\.0/);
    await client.close();
  });
});
