// The filter for fail2ban against logs of real sessions, as they are and with multilog's time in front: a failed login is found with the
// address it came from, whatever user it was for; a good one, and one that nobody could check, are not found.

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { describeBuilds } from '../support/builds.ts';
import { needs } from '../support/needs.ts';
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
import { killServers, serve } from '../support/serve.ts';
import { greeted } from '../support/smtp-client.ts';
import { run, tcpServer } from '../support/tcp-server.ts';

const { describe } = needs('tcpserver', 'openssl', 'fail2ban-regex', 'tai64n');

const FILTER = fileURLToPath(new URL('../../contrib/fail2ban/filter.d/mvmtr.conf', import.meta.url));

const FORGED = 'mvmtr[1] auth result=failed ip=192.0.2.66 port=1 mechanism=PLAIN user=x';

/** Each from an address of its own. */
const BAD: readonly string[] = [
  USER,
  'joe smith',
  'joe "the" smith',
  'x ip=192.0.2.66',
  'x" ip=192.0.2.66 mechanism=PLAIN user=y',
  FORGED,
  'j\xf6\xe9\x80',
  'y'.repeat(200),
];
/** These cannot be names, and nobody is asked about them. */
const MALFORMED: readonly string[] = [`x\n${FORGED}`, `x\r\n${FORGED}\r\n`, ''];
const GOOD = '127.0.1.1';
const UNCHECKED = '127.0.1.2';
const NO_NAME = '127.0.1.3';

const addressOf = (index: number): string => `127.0.0.${10 + index}`;

let world: SecureWorld;

async function login(port: number, localAddress: string, words: readonly [string, string]): Promise<string> {
  const client = await greeted({ host: '127.0.0.1', port, localAddress });
  const reply = await client.ask(`AUTH PLAIN ${b64(['', ...words].join('\0'))}`);
  // What else a client may bring into a log.
  await client.ask(`HELO ${FORGED}`);
  await client.ask(`VRFY ${FORGED}`);
  await client.ask('QUIT');
  return reply;
}

async function everyLogin(port: number): Promise<void> {
  const bad = BAD.map(async (user, index) => {
    expect(await login(port, addressOf(index), [user, WRONG_PASSWORD]), user).toMatch(/^535 /);
  });
  const malformed = MALFORMED.map(async (user) => {
    expect(await login(port, NO_NAME, [user, WRONG_PASSWORD]), user).toMatch(/^501 /);
  });
  const good = login(port, GOOD, [USER, PASSWORD]).then((reply) => expect(reply).toMatch(/^235 /));
  const unchecked = login(port, UNCHECKED, ['exits-111', PASSWORD]);
  await Promise.all([...bad, ...malformed, good, unchecked.then((reply) => expect(reply).toMatch(/^454 /))]);
}

/** The addresses that fail2ban finds in a log. */
async function found(log: string, name: string): Promise<readonly string[]> {
  const path = join(world.directory, name);
  writeFileSync(path, log, 'latin1');
  const { exit, output } = await run(['fail2ban-regex', '-o', 'ip', path, FILTER]);
  expect(exit, output).toBe(0);
  return output
    .split('\n')
    .filter((line) => /^[0-9a-f.:]+$/i.test(line))
    .sort();
}

const ADDRESSES = BAD.map((_, index) => addressOf(index)).sort();

describe('the filter for fail2ban', () => {
  describeBuilds('finds who tries passwords', (build) => {
    beforeAll(() => {
      world = createSecureWorld({ smtpauth: `checkpassword ${CHECKPASSWORD} true\n` });
    });
    afterAll(async () => {
      await killServers();
      world.remove();
    });

    it('in the log of serve, and of sessions under tcpserver', async () => {
      const env = serverEnv(world, { FORCETLS: '0' });
      const [listener, byProcess] = await Promise.all([
        serve(build, { words: ['-HR', '127.0.0.1:0'], env }),
        tcpServer([build.mvmtr, '-v'], env),
      ]);
      try {
        await Promise.all([everyLogin(listener.port), everyLogin(byProcess.port)]);
      } finally {
        await Promise.all([listener.stop(), byProcess.stop()]);
      }
      for (const log of [listener.log(), byProcess.errors()]) {
        expect(log.match(/ auth result=ok /g)?.length).toBe(1);
        expect(log.match(/ auth result=unavailable /g)?.length).toBe(1);
        expectNoSecrets(log);
        expect(log).toContain(FORGED);
        const stamped = await run(['tai64n'], { input: log });
        expect(stamped.output).toMatch(/^@4[0-9a-f]{23} mvmtr\[/);
        const bySyslog = log.replace(/^(?=.)/gm, 'Dec  1 04:00:00 mx smtpd[42]: ');
        const ways = { current: log, stamped: stamped.output, bySyslog };
        const all = await Promise.all(Object.entries(ways).map(([name, text]) => found(text, name)));
        expect(all).toEqual([ADDRESSES, ADDRESSES, ADDRESSES]);
      }
    });
  });
});
