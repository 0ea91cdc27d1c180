// The papers are true: README.md, QMAIL-COMPATIBILITY.md and src/README.md are held to the code. Files they name exist,
// nothing that has to be in them is missing, numbers are the code's numbers, samples are what the programs print. What they
// promise about real programs and no other test shows is played here, on both builds.

import { once } from 'node:events';
import { existsSync, mkdirSync, readdirSync, readFileSync, utimesSync, writeFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { join } from 'node:path';
import { connect as connectTls } from 'node:tls';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { DOORS, importsOf, ROOT } from '../src/build/bundle.mjs';
import { runProgram } from '../src/cli/program.ts';
import { CONTROL_TABLE, type ControlRow } from '../src/control/index.ts';
import { logLine } from '../src/log/index.ts';
import { compile } from '../src/rules/check/index.ts';
import { SERVE_HELP } from '../src/serve/listener/help.ts';
import { LISTENER_REPLIES } from '../src/serve/listener/replies.ts';
import { serveOptions } from '../src/serve/listener/serve-options.ts';
import { MVMTR, type SessionEvent } from '../src/session/index.ts';
import {
  AUTH_FAILURES,
  AUTH_LINE,
  type Limits,
  OWN_LIMITS,
  PENDING_REPLIES,
  QMAIL_ADDRESS,
  REFUSALS_LOGGED,
  STOCK_LIMITS,
} from '../src/session/limits.ts';
import { PATH_OCTETS, renderReply } from '../src/smtp/index.ts';
import { LIFETIME_SECONDS, ROTATE_SECONDS } from '../src/tls/tickets.ts';
import { type Build, describeBuilds, nativeBuild } from './support/builds.ts';
import { removeDirectory, scratchDirectory } from './support/home.ts';
import { needs, present } from './support/needs.ts';
import { oracleCases } from './support/oracle-cases.ts';
import { lacking } from './support/perl-modules.ts';
import { createWorld, type World } from './support/program.ts';
import { run, tcpServer } from './support/tcp-server.ts';

const paper = (name: string): string => readFileSync(join(ROOT, name), 'utf8');
const README = paper('README.md');
const COMPATIBILITY = paper('QMAIL-COMPATIBILITY.md');
const HOUSE = paper('src/README.md');
const ROWS: readonly ControlRow[] = CONTROL_TABLE;

/** The cells of every table row, without the marks of code. */
const rowsOf = (text: string): readonly (readonly string[])[] =>
  text
    .split('\n')
    .filter((line) => line.startsWith('|'))
    .map((line) => line.slice(1, -1).replaceAll('\\|', '/').replaceAll('`', '').split('|'))
    .map((cells) => cells.map((cell) => cell.trim()));

const inBackticks = (text: string): readonly string[] =>
  [...text.matchAll(/`([^`\n]+)`/g)].map(([, name]) => name ?? '');

/** What stands under a heading, its subheadings included. */
function section(text: string, heading: string): string {
  const level = /^#+/.exec(heading)?.[0].length ?? 0;
  const from = text.indexOf(`${heading}\n`);
  expect(from, heading).toBeGreaterThanOrEqual(0);
  const rest = text.slice(from + heading.length);
  const end = rest.search(new RegExp(`^#{1,${level}} `, 'm'));
  return end < 0 ? rest : rest.slice(0, end);
}

