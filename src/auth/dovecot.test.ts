// Dovecot's protocol, with a made-up Dovecot: what we say, and that whatever is no plain answer is none. The real one is asked in
// test/e2e/dovecot.test.ts.

import { createServer, type Server, type Socket } from 'node:net';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { removeDirectory, scratchDirectory } from '../../test/support/home.ts';
import type { SaslContext } from '../sasl/index.ts';
import { dovecot } from './dovecot.ts';

const CONTEXT: SaslContext = {
  secured: true,
  channelBinding: () => null,
  hostName: 'mx.example.com',
  remoteIp: '203.0.113.9',
  remotePort: '50000',
  localIp: '192.0.2.1',
  localPort: '25',
};

const HELLO =
  'VERSION\t1\t2\nMECH\tPLAIN\tplaintext\nMECH\tSCRAM-SHA-256\nSPID\t1\nCUID\t2\nCOOKIE\tab\nDONE\n';

let scratch: string;
let path: string;
let server: Server | null = null;
const heard: string[] = [];
const sockets = new Set<Socket>();

beforeEach(() => {
  scratch = scratchDirectory();
  path = join(scratch, 'auth');
  heard.length = 0;
});
afterEach(async () => {
  for (const socket of sockets) socket.destroy();
  await new Promise((done) => (server ? server.close(done) : done(null)));
  server = null;
  removeDirectory(scratch);
});

/** @param answers to the lines that begin with AUTH and CONT, in order; null: hangs up */
async function serve(greeting: string, answers: readonly (string | null)[]): Promise<void> {
  const left = [...answers];
  server = createServer((socket) => {
    sockets.add(socket);
    socket.setEncoding('latin1');
    socket.write(greeting, 'latin1');
    socket.on('error', () => {});
    socket.on('data', (text: string) => {
      for (const line of text.split('\n').slice(0, -1)) {
        heard.push(line);
        if (!/^(?:AUTH|CONT)/.test(line)) continue;
        const answer = left.shift();
        if (answer === null) socket.destroy();
        else if (answer !== undefined) socket.write(answer, 'latin1');
      }
    });
  });
  await new Promise<void>((done) => server?.listen(path, done));
}

const start = (mechanism = 'PLAIN', seconds = 10) => {
  const exchange = dovecot({ path, seconds }).start(mechanism, CONTEXT);
  if (exchange === null) throw new Error('no exchange');
  return exchange;
};

it('hands on responses and challenges, and says who asks from where', async () => {
  await serve(HELLO, ['CONT\t1\tcj1h\n', 'OK\t1\tuser=joe@example.com\tresp=dj1i\n']);
  const exchange = start('SCRAM-SHA-256');
  expect(await exchange.next('n,,n=joe,r=x')).toEqual({ step: 'challenge', octets: 'r=a' });
  expect(await exchange.next('c=biws')).toEqual({ step: 'accepted', user: 'joe@example.com', data: 'v=b' });
  expect(heard.map((line) => line.replace(/^CPID\t\d+$/, 'CPID\tN'))).toEqual([
    'VERSION\t1\t1',
    'CPID\tN',
    `AUTH\t1\tSCRAM-SHA-256\tservice=smtp\tsecured\tlip=192.0.2.1\trip=203.0.113.9\tlport=25\trport=50000\tresp=${btoa('n,,n=joe,r=x')}`,
    `CONT\t1\t${btoa('c=biws')}`,
  ]);
});

it('has no initial response where the client has none, and an empty one where it has that', async () => {
  await serve(HELLO, ['FAIL\t1\n']);
  expect(await start().next(null)).toEqual({ step: 'rejected', user: '' });
  expect(heard.at(-1)).not.toContain('resp=');
});

it('takes a name that Dovecot has escaped', async () => {
  await serve(HELLO, ['OK\t1\tuser=a\x01tb\x011c\n']);
  expect(await start().next('x')).toEqual({ step: 'accepted', user: 'a\tb\x01c' });
});

