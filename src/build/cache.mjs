// What V8 has made of the files that count at start-up, kept beside them (see load.cjs): sessions are played that go most of the
// ways that sessions go. One without TLS, so that such sessions read no more than they need, and one that starts it.
// Fails by throwing: a session that was not played to its end.

import { spawn, spawnSync } from 'node:child_process';
import { generateKeyPairSync, sign } from 'node:crypto';
import { once } from 'node:events';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { join } from 'node:path';
import { connect as connectTls } from 'node:tls';
import { ROOT } from './bundle.mjs';

const SCRIPT = join(ROOT, 'src/build/make-cache.cjs');

/** For a session that does not end. */
const PATIENCE_MS = 60_000;

const PLAIN_FILES = ['session', 'rules'];
const TLS_FILES = ['start-tls', 'tls', 'starttls'];

const RULES = `const list nets = ["198.51.100.0/24", "2001:db8::/32"];
session number bad = 0;
transaction string kind = "";
boolean known(string name) { return name is "host.example" || ends_with(name, ".host.example"); }
hook connect {
  if (client.ip == "192.0.2.2" || ip_in(client.ip, nets)) { reject "No"; }
  log "from \${client.ip}";
}
hook helo(string name) { if (name matches "*.invalid" || known(name)) { reject "No"; } }
hook mail {
  if (sender.is_null) { return; }
  string domain = lower(sender.domain);
  if (domain is "bad.example" || domain in ["worse.example", "worst.example"]) { reject "No \${sender.address}"; }
  if (len(sender.localpart) > 64 || sender.size > 100M) { defer "Later"; }
  kind = "plain";
}
hook rcpt {
  foreach (string name in ["trap", "old"]) { if (rcpt.localpart is name) { bad += 1; reject :status "5.1.1" "No"; } }
  if (rcpt.localpart contains "spam" && !client.relay) { reject "No"; }
  if (kind != "plain" || bad > 3) { drop "Enough"; }
}
`;

/** Reads the message and the envelope. */
const QUEUE_PROGRAM = '#!/bin/sh\ncat >/dev/null\nexec cat <&1 >/dev/null\n';

const HELLO = 'EHLO client.example\r\n';
const TRANSACTION = [
  'MAIL FROM:<a@example.net>\r\n',
  'RCPT TO:<u@example.com>\r\n',
  'RCPT TO:<trap@example.com>\r\n',
  'RCPT TO:<u@example.org>\r\n',
  'DATA\r\n',
  'Subject: x\r\n\r\n..x\r\n.\r\n',
  'RSET\r\n',
  'NOOP\r\n',
  'QUIT\r\n',
];

/** @param directory of the build, where the files are and their caches come */
export async function makeCaches(directory) {
  const home = join(directory, 'home');
  try {
    const control = makeHome(home);
    await playOverTls(directory, home);
    writeFileSync(join(control, 'mvmtr.mfl'), RULES);
    compileRules(directory, join(control, 'mvmtr.mfl'));
    playPlainly(directory, home);
  } finally {
    rmSync(home, { recursive: true, force: true });
  }
}

function makeHome(home) {
  const control = join(home, 'control');
  mkdirSync(control, { recursive: true });
  writeFileSync(join(control, 'me'), 'mx.example.com\n');
  writeFileSync(join(control, 'rcpthosts'), 'example.com\n');
  writeFileSync(join(control, 'servercert.pem'), selfSigned('mx.example.com'));
  writeFileSync(join(home, 'queue'), QUEUE_PROGRAM, { mode: 0o700 });
  return control;
}

function compileRules(directory, file) {
  const program = `require(${JSON.stringify(join(directory, 'session.cjs'))}).main('mvmtr', ['compile', ${JSON.stringify(file)}])`;
  const { status, stderr } = spawnSync(process.execPath, ['-e', program], { encoding: 'utf8' });
  if (status !== 0) throw new Error(`the rules for it: ${stderr}`);
}

function playPlainly(directory, home) {
  const { status, stderr } = spawnSync(process.execPath, [SCRIPT, directory, home, ...PLAIN_FILES], {
    input: [HELLO, ...TRANSACTION].join(''),
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(`the session for it: ${stderr}`);
}

/** The session has a socket of the system's for descriptors 0 and 1, as under tcpserver. */
async function playOverTls(directory, home) {
  const server = createServer({ pauseOnConnect: true });
  server.listen(join(home, 'socket'));
  await once(server, 'listening');
  const client = connect(join(home, 'socket'));
  const [socket] = await once(server, 'connection');
  server.close();
  const session = spawn(process.execPath, [SCRIPT, directory, home, ...TLS_FILES], {
    stdio: [socket, socket, 'pipe'],
    timeout: PATIENCE_MS,
  });
  socket.destroy(); // of which the session has its own
  const told = [];
  session.stderr.on('data', (octets) => told.push(octets));
  const ended = once(session, 'close');
  const problem = await startTls(client).then(
    () => null,
    ({ message }) => message,
  );
  client.destroy();
  const [status] = await ended;
  if (problem !== null || status !== 0) throw new Error(`TLS for it: ${problem} ${told.join('')}`);
}

async function startTls(client) {
  await replyOf(client);
  await ask(client, HELLO);
  await ask(client, 'STARTTLS\r\n');
  const secured = connectTls({ socket: client, rejectUnauthorized: false });
  await once(secured, 'secureConnect');
  for (const line of [HELLO, ...TRANSACTION]) await ask(secured, line);
  secured.end();
  await once(secured, 'close');
}

function ask(socket, line) {
  socket.write(line);
  return replyOf(socket);
}

/** Rejects when the session is gone. */
function replyOf(socket) {
  return new Promise((resolve, reject) => {
    let text = '';
    const onData = (octets) => {
      text += octets;
      if (/^\d{3} .*\r\n$/m.test(text)) settle(resolve);
    };
    const onGone = () => settle(reject, new Error(`the session is gone: ${text}`));
    const settle = (how, what) => {
      socket.off('data', onData).off('error', onGone).off('close', onGone);
      how(what);
    };
    socket.on('data', onData).on('error', onGone).on('close', onGone);
  });
}

/** A key and a certificate for nobody (RFC 5280 §4.1), as PEM. */
function selfSigned(name) {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const algorithm = der(0x30, Buffer.from('06082a8648ce3d040302', 'hex')); // ecdsa-with-SHA256
  const commonName = der(0x30, Buffer.from('0603550403', 'hex'), der(0x0c, Buffer.from(name)));
  const names = der(0x30, der(0x31, commonName));
  const validity = der(0x30, time('000101000000Z'), time('491231235959Z'));
  const key = publicKey.export({ format: 'der', type: 'spki' });
  const version = der(0xa0, der(0x02, Buffer.of(2)));
  const signed = der(0x30, version, der(0x02, Buffer.of(1)), algorithm, names, validity, names, key);
  const signature = der(0x03, Buffer.of(0), sign('sha256', signed, privateKey));
  const certificate = der(0x30, signed, algorithm, signature).toString('base64');
  const lines = certificate.replace(/.{64}(?=.)/g, '$&\n');
  const keyText = privateKey.export({ format: 'pem', type: 'pkcs8' });
  return `${keyText}-----BEGIN CERTIFICATE-----\n${lines}\n-----END CERTIFICATE-----\n`;
}

const time = (text) => der(0x17, Buffer.from(text));

/** X.690 §10.1: the length in as few octets as possible, else it would be no plain certificate to us. */
function der(tag, ...contents) {
  const { length } = Buffer.concat(contents);
  const long = length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.from([tag, ...(length < 0x80 ? [length] : long)]), ...contents]);
}
