// Connections with TLS that end where they should not: in the handshake, between commands and in a message, by an end without TLS's
// own end, by a reset, or by words that are not TLS. Nothing of such a message is queued, nobody else is held up, and
// nothing is left of any of them.

import { once } from 'node:events';
import { readdirSync, readlinkSync } from 'node:fs';
import { Duplex } from 'node:stream';
import { connect } from 'node:tls';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Build, describeBuilds } from '../support/builds.ts';
import { caughtHello } from '../support/client-hellos.ts';
import { needs } from '../support/needs.ts';
import { takeQueued } from '../support/process-player.ts';
import { createSecureWorld, type SecureWorld, serverEnv } from '../support/secure-world.ts';
import { killServers, type Served, serve, within } from '../support/serve.ts';
import {
  clientOn,
  greeted,
  LONG_TEXT,
  openMessage,
  type SmtpClient,
  sendMessage,
  smtpClient,
} from '../support/smtp-client.ts';
import { type TcpServer, tcpServer } from '../support/tcp-server.ts';
import { smtpsClient, starttlsClient } from '../support/tls-client.ts';

const { describe } = needs('tcpserver', 'openssl');

/** Times everything happens at once. */
const CROWD = 8;

let world: SecureWorld;
let listener: Served;
let byProcess: TcpServer;
let hello: Uint8Array;

async function startAll(build: Build): Promise<void> {
  world = createSecureWorld();
  hello = await caughtHello({ servername: 'mx.example.com' });
  const env = serverEnv(world);
  const words = ['-HRv', '-c', '400', '-l', 'mx.example.com', '127.0.0.1:0', 'tls:127.0.0.1:0'];
  [listener, byProcess] = await Promise.all([
    serve(build, { words, env }),
    tcpServer([build.mvmtr], env, ['-c', '100']),
  ]);
}

interface Way {
  /** TLS from the first octet. */
  readonly implicit: boolean;
  readonly port: number;
}

const ways = (): readonly Way[] => [
  { implicit: false, port: listener.port },
  { implicit: true, port: listener.ports[1] ?? 0 },
  { implicit: false, port: byProcess.port },
];

/** A client from which a handshake is expected next. */
async function beforeHandshake({ implicit, port }: Way): Promise<SmtpClient> {
  if (implicit) {
    const client = smtpClient(port);
    await within('a connection', () => '', once(client.socket, 'connect'));
    return client;
  }
  const client = await greeted(port);
  expect(await client.ask('STARTTLS')).toMatch(/^220 /);
  return client;
}

interface Secured {
  /** What TLS is spoken on, by which the client can leave without a word of TLS. */
  readonly below: SmtpClient;
  readonly client: SmtpClient;
}

async function secured(way: Way): Promise<Secured> {
  const below = await beforeHandshake(way);
  const { socket } = below;
  const stream = new Duplex({
    read() {},
    write: (octets, _, done) => void socket.write(octets, () => done()),
  });
  socket.on('data', (octets) => stream.push(octets));
  socket.on('close', () => stream.push(null));
  const tls = connect({ socket: stream, rejectUnauthorized: false });
  const client = clientOn(tls);
  await within('a handshake', () => '', once(tls, 'secureConnect'));
  if (way.implicit) expect(await client.reply()).toMatch(/^220 /);
  return { below, client };
}

/** How a client leaves. */
const LEAVING: readonly ((client: SmtpClient) => void)[] = [
  ({ socket }) => void socket.destroy(),
  ({ socket }) => void socket.resetAndDestroy(),
];

/** What comes instead of a handshake. */
const handshakes = (): readonly Uint8Array[] => [
  new Uint8Array(0),
  hello.subarray(0, 3),
  hello.subarray(0, hello.length >> 1),
  hello,
];

const GARBAGE: readonly string[] = [
  'QUIT\r\n',
  'GET / HTTP/1.0\r\n\r\n',
  '\x16\x03\x01\xff\xff',
  '\x80\x2e\x01\x03',
];

async function breaksOff(way: Way, octets: Uint8Array, leave: (client: SmtpClient) => void): Promise<void> {
  const client = await beforeHandshake(way);
  await new Promise<void>((resolve) => client.socket.write(octets, () => resolve()));
  leave(client);
}

async function talksNonsense(way: Way, octets: string): Promise<void> {
  const client = await beforeHandshake(way);
  client.say(octets);
  client.socket.end();
  await within('the end', () => octets, client.ended);
  expect(client.unread()).not.toMatch(/[0-9]{3}[ -]/);
}

const SAID: readonly ((client: SmtpClient) => Promise<void>)[] = [
  async (client) => client.say('MAIL FRO'),
  async (client) => {
    await openMessage(client, 'victim@example.com');
    client.say('Subject: never to be queued\r\n\r\nbegun\r\n');
  },
  async (client) => {
    await openMessage(client, 'victim@example.com');
    client.say(`Subject: never to be queued\r\n\r\n${LONG_TEXT}.\r`);
  },
];

async function leavesSession(
  way: Way,
  say: (typeof SAID)[number],
  leave: (typeof LEAVING)[number],
): Promise<void> {
  const { below, client } = await secured(way);
  await say(client);
  leave(below);
}

