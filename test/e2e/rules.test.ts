// The eight samples in control-samples/rules decide real sessions: each is the start file of a server under tcpserver, with its tables
// and, where it asks DNS, a name server on loopback that control/nameservers names. Both builds. A client says one line
// after the other and waits for each reply.

import { copyFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect } from 'vitest';
import { type CdbEntry, writeCdb } from '../../src/control/cdb-write.ts';
import { openState, report } from '../../src/reputation/index.ts';
import { describeBuilds } from '../support/builds.ts';
import { createHome, removeDirectory, scratchDirectory } from '../support/home.ts';
import { needs } from '../support/needs.ts';
import { cleanEnvironment, queueEnvironment, takeQueued } from '../support/process-player.ts';
import { serveZone } from '../support/rules.ts';
import { type DnsZone, type Queued, WILLING_QUEUE } from '../support/scenario.ts';
import { type TcpServer, tcpServer } from '../support/tcp-server.ts';

const SAMPLES = fileURLToPath(new URL('../../control-samples/rules/', import.meta.url));

let directory = '';
let server: TcpServer | null = null;
let stopNames = (): void => undefined;

beforeEach(() => {
  directory = scratchDirectory();
});

afterEach(async () => {
  await server?.stop();
  server = null;
  stopNames();
  stopNames = () => undefined;
  removeDirectory(directory);
});

interface Site {
  /** Command and arguments. */
  readonly command: readonly string[];
  readonly control?: Readonly<Record<string, string>>;
  readonly cdb?: Readonly<Record<string, readonly CdbEntry[]>>;
  readonly dns?: DnsZone;
}

const home = (): string => join(directory, 'home');
const out = (): string => join(directory, 'out');

/** A site for example.com whose start file is that sample; its port. */
async function serve(sample: string, { command, control = {}, cdb = {}, dns }: Site): Promise<number> {
  mkdirSync(out());
  createHome(home(), { control: {}, queue: WILLING_QUEUE });
  const files = { me: 'mx.example.com\n', rcpthosts: 'example.com\nexample.org\n', ...control };
  for (const [name, text] of Object.entries(files)) writeFileSync(join(home(), 'control', name), text);
  for (const [name, entries] of Object.entries(cdb)) writeCdb(join(home(), 'control', name), entries);
  copyFileSync(join(SAMPLES, `${sample}.mfl`), join(home(), 'control/mvmtr.mfl'));
  if (dns) stopNames = await serveZone(dns, home());
  server = await tcpServer(command, {
    ...cleanEnvironment(),
    ...queueEnvironment(home(), out(), WILLING_QUEUE),
  });
  return server.port;
}

/** The last line of every reply, the greeting first; a text with line ends is sent as a message. */
async function talk(port: number, ...said: readonly string[]): Promise<readonly string[]> {
  const socket = connect({ port, host: '127.0.0.1' });
  socket.setEncoding('latin1');
  const replies: string[] = [];
  const lines = [...said];
  let received = '';
  try {
    for await (const piece of socket) {
      received += piece;
      const reply = /^([0-9]{3}(?: .*)?)\r\n$/m.exec(received);
      if (reply === null) continue;
      replies.push(reply[1] ?? '');
      received = '';
      const next = lines.shift();
      if (next === undefined) break;
      socket.write(next.includes('\n') ? `${next.replaceAll('\n', '\r\n')}.\r\n` : `${next}\r\n`);
    }
  } finally {
    socket.destroy();
  }
  return replies;
}

const codes = (replies: readonly string[]): string => replies.map((reply) => reply.slice(0, 3)).join(' ');

const HELO = 'HELO client.example.net';
const from = (address: string): string => `MAIL FROM:<${address}>`;
const to = (address: string): string => `RCPT TO:<${address}>`;
const message = (...fields: readonly string[]): string => `${fields.join('\n')}\n\nhello\n`;

const envelopes = (queued: readonly Queued[]): readonly string[] => queued.map(({ envelope }) => envelope);

