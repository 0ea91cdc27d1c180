// TLS where every connection is a process: what a session costs that does not use it, and what STARTTLS costs one that does.
// CPU time is that of the session's process alone, as the kernel counted it (see ../wait.pl); what is compared is interleaved, in
// random order, and the figures are medians. The queue program's time is part of a message's on both sides.
// Fails by rejecting when a session ends otherwise than with 0, or a reply is not the one that belongs there.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { openSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { text } from 'node:stream/consumers';
import { connect as connectTls } from 'node:tls';
import { fileURLToPath } from 'node:url';
import { measure, median, runSession } from '../measure.mjs';

const WAITER = fileURLToPath(new URL('../wait.pl', import.meta.url));

const PATIENCE_MS = 20_000;

const RUNS = 40;

const QUIT = [{ expect: 220, mark: '220', send: 'QUIT\r\n' }, { expect: 221 }];

const MESSAGE = [
  { expect: 220, mark: '220', send: 'EHLO client.example\r\n' },
  { expect: 250, send: 'MAIL FROM:<a@client.example>\r\n' },
  { expect: 250, send: 'RCPT TO:<b@mx.example>\r\n' },
  { expect: 250, send: 'DATA\r\n' },
  { expect: 354, send: `Subject: start-up\r\n\r\n${`${'x'.repeat(62)}\r\n`.repeat(32)}.\r\n` },
  { expect: 250, send: 'QUIT\r\n' },
  { expect: 221 },
];

const NOTHING_COLUMNS = [
  { key: 'without', title: 'CPU ms without' },
  { key: 'with', title: 'CPU ms with' },
  { key: 'ratio', title: 'ratio' },
  { key: 'greeting', title: 'start to 220, ratio' },
];

/** Rounding of the clock and the other users of the machine: two measurements of the same thing differ by as much. */
const SAME = 1.03;

const unused = (name, title, dialogue) => ({
  name,
  title: `${title}, with a certificate and users in the control directory and without`,
  columns: NOTHING_COLUMNS,
  kind: 'process',
  bars: Object.fromEntries(
    ['native-mvmtr', 'native-qmail-smtpd'].map((peer) => [peer, [{ key: 'ratio', most: SAME }]]),
  ),
  run: ({ peer, world }) => compareHomes({ peer, world, dialogue }),
});

export const PROCESS_SCENARIOS = [
  unused('unused-quit', 'A session that says QUIT', QUIT),
  unused('unused-message', 'A session with one message and no TLS', MESSAGE),
  {
    name: 'starttls',
    title: 'A process that says EHLO and QUIT, and one with STARTTLS (TLS 1.3, P-256) and EHLO in between',
    columns: [
      { key: 'plain', title: 'CPU ms without' },
      { key: 'secured', title: 'CPU ms with' },
      { key: 'more', title: 'CPU ms more' },
      { key: 'wall', title: 'ms from start to the end, with' },
      { key: 'nothing', title: 'CPU ms of an empty program' },
    ],
    kind: 'process',
    bars: {
      'native-mvmtr': [{ key: 'more', most: 6 }],
      'native-qmail-smtpd': [{ key: 'more', most: 6 }],
      'node-mvmtr': [{ key: 'more', most: 25 }],
      'node-qmail-smtpd': [{ key: 'more', most: 25 }],
    },
    run: compareStartTls,
  },
];

async function compareHomes({ peer, world, dialogue }) {
  const variant = (name, home) => ({
    name,
    run: () =>
      runSession({ command: peer.command, env: environment(world, home), log: logOf(world), dialogue }),
  });
  const results = await measure(
    [variant('without', world.home), variant('with', world.secureHome)],
    runsOf(world),
  );
  const of = (name, figure) => median(results[name].map((run) => run[figure]));
  const [without, withThem] = [of('without', 'cpu'), of('with', 'cpu')];
  const greeting = of('with', '220') / of('without', '220');
  return { without, with: withThem, ratio: withThem / without, greeting };
}