it.each([
  'FAIL\t1\tuser=joe\treason=no',
  'FAIL\t1\tuser=joe\tcode=user_disabled',
  'FAIL\t1\tuser=joe\tcode=pass_expired',
  'FAIL\t1\tuser=joe\tauthz',
  'FAIL\t1\tuser=joe\treason=temp',
  'OK\t1\tuser=joe\tnologin\treason=closed',
  'OK\t1\tuser=joe\tnologin=y\thost=192.0.2.9',
])('takes %j for a refusal, with its user', async (answer) => {
  await serve(HELLO, [`${answer}\n`]);
  expect(await start().next('x')).toEqual({ step: 'rejected', user: 'joe' });
});

it('lets a user in of whom it is told more than it has to know', async () => {
  await serve(HELLO, ['OK\t1\tuser=joe\tnologins=2\treason=proxy\thost=192.0.2.9\n']);
  expect(await start().next('x')).toEqual({ step: 'accepted', user: 'joe' });
});

it('says whose password it could not have looked at', async () => {
  await serve(HELLO, ['FAIL\t1\tuser=joe\tcode=temp_fail\n']);
  expect(await start().next('x')).toMatchObject({ step: 'unavailable', user: 'joe' });
});

it('does not wait longer for a greeting that comes in drops', async () => {
  await serve('', []);
  server?.on('connection', (socket: Socket) => {
    const drops = setInterval(() => socket.write('MECH\tLOGIN\n'), 50);
    socket.on('close', () => clearInterval(drops));
  });
  expect(await start('PLAIN', 0.4).next('x')).toMatchObject({
    step: 'unavailable',
    why: expect.stringContaining('not answered in 0.4 s'),
  });
});

describe('no answer', () => {
  it.each<[string, string, string | null | undefined]>([
    ['a temporary failure', HELLO, 'FAIL\t1\tuser=joe\tcode=temp_fail\n'],
    ['a temporary failure of old', HELLO, 'FAIL\t1\tuser=joe\ttemp\n'],
    ['a user whose password another host looks at', HELLO, 'OK\t1\tuser=joe\tproxy\thost=192.0.2.9\n'],
    ['the same, with a value', HELLO, 'OK\t1\tuser=joe\tproxy=y\n'],
    ['a name with NUL', HELLO, 'OK\t1\tuser=jo\x010e\n'],
    ['last words that are no base64', HELLO, 'OK\t1\tuser=joe\tresp=?\n'],
    ['a greeting of more lines than can be', 'MECH\tPLAIN\n'.repeat(300), undefined],
    ['nobody', HELLO, 'OK\t1\n'],
    ['an answer to somebody else', HELLO, 'OK\t2\tuser=joe\n'],
    ['a word it does not have', HELLO, 'YES\t1\tuser=joe\n'],
    ['garbage', HELLO, '\xff\xfe\n'],
    ['a challenge that is no base64', HELLO, 'CONT\t1\t?\n'],
    ['hanging up', HELLO, null],
    ['hanging up in the middle of a line', HELLO, 'OK\t1\tuser=jo'],
    ['another version', HELLO.replace('VERSION\t1', 'VERSION\t2'), 'OK\t1\tuser=joe\n'],
    ['a greeting without end', 'x'.repeat(70_000), undefined],
    ['silence', HELLO, undefined],
    ['no mechanism', HELLO.replace('MECH\tPLAIN\tplaintext\n', ''), 'OK\t1\tuser=joe\n'],
  ])('is %s', async (_, greeting, answer) => {
    await serve(greeting, answer === undefined ? [] : [answer]);
    const exchange = start('PLAIN', 0.3);
    const step = await exchange.next('x');
    if (_ === 'hanging up in the middle of a line') {
      for (const socket of sockets) socket.destroy();
    }
    expect(step).toMatchObject({ step: 'unavailable', why: expect.stringContaining(path) });
  });

  it('is nobody there', async () => {
    expect(await start().next('x')).toMatchObject({
      step: 'unavailable',
      why: expect.stringContaining('ENOENT'),
    });
  });
});

it('lets go when the client cancels', async () => {
  await serve(HELLO, ['CONT\t1\t\n']);
  const exchange = start();
  expect(await exchange.next(null)).toEqual({ step: 'challenge', octets: '' });
  const gone = new Promise<void>((resolve) => {
    for (const socket of sockets) socket.once('close', () => resolve());
  });
  exchange.abort();
  await gone;
});
