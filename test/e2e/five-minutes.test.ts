// "TLS and AUTH in five minutes" of README.md, as it is written, on a host that has qmail and nothing for TLS: every command and every
// run script, with its paths, users and ports. Only the password is typed differently, because there is no terminal.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { ROOT } from '../../src/build/bundle.mjs';
import { missingFiles, nativeBuild } from '../support/builds.ts';
import { type FreshHost, freshHost, lackingForFreshHost, type Started } from '../support/fresh-host.ts';
import { present } from '../support/needs.ts';
import { lacking } from '../support/perl-modules.ts';

const README = readFileSync(join(ROOT, 'README.md'), 'utf8');

const QMAIL = `
mkdir -p /var/qmail/control /var/qmail/bin /var/queued /opt/mvmtr/dist/native
cp ${nativeBuild.mvmtr} /opt/mvmtr/dist/native
ln /opt/mvmtr/dist/native/mvmtr /opt/mvmtr/dist/native/qmail-smtpd
cp ${join(ROOT, 'test/support/queue-stand-in.pl')} ${join(ROOT, 'test/support/datagram-receiver.pl')} /opt
printf '#!/bin/sh\\nSTAND_IN_OUT=/var/queued exec perl /opt/queue-stand-in.pl\\n' >/var/qmail/bin/qmail-queue
chmod 755 /var/qmail/bin/qmail-queue
chmod 777 /var/queued
echo mx.example.com >/var/qmail/control/me
echo example.com >/var/qmail/control/rcpthosts
echo '127.0.0.1 localhost mx.example.com' >/etc/hosts
echo ':allow' | tcprules /etc/tcp.smtp.cdb /etc/tcp.smtp.tmp
`;

/** The indented block of the README that begins with this, or its lines from there on. */
function block(first: string): string {
  const from = README.indexOf(`\n    ${first}`);
  expect(from, first).toBeGreaterThanOrEqual(0);
  const [lines = ''] = README.slice(from + 1).match(/^(?: {4}.*\n|\n(?= {4}))+/) ?? [];
  return lines.replace(/^ {4}/gm, '');
}

/** The run script that ends in this line. */
function runScript(line: string): string {
  return `#!/bin/sh\nexec 2>&1\n${block(line)}`;
}

const COMMANDS = {
  setUp: block('cd /var/qmail/control'),
  port25: runScript(
    'exec tcpserver -v -R -l mx.example.com -x /etc/tcp.smtp.cdb -u 7791 -g 2108 0 25 \\\n      /opt',
  ),
  port587: runScript('exec env SMTPAUTH=! tcpserver'),
  port465: runScript('exec env SMTPS=1 SMTPAUTH=! tcpserver'),
  serve: runScript(
    'exec /opt/mvmtr/dist/native/mvmtr serve -v -R -l mx.example.com -x /etc/tcp.smtp.cdb \\\n      -u 7791 -g 2108 25 587',
  ),
  rule: block('hook connect { if (server.port != 25)'),
  clients: block('openssl s_client -connect mx.example.com:25').trim().split('\n'),
};
const [LOOK = '', SEND = ''] = COMMANDS.clients;

const PASSWORD = 'open sesame';

const native = present([
  ...missingFiles(nativeBuild),
  ...lackingForFreshHost(),
  ...lacking(['openssl', 'swaks', 'tcpserver'], ['Net::SSLeay']),
]);

let host: FreshHost;

native.describe('TLS and AUTH in five minutes, as they are written', () => {
  beforeAll(async () => {
    host = await freshHost(QMAIL);
    const { exit, output } = await host.type(COMMANDS.setUp, `${PASSWORD}\n`);
    expect(exit, output).toBe(0);
  });

  afterAll(() => host?.remove());

  const told = async (text: string, input?: string): Promise<string> => {
    const { exit, output } = await host.type(text, input);
    expect(exit, output).toBe(0);
    return output;
  };
  const refused = async (text: string): Promise<string> => {
    const { exit, output } = await host.type(text);
    expect(exit, output).not.toBe(0);
    return output;
  };
  const withPassword = (command: string): string =>
    `${command} --auth-password '${PASSWORD}' --from joe@example.com`;

  it('leave files that are in order', async () => {
    expect(await told('/opt/mvmtr/dist/native/mvmtr check --strict')).toMatch(/0 errors, 0 warnings$/m);
  });

  it('work with tcpserver on three ports', async () => {
    const servers: Started[] = [];
    try {
      for (const script of [COMMANDS.port25, COMMANDS.port587, COMMANDS.port465]) {
        const server = host.start(script);
        servers.push(server);
        await server.until(/^tcpserver: status: 0\/40$/m);
      }
      await takesMail();
      await servers[1]?.until(/ tls result=ok ip=127\.0\.0\.1 version=TLSv1\.3 /);
      await servers[1]?.until(/ auth result=ok ip=127\.0\.0\.1 port=\d+ mechanism=PLAIN user=joe$/m);
    } finally {
      for (const server of servers) await server.stop();
    }
  });

  it('work with serve, where a rule wants the login', async () => {
    await told(`cat >/var/qmail/control/mvmtr.mfl`, COMMANDS.rule);
    const supervisor = host.start('exec perl /opt/datagram-receiver.pl /var/notify');
    await supervisor.until(/^bound$/m);
    await told('chmod 777 /var/notify');
    const server = host.start(`NOTIFY_SOCKET=/var/notify; export NOTIFY_SOCKET\n${COMMANDS.serve}`);
    try {
      await supervisor.until(new RegExp(`^${Buffer.from('READY=1').toString('hex')}`, 'm'));
      await takesMail();
    } finally {
      await server.stop();
      await supervisor.stop();
    }
  });

  async function takesMail(): Promise<void> {
    const seen = await told(LOOK, 'EHLO me\nQUIT\n');
    expect(seen).toMatch(/^250[ -]AUTH SCRAM-SHA-256-PLUS SCRAM-SHA-256 PLAIN LOGIN\r?$/m);
    expect(await told(withPassword(SEND))).toMatch(/^<~ {2}250 (?:2\.\d\.\d )?ok /im);
    expect(await told(withPassword(SEND.replace('587 --tls', '465 --tlsc')))).toMatch(/^<~ {2}235 /m);
    for (const port of ['587 --tls', '465 --tlsc']) {
      const words = `swaks --server mx.example.com:${port} --from a@example.net --to you@example.com`;
      expect(await refused(words)).toMatch(/^<~\* 530 /m);
    }
    const stranger = 'swaks --server mx.example.com:25 --tls --from a@example.net';
    expect(await told(`${stranger} --to you@example.com`)).toMatch(/^<~ {2}250 (?:2\.\d\.\d )?ok /im);
    expect(await refused(`${stranger} --to you@example.net`)).toMatch(/^<~\* 553 /m);
  }
});