async function compareStartTls({ peer, world }) {
  const variant = (name, isSecured) => ({
    name,
    run: () =>
      converseWith({ command: peer.command, env: environment(world, world.secureHome), isSecured, world }),
  });
  const command = world.noOps[peer.build];
  const empty = {
    name: 'nothing',
    run: () => runSession({ command, env: environment(world, world.home), log: logOf(world), dialogue: [] }),
  };
  const variants = [variant('plain', false), variant('secured', true), ...(command === null ? [] : [empty])];
  const { nothing = [], ...results } = await measure(variants, runsOf(world));
  const of = (name, figure) => median(results[name].map((run) => run[figure]));
  const [plain, secured] = [of('plain', 'cpu'), of('secured', 'cpu')];
  const more = secured - plain;
  return {
    plain,
    secured,
    more,
    wall: of('secured', 'exit'),
    nothing: median(nothing.map(({ cpu }) => cpu)),
  };
}

const runsOf = ({ share }) => Math.ceil(RUNS * share);

let log = null;
function logOf(world) {
  log ??= openSync(world.log, 'a');
  return log;
}

const environment = (world, home) => ({
  PATH: process.env.PATH,
  QMAIL_HOME: home,
  QMAILQUEUE: world.queues.null.path,
  TCPREMOTEIP: '192.0.2.7',
  TCPREMOTEHOST: 'client.example',
  TCPREMOTEPORT: '40000',
  TCPLOCALIP: '192.0.2.1',
  TCPLOCALHOST: 'mx.example',
  TCPLOCALPORT: '25',
});

/** One process on a connection of its own: EHLO and QUIT, with STARTTLS and another EHLO in between or without: `{ exit, cpu }`. */
async function converseWith({ command, env, isSecured, world }) {
  const server = createServer({ pauseOnConnect: true }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const client = connect({ port: server.address().port, host: '127.0.0.1', noDelay: true });
  const timer = setTimeout(() => client.destroy(new Error(`${command[0]}: no answer`)), PATIENCE_MS);
  try {
    const [accepted] = await once(server, 'connection');
    const stdio = [accepted, accepted, logOf(world), 'pipe'];
    const child = spawn('perl', [WAITER, ...command], { env, stdio });
    accepted.destroy();
    const [, report] = await Promise.all([converse(client, isSecured), text(child.stdio[3])]);
    const [start, end, user, system, status] = report.split(' ').map(Number);
    if (status !== 0) throw new Error(`${command.join(' ')}: ended with wait status ${status}`);
    return { exit: (end - start) * 1000, cpu: (user + system) * 1000 };
  } finally {
    clearTimeout(timer);
    client.destroy();
    server.close();
  }
}

async function converse(client, isSecured) {
  await expectReply(client, 220);
  client.write('EHLO client.example\r\n');
  await expectReply(client, 250);
  let socket = client;
  if (isSecured) {
    client.write('STARTTLS\r\n');
    await expectReply(client, 220);
    socket = connectTls({ socket: client, rejectUnauthorized: false });
    await once(socket, 'secureConnect');
    socket.write('EHLO client.example\r\n');
    await expectReply(socket, 250);
  }
  socket.write('QUIT\r\n');
  await expectReply(socket, 221);
  socket.end();
}

function expectReply(socket, code) {
  return new Promise((resolve, reject) => {
    let said = '';
    const stop = () => {
      socket.off('data', onData);
      socket.off('error', onError);
      socket.off('close', onClose);
    };
    const fail = (why) => {
      stop();
      reject(new Error(`${why} where ${code} was expected: ${said}`));
    };
    const onError = ({ message }) => fail(message);
    const onClose = () => fail('the end');
    const onData = (octets) => {
      said += octets.toString('latin1');
      const last = /^(\d{3})(?: [^\n]*)?\n$/m.exec(said);
      if (last === null) return;
      if (last[1] !== String(code)) return fail('another reply');
      stop();
      resolve();
    };
    socket.on('data', onData);
    socket.on('error', onError);
    socket.on('close', onClose);
  });
}