const count = (log: string, pattern: RegExp): number => log.match(new RegExp(pattern, 'gm'))?.length ?? 0;

const sockets = (): number =>
  readdirSync(`/proc/${listener.pid}/fd`).filter((fd) => linkOf(fd).startsWith('socket:')).length;

function linkOf(fd: string): string {
  try {
    return readlinkSync(`/proc/${listener.pid}/fd/${fd}`);
  } catch {
    return ''; // closed in between
  }
}

async function untilNobodyIsThere(): Promise<void> {
  const isOver = (log: string): boolean =>
    log.lastIndexOf('text="status: 0/400"') === log.lastIndexOf('text="status: ');
  for (let lines = 1; !isOver(listener.log()); lines += 1) await listener.untilLog(/./, lines);
}

/** A message from somebody well-behaved by each way is queued, and nothing else was. */
async function expectNothingHappened(): Promise<void> {
  const goodOnes = await Promise.all([
    starttlsClient(listener.port),
    smtpsClient(listener.ports[1] ?? 0),
    starttlsClient(byProcess.port),
  ]);
  for (const client of goodOnes) {
    expect(await sendMessage(client, 'good@example.com')).toMatch(/^250 /);
    expect(await client.ask('QUIT')).toMatch(/^221 /);
  }
  const queued = await takeQueued(world.out);
  expect(queued.filter(({ envelope }) => !envelope.includes('Tgood@'))).toEqual([]);
  for (const { message } of queued) expect(message).not.toContain('never to be queued');
}

describe('TLS that is cut off', () => {
  describeBuilds('is survived', (build) => {
    beforeAll(() => startAll(build));
    afterAll(async () => {
      await byProcess.stop();
      await killServers();
      world.remove();
    });

    it('in the handshake', async () => {
      const failed = / tls result=failed ip=127\.0\.0\.1 .*why=.+$/;
      const over = / end how=/;
      const seen = () =>
        [listener.log(), byProcess.errors()].map((log) => [count(log, failed), count(log, over)]);
      const [[before = 0] = [], [beforeThere = 0, overThere = 0] = []] = seen();
      for (const way of ways()) {
        await Promise.all([
          ...handshakes().flatMap((octets) => LEAVING.map((leave) => breaksOff(way, octets, leave))),
          ...GARBAGE.map((octets) => talksNonsense(way, octets)),
        ]);
      }
      const each = handshakes().length * LEAVING.length + GARBAGE.length;
      // A connection that was reset before it was taken from the kernel was never seen.
      await listener.untilLog(failed, before + each + handshakes().length + GARBAGE.length);
      await within(
        'the ends',
        byProcess.errors,
        byProcess.untilErrors(
          (log) => count(log, failed) >= beforeThere + each && count(log, over) >= overThere + each,
        ),
      );
      await untilNobodyIsThere();
      await expectNothingHappened();
    });

    it('in a session, without an end of TLS and with a reset', async () => {
      const over = / end how=(?:client-left|timeout)/;
      const before = count(byProcess.errors(), over);
      for (const way of ways()) {
        await Promise.all(SAID.flatMap((say) => LEAVING.map((leave) => leavesSession(way, say, leave))));
      }
      const each = SAID.length * LEAVING.length;
      const isOver = (log: string): boolean => count(log, over) >= before + each;
      await within('the ends', byProcess.errors, byProcess.untilErrors(isOver));
      await untilNobodyIsThere();
      await expectNothingHappened();
    });

    it('with an end of TLS in the middle of a message', async () => {
      for (const way of ways()) {
        const { client } = await secured(way);
        await openMessage(client, 'victim@example.com');
        client.say('Subject: never to be queued\r\n\r\nbegun\r\n');
        client.socket.end();
        await within('the end', () => '', client.ended);
      }
      await expectNothingHappened();
    });

    it('many at once, while others are served', async () => {
      await untilNobodyIsThere();
      const before = sockets();
      const [byStarttls, bySmtps] = ways() as readonly [Way, Way];
      const silent = await Promise.all(
        Array.from({ length: CROWD }, async (_, index) => {
          const client = await beforeHandshake(index % 2 === 0 ? byStarttls : bySmtps);
          client.socket.write(hello.subarray(0, hello.length >> 1));
          return client;
        }),
      );
      const crowd = Array.from({ length: CROWD }, () => [byStarttls, bySmtps]).flat();
      const troubles = crowd.flatMap((way) => [
        ...LEAVING.map((leave) => breaksOff(way, hello.subarray(0, hello.length >> 1), leave)),
        ...LEAVING.map((leave) => breaksOff(way, hello, leave)),
        ...GARBAGE.map((octets) => talksNonsense(way, octets)),
        ...SAID.flatMap((say) => LEAVING.map((leave) => leavesSession(way, say, leave))),
      ]);
      await Promise.all([...troubles, expectNothingHappened()]);
      await expectNothingHappened(); // while those who are silent in the middle of their hello are still here
      for (const client of silent) client.leave();
      await untilNobodyIsThere();
      expect(sockets()).toBeLessThanOrEqual(before);
      await expectNothingHappened();
      expect(listener.lines(/ fault /)).toEqual([]);
      expect(await listener.stop()).toBe(0);
    });
  });
});
