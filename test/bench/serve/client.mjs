// node client.mjs MODE OPTIONS(JSON): the clients of the bench that smtp-source cannot be, each in a process of its own, on as
// little CPU time as it can: prepared octets, and replies looked at no closer than needed to know that they are the right ones.
// Prints one JSON value a line; modes that stay (idle, slow) do what the lines on standard input say until it ends.
// Fails by leaving with 1 and a sentence on standard error as soon as a reply is not what it should be, or a connection ends
// that should not.

import { connect } from 'node:net';
import { createInterface } from 'node:readline';

const LF = 10;

const HELLO = 'EHLO client.example\r\n';
const MAIL = 'MAIL FROM:<a@client.example>\r\n';
const RCPT = 'RCPT TO:<b@mx.example>\r\n';
const HEADER = 'From: a@client.example\r\nTo: b@mx.example\r\nSubject: bulk\r\n\r\n';

const seconds = () => Number(process.hrtime.bigint()) / 1e9;

const tell = (value) => process.stdout.write(`${JSON.stringify(value)}\n`);

function fail(why) {
  process.stderr.write(`${why}\n`);
  process.exit(1);
}

/**
 * A connection: `{ socket, reply(), divert(handler), isOpen() }`. `reply()` is the next complete reply, as text; octets go to
 * a handler instead while there is one.
 */
function dial(port) {
  const socket = connect({ port, host: '127.0.0.1', noDelay: true });
  let said = '';
  let wake = () => {};
  let handler = null;
  let ended = null;
  const end = (why) => {
    ended ??= why;
    wake();
  };
  socket.on('data', (octets) => {
    if (handler !== null) return handler(octets);
    said += octets.toString('latin1');
    wake();
  });
  socket.on('error', (error) => end(error.message));
  socket.on('end', () => end('closed'));
  socket.on('close', () => end('closed'));
  const reply = async () => {
    for (;;) {
      const found = /^\d{3}(?: [^\n]*)?\r?\n/m.exec(said);
      if (found !== null) {
        const text = said.slice(0, found.index + found[0].length);
        said = said.slice(text.length);
        return text;
      }
      if (ended !== null) return `connection: ${ended}`;
      await new Promise((resolve) => {
        wake = resolve;
      });
    }
  };
  const divert = (to) => {
    handler = to;
  };
  return { socket, reply, divert, isOpen: () => ended === null };
}

/** Says each line and wants a reply that begins with the code before it: `[['220'], ['250', line], …]`. */
async function converse({ socket, reply }, steps) {
  for (const [code, line] of steps) {
    if (line !== undefined) socket.write(line, 'latin1');
    const text = await reply();
    if (!text.startsWith(code)) fail(`wanted ${code} after ${line?.slice(0, 40).trim()}: ${text.trim()}`);
  }
}

/** One client after the other on each of `parallel` lanes: greeting, QUIT, end. */
async function quit({ port, connections, parallel }) {
  let left = connections;
  const lane = async () => {
    while (left > 0) {
      left -= 1;
      await quitOnce(port);
    }
  };
  const start = seconds();
  await Promise.all(Array.from({ length: parallel }, lane));
  tell({ seconds: seconds() - start });
}

const quitOnce = (port) =>
  new Promise((resolve) => {
    let replies = 0;
    const socket = connect({ port, host: '127.0.0.1', noDelay: true });
    socket.on('data', (octets) => {
      const code = replies === 0 ? '220' : '221';
      if (octets.at(-1) !== LF || octets.toString('latin1', 0, 3) !== code) fail(`wanted ${code}: ${octets}`);
      replies += 1;
      if (replies === 1) socket.write('QUIT\r\n');
    });
    socket.on('error', (error) => fail(error.message));
    socket.on('close', () => (replies === 2 ? resolve() : fail(`closed after ${replies} replies`)));
  });

/** `total` recipients that the server does not know, `window` in flight on each of `connections`. */
async function refuse({ port, total, connections, window }) {
  const dialled = Array.from({ length: connections }, () => dial(port));
  await Promise.all(dialled.map((each) => converse(each, [['220'], ['250', HELLO], ['250', MAIL]])));
  const line = Buffer.from('RCPT TO:<nobody@elsewhere.example>\r\n');
  const lines = Buffer.concat(Array(window).fill(line));
  const start = seconds();
  const share = total / connections;
  await Promise.all(dialled.map((session) => refuseOn(session, { lines, line, window, share })));
  const took = seconds() - start;
  await Promise.all(dialled.map((each) => converse(each, [['221', 'QUIT\r\n']])));
  tell({ seconds: took });
}