describeBuilds('rules under tcpserver', (build) => {
  const { it } = needs('tcpserver');
  const command = [build.mvmtr];

  it('backup-mx: one table of addresses, and none is 451', async () => {
    const entries: readonly CdbEntry[] = [
      ['@example.com', 'mx.example.com'],
      ['joe@example.com', 'ok'],
      ['ann@example.com', 'closed'],
      ['@example.net', 'mx2.example.net'],
    ];
    const port = await serve('backup-mx', { command, cdb: { 'addrmap.cdb': entries } });
    const replies = await talk(
      port,
      HELO,
      from('a@b.example'),
      to('joe@example.com'),
      to('ann@example.com'),
      to('eve@example.com'),
      to('anybody@example.net'), // we are its backup, and nobody knows whether the primary is up
      to('anybody@example.org'), // not in the table: rcpthosts
      to('anybody@elsewhere.example'),
      'DATA',
      message('Subject: test'),
    );
    expect(codes(replies)).toBe('220 250 250 250 550 550 250 250 553 354 250');
    expect(replies[4]).toContain('5.2.1 Mailbox closed');
    expect(replies[5]).toContain('5.1.1 No such user <eve@example.com>');
    expect(envelopes(await takeQueued(out()))).toEqual([
      'Fa@b.example\0Tjoe@example.com\0Tanybody@example.net\0Tanybody@example.org\0\0',
    ]);
  });

  it('backup-mx: a table that cannot be read is 451, never "no such user"', async () => {
    const port = await serve('backup-mx', { command });
    const replies = await talk(port, HELO, from('a@b.example'), to('joe@example.com'));
    expect(replies.at(-1)).toMatch(/^451 4\.3\.0 /);
  });

  it('badmailfrom-override: rules first, then control/badmailfrom', async () => {
    const port = await serve('badmailfrom-override', {
      command,
      control: { badmailfrom: '@lists.example.net\n' },
      dns: {
        'PTR 1.0.0.127.in-addr.arpa': ['mail.lists.example.net'],
        'A mail.lists.example.net': ['127.0.0.1'],
        'MX lists.example.net': ['10 mail.lists.example.net'],
        'MX trouble.example': 'fails',
      },
    });
    const replies = await talk(
      port,
      HELO,
      from('announce@lists.example.net'),
      to('joe@example.com'),
      'RSET',
      from('other@lists.example.net'),
      to('joe@example.com'),
      'RSET',
      from('a@b.invalid'),
      from('a@nothing.example'),
      from('a@trouble.example'),
    );
    expect(codes(replies)).toBe('220 250 250 250 250 250 553 250 550 550 451');
    expect(replies[6]).toContain('badmailfrom');
  });

  it('databytes-per-domain: the smallest limit counts', async () => {
    const port = await serve('databytes-per-domain', {
      command,
      cdb: { 'databytes.cdb': [['@example.org', '1000']] },
    });
    const long = message('Subject: test', `X-Long: ${'x'.repeat(2000)}`);
    const replies = await talk(
      port,
      'EHLO client.example.net',
      'MAIL FROM:<a@b.example> SIZE=1500',
      to('joe@example.org'),
      to('joe@example.com'),
      'RSET',
      from('a@b.example'),
      to('joe@example.org'),
      'DATA',
      long,
      from('a@b.example'),
      to('joe@example.com'),
      'DATA',
      long,
    );
    expect(codes(replies)).toBe('220 250 250 552 250 250 250 250 354 552 250 250 354 250');
    expect(replies[3]).toContain('5.3.4 Messages to example.org may have at most 1000 octets');
  });

  it('greylist-dynamic: strangers without a name come back in five minutes', async () => {
    const port = await serve('greylist-dynamic', { command, dns: { 'PTR 1.0.0.127.in-addr.arpa': [] } });
    const dialogue = [HELO, from('a@b.example'), to('postmaster@example.com'), to('joe@example.com')];
    for (const _ of ['the first time', 'at once again']) {
      const replies = await talk(port, ...dialogue);
      expect(codes(replies)).toBe('220 250 250 250 451');
      expect(replies.at(-1)).toBe('451 4.7.1 Greylisted, please retry');
    }
  });

  it('greylist-dynamic: a mail server is not kept waiting, a dialled-up one is', async () => {
    const dialogue = [HELO, from('a@b.example'), to('joe@example.com')];
    const named = (name: string): DnsZone => ({
      'PTR 1.0.0.127.in-addr.arpa': [name],
      [`A ${name}`]: ['127.0.0.1'],
    });
    const port = await serve('greylist-dynamic', { command, dns: named('mail.client.example') });
    expect((await talk(port, ...dialogue)).at(-1)).toMatch(/^250 /);
    stopNames();
    stopNames = await serveZone(named('pool12.client.example'), home());
    expect((await talk(port, ...dialogue)).at(-1)).toMatch(/^451 4\.7\.1 /);
  });

  it('header-sanity: what is wrong is refused or marked', async () => {
    const port = await serve('header-sanity', { command });
    const good = [
      'From: a@b.example',
      `Date: ${new Date().toUTCString().replace('GMT', '+0000')}`,
      'Subject: test',
    ];
    const transaction = (...fields: readonly string[]): readonly string[] => [
      from('a@b.example'),
      to('joe@example.com'),
      'DATA',
      message(...fields),
    ];
    const replies = await talk(
      port,
      HELO,
      ...transaction('Subject: no From'),
      ...transaction(...good, 'Subject: another'),
      ...transaction('From: a@b.example', 'Subject: no date'),
      ...transaction(...good),
    );
    const verdicts = [5, 9, 13, 17].map((index) => replies[index]?.replace(/ok .*/, 'ok'));
    expect(verdicts).toEqual([
      '550 5.6.0 Exactly one valid From field is required',
      '550 5.6.0 There is more than one Subject field',
      '250 2.0.0 ok',
      '250 2.0.0 ok',
    ]);
    const queued = await takeQueued(out(), 4);
    expect(queued.map((each) => /^X-Header-Check: .*$/m.exec(each.message)?.[0])).toEqual([
      'X-Header-Check: date',
      undefined,
    ]);
  });

  it('one-policy: recipients with another filter are sent to by themselves', async () => {
    const port = await serve('one-policy', {
      command,
      control: { profiles: 'joe@example.com strict\n@example.org none\n' },
    });
    const replies = await talk(
      port,
      HELO,
      from('a@b.example'),
      to('joe@example.com'),
      to('ann@example.org'),
      'DATA',
      message('Subject: test'),
      from('a@b.example'),
      to('ann@example.org'),
      'DATA',
      message('Subject: test'),
    );
    expect(codes(replies)).toBe('220 250 250 250 452 354 250 250 250 354 250');
    expect(replies[4]).toContain('4.5.3 Please send to <ann@example.org> in a separate transaction');
    expect(envelopes(await takeQueued(out()))).toEqual([
      'Fa@b.example\0Tjoe@example.com\0\0',
      'Fa@b.example\0Tann@example.org\0\0',
    ]);
  });

  it('spamtrap: who writes to one waits and is remembered', async () => {
    const port = await serve('spamtrap', { command, control: { spamtraps: 'trap@example.com\n' } });
    const began = Date.now();
    const replies = await talk(
      port,
      HELO,
      from('a@b.example'),
      to('joe@example.com'),
      to('trap@example.com'),
    );
    expect(codes(replies)).toBe('220 250 250 250 550');
    expect(Date.now() - began).toBeGreaterThanOrEqual(4990);
    const state = openState({ directory: join(home(), 'state'), now: Date.now });
    const more = { kind: 'spamtrap', key: '127.0.0.1', weight: 42, note: '' };
    expect(report(state, more)).toMatchObject({ ok: true });
    expect(await talk(port)).toEqual([expect.stringMatching(/^554 5\.7\.1 Poor reputation/)]);
  });

  it('submission: without TLS nobody gets further', async () => {
    const submission = ['env', 'TCPLOCALPORT=587', ...command];
    const port = await serve('submission', { command: submission });
    const replies = await talk(port, 'EHLO client.example.net', from('joe@example.com'));
    expect(replies.at(-1)).toBe('530 5.7.0 Must issue STARTTLS first');
  });

  it('submission: on the mail port it leaves everything to qmail’s controls', async () => {
    const port = await serve('submission', { command });
    const replies = await talk(
      port,
      HELO,
      from('a@b.example'),
      to('joe@example.com'),
      to('joe@elsewhere.example'),
    );
    expect(codes(replies)).toBe('220 250 250 250 553');
  });
});