describe('QMAIL-COMPATIBILITY.md', () => {
  const blocks = COMPATIBILITY.split(/^### /m).slice(1);
  const tests = [...COMPATIBILITY.matchAll(/^ *Test:((?:.|\n(?! *\n|- |#))*)/gm)].map(
    ([, names]) => names ?? '',
  );
  const topics = oracleCases().map(({ id }) => id);

  it('has the four parts in every block', () => {
    expect(blocks.length).toBeGreaterThan(25);
    for (const block of blocks) {
      for (const part of ['\nStock: ', '\nStock profile: ', '\nmvmtr profile: ', '\nTest: ']) {
        expect(block.includes(part), `${part.trim()} in ${block.split('\n')[0]}`).toBe(true);
      }
    }
  });

  it('has a test for every deliberate difference', () => {
    const differences = section(COMPATIBILITY, '## Deliberate differences').split(/^- /m).slice(1);
    expect(differences.length).toBeGreaterThan(15);
    for (const difference of differences) expect(difference).toContain('\n  Test: `');
  });

  it('names tests that exist', () => {
    const named = tests.flatMap(inBackticks);
    expect(tests.length).toBeGreaterThan(45);
    expect(tests.filter((names) => inBackticks(names).length === 0)).toEqual([]);
    const missing = named.filter((name) =>
      /^(?:test|src)\//.test(name)
        ? !existsSync(join(ROOT, name))
        : !topics.some((id) => id === name || (name.endsWith('/') && id.startsWith(name))),
    );
    expect(missing).toEqual([]);
  });

  it.each(ROWS.map(({ file }) => file))('has a block for control/%s', (file) => {
    expect(COMPATIBILITY).toContain(`\n### FILE: ${file}\n`);
  });

  it.each([
    'DATABYTES',
    'TCPREMOTEIP',
    'TCPREMOTEHOST',
    'TCPREMOTEINFO',
    'TCPLOCALIP',
    'TCPLOCALHOST',
    'RELAYCLIENT',
    'QMAILQUEUE',
    'QMAIL_HOME',
    'SMTPS',
    'UCSPITLS',
    'DISABLETLS',
    'SMTPAUTH',
    'FORCETLS',
  ])('has a block for the variable %s, and the README a row', (name) => {
    expect(COMPATIBILITY).toContain(`\n### ENV: ${name}\n`);
    expect(section(README, '## Environment')).toContain(`\`${name}\``);
  });

  it('has all variables of UCSPI-TLS, and the README too', () => {
    expect(COMPATIBILITY).toContain('\n### ENV: SSLCTLFD, SSLREADFD, SSLWRITEFD\n');
    for (const name of ['SSLCTLFD', 'SSLREADFD', 'SSLWRITEFD']) {
      expect(section(README, '## Environment')).toContain(`\`${name}\``);
    }
  });

  it('has a block for every variable of whoever speaks TLS in front', () => {
    const source = paper('src/serve/outer-tls.ts');
    const named = [...source.matchAll(/value\('([A-Z_]+)'/g)].map(([, name]) => `SSL_${name}`);
    expect(named.length).toBeGreaterThan(5);
    const block = section(COMPATIBILITY, '### ENV: SSL_PROTOCOL and the like');
    expect(named.filter((name) => !block.includes(`\`${name}\``))).toEqual([]);
  });
});

describe('README.md', () => {
  it('has a row for every control, with what the table says', () => {
    const rows = rowsOf(section(README, '## Control files')).slice(2);
    expect(rows.map(([file]) => file).sort()).toEqual(ROWS.map(({ file }) => file).sort());
    for (const [file, , stock, own] of rows) {
      const row = ROWS.find((each) => each.file === file);
      expect([file, stock, own]).toEqual([file, row?.missing.stock ?? 'not read', row?.missing.mvmtr]);
    }
  });

  it('has every option', () => {
    const sources = ['src/cli/options.ts', 'src/cli/main.ts'].map(paper).join('\n');
    const options = [...sources.matchAll(/'(--?[A-Za-z][a-z-]*)'/g)].map(([, option]) => option ?? '');
    expect(options).toEqual(expect.arrayContaining(['--profile', '--qmail-home', '--queue', '-h', '-v']));
    const shown = inBackticks(section(README, '## Command line')).map((words) => words.split(' ')[0]);
    expect(options.filter((option) => !shown.includes(option))).toEqual([]);
  });

  it('has the limits of the code', () => {
    const number = (limit: number): string => (Number.isFinite(limit) ? String(limit) : 'none');
    const both = (limit: number): readonly string[] => [number(limit), number(limit)];
    const limit = (name: keyof Limits): readonly string[] => [
      number(STOCK_LIMITS[name]),
      number(OWN_LIMITS[name]),
    ];
    const rows = rowsOf(section(README, '## Limits')).slice(2);
    expect(rows.map(([, stock, own]) => [stock, own])).toEqual([
      limit('commandLine'),
      limit('recipients'),
      limit('envelope'),
      limit('errors'),
      limit('commandsWithoutMail'),
      limit('session'),
      // The path has brackets.
      [number(QMAIL_ADDRESS - 1), number(PATH_OCTETS - 2)],
      both(OWN_LIMITS.hops - 1),
      both(REFUSALS_LOGGED),
      both(PENDING_REPLIES),
      both(AUTH_LINE),
      both(AUTH_FAILURES),
    ]);
  });

  it('has every option of serve, and so has its help', () => {
    const source = paper('src/serve/listener/serve-options.ts');
    const options = [...source.matchAll(/^ {2}'(--?[A-Za-z0-9][a-z-]*)'/gm)].map(([, option = '']) => option);
    expect(options).toEqual(expect.arrayContaining(['-X', '-1', '--verbose', '-b', '--ready-fd']));
    const shown = rowsOf(section(README, '### Options of serve')).flatMap(([words = '']) =>
      words.split(', ').map((word) => word.split(' ')[0]),
    );
    // tcpserver's, of which the command line has nothing but an error.
    const expected = options.filter((option) => option !== '-B');
    expect(expected.filter((option) => !shown.includes(option))).toEqual([]);
    expect(expected.filter((option) => !new RegExp(`(?:^|[ ,])${option}[ ,]`, 'm').test(SERVE_HELP))).toEqual(
      [],
    );
  });

  it('has the defaults of serve, and so has its help', () => {
    const options = serveOptions([]);
    if (!('listen' in options)) throw new Error('no options');
    const rows = rowsOf(section(README, '### Options of serve'));
    const numbers: readonly [string, number][] = [
      ['-c', options.limits.total],
      ['--load-floor', options.limits.loadFloor],
      ['-t', options.identSeconds],
      ['--greet-delay', options.greetDelay],
      ['--queue-timeout', options.queueTimeout],
      ['--grace', options.grace],
      ['--workers', options.workers],
      ['-b', options.backlog],
    ];
    for (const [option, number] of numbers) {
      const row = rows.find(([words = '']) => words.split(' ')[0] === option);
      expect([option, row?.[1]]).toEqual([option, String(number)]);
      const [, help = ''] = SERVE_HELP.split(`\n  ${option} `);
      expect([option, /\(default: (\d+)\)/.exec(help)?.[1]]).toEqual([option, String(number)]);
    }
  });

  it('has every reply of the listener', () => {
    const rows = rowsOf(section(README, '### Who is turned away')).slice(2);
    expect(rows.map(([name, reply]) => `${name}: ${reply}\r\n`)).toEqual(
      Object.entries(LISTENER_REPLIES).map(
        ([name, reply]) => `${name}: ${renderReply(reply, MVMTR.dialect)}`,
      ),
    );
  });

  it('shows log lines of a listener', () => {
    const own = { pid: 18174, ip: '', host: '' };
    const client = { pid: '18174.1', ip: '203.0.113.9', host: 'client.example.net' };
    const note = (level: string, text: string): string =>
      logLine(own, { event: 'note', level, text, where: 'serve' });
    const lines = [
      note('info', 'status: 1/40'),
      logLine(client, { event: 'connect', profile: 'mvmtr' }),
      logLine(
        { ...client, pid: '18174.2' },
        { event: 'refused', stage: 'connect', code: 421, rule: 'per-address', argument: '' },
      ),
      note('info', 'SIGHUP: control files and rules read again'),
      note('info', 'paused: new clients are told to come later'),
      note('warning', 'out of descriptors with 930 connections: no new ones until some are free'),
      logLine(client, { event: 'end', how: 'closing', messages: 0, refused: 1, seconds: 12 }),
    ];
    const shown = section(README, '### Its lines in the log').match(/^ {4}.*$/gm);
    expect(shown).toEqual(lines.map((line) => `    ${line}`));
  });

  it('shows log lines of TLS and AUTH', () => {
    const client = { pid: 18174, ip: '203.0.113.9', host: 'client.example.net', port: '50000' };
    const line = (event: SessionEvent): string => `    ${logLine(client, event)}`;
    const cipher = 'TLS_AES_256_GCM_SHA384';
    const shown = section(README, '## TLS and AUTH in five minutes').match(/^ {4}mvmtr\[.*$/gm);
    expect(shown).toEqual([
      line({ event: 'tls', result: 'ok', version: 'TLSv1.3', cipher, sni: 'mx.example.com' }),
      line({ event: 'auth', result: 'ok', mechanism: 'PLAIN', user: 'joe' }),
      line({ event: 'passwords', by: '/home/vpopmail/bin/vchkpw', from: 'arguments' }),
      line({ event: 'tls', result: 'failed', why: 'no handshake in time' }),
      line({ event: 'auth', result: 'failed', mechanism: 'PLAIN', user: 'joe' }),
      line({
        event: 'auth',
        result: 'unavailable',
        mechanism: 'LOGIN',
        user: 'joe',
        why: '/bin/checkpassword left with 111',
      }),
    ]);
  });

  it('shows rules about TLS and AUTH that compile', () => {
    const text = section(README, '## TLS and AUTH in five minutes')
      .match(/^ {4}hook (?:.*\}|.*\n(?: {8}.*\n)+ {4}\})$/gm)
      ?.join('\n');
    expect(text?.match(/^ {4}hook /gm)?.length).toBe(2);
    const sources = {
      main: { name: 'mvmtr.mfl', text: `${text}\n`, dialect: 'mfl' },
      load: () => ({ problem: 'none' }),
    } as const;
    expect(compile(sources).problems).toEqual([]);
  });

  it('tells for how long ticket keys are used', () => {
    const tickets = section(README, '### Session tickets');
    expect(tickets).toContain(`after ${ROTATE_SECONDS / 3600} hours`);
    expect(tickets).toContain(`more than ${LIFETIME_SECONDS / 3600} hours`);
  });

  it('names the filter of fail2ban', () => {
    const [filter = ''] = README.match(/contrib\/fail2ban\/[^`]*/) ?? [];
    expect(existsSync(join(ROOT, filter))).toBe(true);
  });

  it('names scripts that exist', () => {
    const { scripts } = JSON.parse(paper('package.json'));
    const named = [...README.matchAll(/npm (?:run )?([a-z:]+)/g)].map(([, script]) => script ?? '');
    expect(named).toContain('demo');
    expect(named.filter((script) => script !== 'ci' && scripts[script] === undefined)).toEqual([]);
  });

  it('shows what the tools print', async () => {
    const directory = scratchDirectory();
    try {
      expect(samples('$ mvmtr check')).toBe(await checkSample(directory));
      expect(samples('$ mvmtr newmrh')).toBe(await toolOutput(['newmrh'], join(directory, 'nowhere')));
    } finally {
      removeDirectory(directory);
    }
  });
});

/** The lines of the sample that begins with this command. */
function samples(command: string): string {
  const from = README.indexOf(`    ${command}\n`) + command.length + 5;
  const block = README.slice(from, README.indexOf('\n\n', from));
  return `${block.replace(/^ {4}/gm, '')}\n`;
}

/** What a tool prints about this home, which the samples call /var/qmail. */
async function toolOutput(argv: readonly string[], home: string): Promise<string> {
  let printed = '';
  const print = (text: string): void => {
    printed += text;
  };
  const environment = { QMAIL_HOME: home, QMAILQUEUE: process.execPath };
  await runProgram(argv, { output: { out: print, err: print }, environment });
  return printed.replaceAll(home, '/var/qmail');
}

function checkSample(home: string): Promise<string> {
  const files = {
    me: 'mx.example.com\n',
    rcpthosts: 'example.com\n*.example.org\n',
    morercpthosts: 'example.net\n',
    databytes: '20M\n',
    badmailto: 'user@example.net\n',
  };
  mkdirSync(join(home, 'control'));
  for (const [name, text] of Object.entries(files)) {
    const file = join(home, 'control', name);
    writeFileSync(file, text);
    utimesSync(file, 0, 0);
  }
  return toolOutput(['check'], home);
}

describe('src/README.md', () => {
  it('names files that exist', () => {
    const named = inBackticks(HOUSE).filter((name) => /^(?:test|src|control-samples)\//.test(name));
    expect(named.length).toBeGreaterThan(20);
    expect(named.filter((name) => !existsSync(join(ROOT, name)))).toEqual([]);
  });

  it('knows the rooms, and what each uses', async () => {
    const all = readdirSync(join(ROOT, 'src'), { recursive: true, encoding: 'utf8' });
    const sources = all.filter((path) => path.endsWith('.ts') && !path.endsWith('.test.ts'));
    const uses = new Map<string, Set<string>>();
    const roomOf = (path: string): string | undefined => /^src\/([^/]+)\//.exec(path)?.[1];
    for (const { path, imports } of await importsOf(sources.map((source) => `src/${source}`))) {
      const room = roomOf(path);
      if (room === undefined) continue;
      const others = imports.flatMap(({ path: to }) => roomOf(to) ?? []).filter((to) => to !== room);
      uses.set(room, new Set([...(uses.get(room) ?? []), ...others]));
    }
    const shown = rowsOf(section(HOUSE, '## Rooms')).slice(2);
    const expected = [...uses].map(([room, others]) => [room, [...others].sort().join(', ') || 'nothing']);
    expect(shown.map(([room, , , used]) => [room, used]).sort()).toEqual(expected.sort());
  });

  it('knows the doors', () => {
    const shown = rowsOf(section(HOUSE, '## Doors')).slice(2);
    expect(shown.map(([door]) => door).sort()).toEqual(Object.keys(DOORS).sort());
  });
});

const OPENING = 'MAIL FROM:<sender@example.net>\r\nRCPT TO:<user@example.com>\r\nDATA\r\n';
const CONTENT = 'Subject: x\r\n\r\nhi\r\n.\r\n';
const REFUSED = 'MAIL FROM:<sender@example.net>\r\nRCPT TO:<user@example.org>\r\n';

let world: World;

describeBuilds('promises of the papers', (build) => {
  beforeEach(() => {
    world = createWorld();
  });

  afterEach(() => world.remove());

  it('the log lines in the README are those of a session', async () => {
    const input = `${REFUSED}RCPT TO:<user@example.com>\r\nDATA\r\n${CONTENT}QUIT\r\n`;
    const { output } = await run(['sh', '-c', 'exec "$0" 2>&1 >/dev/null', build.mvmtr], {
      env: world.env,
      input,
    });
    const plain = (text: string): string =>
      text.replace(/mvmtr\[\d+\]/g, 'mvmtr[n]').replace(/ (qp|seconds)=\d+/g, ' $1=n');
    const [shown = ''] = /(?: {4}mvmtr\[.*\n)+/.exec(section(README, '## The log')) ?? [];
    expect(plain(output)).toBe(plain(shown.replace(/^ {4}/gm, '')));
  });

  needs('tcpserver').it('nothing is logged to the client’s own socket', async () => {
    const server = await tcpServer(['sh', '-c', 'exec "$0" 2>&1', build.qmailSmtpd], world.env);
    try {
      const client = connect(server.port, '127.0.0.1');
      client.write(`${REFUSED}QUIT\r\n`);
      let heard = '';
      for await (const chunk of client) heard += String(chunk);
      expect(heard.split('\r\n').map((line) => line.slice(0, 4))).toEqual([
        ...['220 ', '250 ', '553 ', '221 '],
        '',
      ]);
    } finally {
      await server.stop();
    }
  });

  it('a wrong argument is 421 and exit 100, and told in the log', async () => {
    const { exit, output } = await run([build.mvmtr, 'mx.example.com'], { env: world.env });
    expect(exit).toBe(100);
    expect(output).toMatch(/^421 4\.3\.0 .*\r$/m);
    expect(output).toMatch(/^mvmtr: unknown argument "mx\.example\.com".*$/m);
  });

  it(`a queue script without "#!" is ${build === nativeBuild ? 'not executed' : 'given to the shell'}`, async () => {
    const script = join(world.home, 'script');
    writeFileSync(script, 'cat >/dev/null; cat <&1 >/dev/null; exit 0\n', { mode: 0o755 });
    const env = { ...world.env, QMAILQUEUE: script };
    const { output } = await run([build.qmailSmtpd], { env, input: `${OPENING}${CONTENT}QUIT\r\n` });
    expect(output).toMatch(build === nativeBuild ? /^451 unable to exec qq /m : /^250 ok \d+ qp \d+\r$/m);
  });
});

/** A command of the README, its lines joined, as somebody types it whose qmail is in this world. */
function asTyped(build: Build, first: string): string {
  const from = README.indexOf(`\n    ${first}`);
  expect(from, first).toBeGreaterThanOrEqual(0);
  const [block = ''] = README.slice(from + 1).match(/^(?: {4}.*\n)+/) ?? [];
  return block
    .replace(/^ {4}/gm, '')
    .replaceAll('/var/qmail', world.home)
    .replaceAll('/opt/mvmtr/dist/native/mvmtr', build.mvmtr)
    .replaceAll('/opt/mvmtr/dist/native/qmail-smtpd', build.qmailSmtpd)
    .replace(/chgrp 2108/g, `chgrp ${process.getgid?.()}`);
}

const five = present(lacking(['openssl', 'swaks', 'tcpserver'], ['Net::SSLeay']));

describeBuilds('TLS and AUTH in five minutes', (build) => {
  beforeEach(() => {
    world = createWorld({}, { noteEnv: ['TCPREMOTEINFO', 'RELAYCLIENT'] });
  });

  afterEach(() => world.remove());

  const make = async (): Promise<void> => {
    const script = asTyped(build, 'cd /var/qmail/control\n');
    const env = { ...world.env, QMAIL_HOME: world.home };
    const { exit, output } = await run(['sh', '-e', '-c', script], { env, input: 'open sesame\n' });
    expect(exit, output).toBe(0);
    const checked = await run([build.mvmtr, 'check', '--strict'], { env });
    expect(checked.output).toMatch(/0 errors, 0 warnings$/m);
  };

  five.it('a fresh host has TLS, and joe can log in', async () => {
    await make();
    const line = asTyped(build, 'exec env SMTPAUTH=! tcpserver');
    expect(line).toContain(build.qmailSmtpd);
    const server = await tcpServer([build.qmailSmtpd], { ...world.env, SMTPAUTH: '!' });
    try {
      const commands = asTyped(build, 'openssl s_client');
      const [look = '', send = ''] = commands
        .replace(/mx\.example\.com:\d+/g, `127.0.0.1:${server.port}`)
        .trim()
        .split('\n');
      const input = 'EHLO me\nQUIT\n';
      const seen = await run(['sh', '-c', `${look} 2>&1`], { input });
      expect(seen.output).toMatch(/^250 AUTH SCRAM-SHA-256-PLUS SCRAM-SHA-256 PLAIN LOGIN\r?$/m);
      const words = `${send} --auth-password 'open sesame' --from joe@example.com --helo client.example.net`;
      const sent = await run(['sh', '-c', words]);
      expect(sent.exit, sent.output).toBe(0);
      expect(sent.output).toMatch(/^<~ {2}250 ok \d+ qp \d+$/m);
      await server.untilErrors((errors) => / auth result=ok .*\bmechanism=PLAIN user=joe$/m.test(errors));
    } finally {
      await server.stop();
    }
  });

  five.it('with SMTPS it begins with TLS', async () => {
    await make();
    const server = await tcpServer([build.qmailSmtpd], { ...world.env, SMTPS: '1', SMTPAUTH: '!' });
    try {
      const { output } = await run(
        ['openssl', 's_client', '-connect', `127.0.0.1:${server.port}`, '-crlf', '-quiet'],
        { input: 'MAIL FROM:<a@example.net>\nQUIT\n' },
      );
      expect(output).toMatch(/^220 mx\.example\.com ESMTP\r?$/m);
      expect(output).toMatch(/^530 AUTH first \(#5\.7\.0\)\r?$/m);
    } finally {
      await server.stop();
    }
  });

  five.it('octets behind STARTTLS are thrown away, and counted', async () => {
    await make();
    const server = await tcpServer([build.qmailSmtpd], world.env);
    const behind = 'MAIL FROM:<attacker@example.net>\r\n';
    const socket = connect(server.port, '127.0.0.1');
    try {
      await heard(socket, /^220 .*\r\n/);
      socket.write(`STARTTLS\r\n${behind}`);
      await heard(socket, /^220 ready for tls\r\n/);
      const secured = connectTls({ socket, rejectUnauthorized: false });
      await once(secured, 'secureConnect');
      secured.write('RCPT TO:<user@example.com>\r\nQUIT\r\n');
      await heard(secured, /^503 .*\r\n221 .*\r\n/);
      await server.untilErrors((errors) =>
        new RegExp(` tls result=ok .* discarded=${behind.length}$`, 'm').test(errors),
      );
    } finally {
      socket.destroy();
      await server.stop();
    }
  });
});

/** Resolves when the next that comes is this. */
async function heard(socket: Socket, expected: RegExp): Promise<void> {
  let text = '';
  while (!expected.test(text)) {
    const octets = socket.read() ?? (await once(socket, 'readable').then(() => socket.read()));
    if (octets === null) throw new Error(`instead of ${expected}: "${text}"`);
    text += String(octets);
  }
}