/** All replies are the same but for where they are cut: the first is looked at, of the others the octets are counted. */
function refuseOn({ socket, divert }, { lines, line, window, share }) {
  let sent = 0;
  let replies = 0;
  let octets = 0;
  let first = '';
  const send = (count) => {
    const now = Math.min(count, share - sent);
    sent += now;
    if (now > 0) socket.write(lines.subarray(0, now * line.length));
  };
  return new Promise((resolve) => {
    divert((chunk) => {
      if (replies === 0) first += chunk.toString('latin1', 0, 200);
      octets += chunk.length;
      let count = 0;
      for (let at = chunk.indexOf(LF); at >= 0; at = chunk.indexOf(LF, at + 1)) count += 1;
      replies += count;
      if (replies < share) return send(count);
      const reply = first.slice(0, first.indexOf('\n') + 1);
      if (!reply.startsWith('55') || octets !== share * reply.length) {
        fail(`${replies} replies in ${octets} octets are not ${share} times ${reply}`);
      }
      divert(null);
      resolve();
    });
    send(window);
  });
}

/** Messages of `octets` octets each on one connection. */
async function send({ port, messages, octets }) {
  const session = dial(port);
  await converse(session, [['220'], ['250', HELLO]]);
  const block = contentBlock();
  const start = seconds();
  for (let n = 0; n < messages; n++) {
    await converse(session, [
      ['250', MAIL],
      ['250', RCPT],
      ['354', 'DATA\r\n'],
    ]);
    session.socket.write(HEADER);
    await pour(session.socket, block, octets);
    await converse(session, [['250', '.\r\n']]);
  }
  const took = seconds() - start;
  await converse(session, [['221', 'QUIT\r\n']]);
  tell({ seconds: took });
}

/** Lines of 72 octets with their CRLF; every sixteenth begins with a dot, and with a second one for the wire. */
function contentBlock() {
  const plain = `${'x'.repeat(70)}\r\n`;
  const dotted = `..${'y'.repeat(68)}\r\n`;
  return Buffer.from(`${plain.repeat(15)}${dotted}`.repeat(512), 'latin1');
}

/** Whole lines, so that the content ends with one. */
async function pour(socket, block, octets) {
  const line = 72;
  for (let left = Math.floor(octets / line) * line; left > 0; left -= block.length) {
    if (socket.write(left < block.length ? block.subarray(0, left) : block)) continue;
    await new Promise((resolve) => socket.once('drain', resolve));
  }
}

/** Sessions that say EHLO and no more. The line "probe N" opens N new ones, one after the other, and tells their times. */
async function idle({ port, sessions }) {
  const dialled = [];
  for (let at = 0; at < sessions; at += 50) {
    const some = Array.from({ length: Math.min(50, sessions - at) }, () => dial(port));
    await Promise.all(some.map((each) => converse(each, [['220'], ['250', HELLO]])));
    dialled.push(...some);
  }
  tell({ held: sessions });
  for await (const line of createInterface({ input: process.stdin })) {
    const times = [];
    for (let left = Number(line.split(' ')[1]); left > 0; left--) times.push(await timeGreeting(port));
    tell({ times, held: dialled.filter(({ isOpen }) => isOpen()).length });
  }
  process.exit(0);
}

/** Milliseconds from connect() to the end of the greeting. */
async function timeGreeting(port) {
  const start = seconds();
  const session = dial(port);
  await converse(session, [['220']]);
  const took = (seconds() - start) * 1000;
  await converse(session, [['221', 'QUIT\r\n']]);
  return took;
}

/** One octet a second each, odd ones within a message. Any line on standard input asks how many are still there. */
async function slow({ port, clients }) {
  const dialled = Array.from({ length: clients }, () => dial(port));
  const hello = [['220'], ['250', HELLO]];
  const data = [...hello, ['250', MAIL], ['250', RCPT], ['354', 'DATA\r\n']];
  await Promise.all(dialled.map((each, at) => converse(each, at % 2 === 0 ? hello : data)));
  dialled.forEach(({ socket }, at) => {
    const text = at % 2 === 0 ? 'NOOP\r\n' : 'Slowly, but it comes\r\n';
    let next = 0;
    const say = () => socket.write(text[next++ % text.length]);
    setTimeout(() => setInterval(say, 1000), (1000 * at) / clients);
  });
  tell({ held: clients });
  for await (const _ of createInterface({ input: process.stdin })) {
    tell({ held: dialled.filter(({ isOpen }) => isOpen()).length });
  }
  process.exit(0);
}

/** Whether a sender is taken: `code` is the one that its MAIL has to get. */
async function mail({ port, code, sender }) {
  const steps = [['220'], ['250', HELLO], [code, `MAIL FROM:<${sender}>\r\n`], ['221', 'QUIT\r\n']];
  await converse(dial(port), steps);
  tell({});
}

const MODES = { mail, quit, refuse, send, idle, slow };

const [, , mode, options] = process.argv;
MODES[mode](JSON.parse(options)).catch((error) => fail(error.message));
