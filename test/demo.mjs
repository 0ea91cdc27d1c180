// Plays one complete SMTP session through bin/qmail-smtpd and shows it: what the client says (C:), what the server says
// (S:), and the file that was delivered. It needs neither qmail nor a network: controls and mailbox are in a temporary
// directory that is removed at the end. Leaves with 0 when everything was as it should be, else with 1.

import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const PROGRAM = fileURLToPath(new URL('../bin/qmail-smtpd', import.meta.url));

/** What the client says, one line or several, and how the reply to it has to begin. */
const DIALOGUE = [
  ['EHLO client.example.net', '250 '],
  ['MAIL FROM:<sender@example.net>', '250 '],
  ['RCPT TO:<stranger@example.org>', '553 '],
  ['RCPT TO:<user@example.com>', '250 '],
  ['DATA', '354 '],
  ['Subject: A message for the demo\r\n\r\nHello from the demo.\r\n..stuffed dot\r\n.', '250 '],
  ['QUIT', '221 '],
];

const MESSAGE = 'Subject: A message for the demo\n\nHello from the demo.\n.stuffed dot\n';

const directory = mkdtempSync(join(tmpdir(), 'mvmtr-demo-'));
try {
  const problem = await demonstrate();
  if (problem === null) console.log('\nEverything went as it should.');
  else {
    console.log(`\nThat was not as it should be: ${problem}`);
    process.exitCode = 1;
  }
} finally {
  rmSync(directory, { recursive: true, force: true });
}

/** What went wrong, or null. */
async function demonstrate() {
  const home = join(directory, 'qmail');
  const mailbox = join(directory, 'Maildir');
  mkdirSync(join(home, 'control'), { recursive: true });
  writeFileSync(join(home, 'control', 'me'), 'mx.example.com\n');
  writeFileSync(join(home, 'control', 'rcpthosts'), 'example.com\n');
  const problem = await converse(home, mailbox);
  return problem ?? showDelivered(mailbox);
}

async function converse(home, mailbox) {
  const server = spawn(PROGRAM, ['--qmail-home', home, '--queue', `maildir:${mailbox}`], {
    env: {
      PATH: process.env.PATH,
      TCPREMOTEIP: '203.0.113.9',
      TCPREMOTEHOST: 'client.example.net',
      TCPLOCALHOST: 'mx.example.com',
    },
    stdio: ['pipe', 'pipe', 'ignore'],
  });
  const left = new Promise((resolve) => {
    server.on('error', (error) => resolve(error.message));
    server.on('exit', (code, signal) => resolve(code ?? signal));
  });
  server.stdin.on('error', () => {}); // it may leave early; the missing reply tells
  const replies = createInterface({ input: server.stdout })[Symbol.asyncIterator]();
  try {
    let problem = await expectReply(replies, '220 ');
    for (const [said, wanted] of DIALOGUE) {
      if (problem !== null) break;
      for (const line of said.split('\r\n')) console.log(`C: ${line}`);
      server.stdin.write(`${said}\r\n`);
      problem = await expectReply(replies, wanted);
    }
    server.stdin.end();
    const status = await left;
    return problem ?? (status === 0 ? null : `qmail-smtpd left with ${status} and not with 0`);
  } finally {
    server.kill();
  }
}

/** Shows one reply, which may have several lines. */
async function expectReply(replies, wanted) {
  for (;;) {
    const { value, done } = await replies.next();
    if (done) return `no reply where one beginning with "${wanted.trim()}" was due`;
    console.log(`S: ${value}`);
    if (value[3] !== '-')
      return value.startsWith(wanted) ? null : `the reply should begin with "${wanted.trim()}"`;
  }
}

function showDelivered(mailbox) {
  const names = readdirSync(join(mailbox, 'new'));
  if (names.length !== 1) return `${names.length} files in the Maildir and not one`;
  const delivered = readFileSync(join(mailbox, 'new', names[0]), 'latin1');
  console.log(`\nDelivered, as Maildir/new/${names[0]}:\n`);
  console.log(delivered.replace(/^/gm, '  ').trimEnd());
  return delivered.endsWith(`\n${MESSAGE}`) ? null : 'the message is not the one that was sent';
}
