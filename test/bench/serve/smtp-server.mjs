// node smtp-server.mjs MODULES QUEUE: the npm package smtp-server as a peer of the bench. It takes mail for mx.example, hands
// each message to the queue program as qmail does (message on descriptor 0, envelope on descriptor 1), and answers when that
// one has left with 0. Prints its port.

import { spawn } from 'node:child_process';
import { createRequire } from 'node:module';

const [, , modules, queue] = process.argv;
const { SMTPServer } = createRequire(`${modules}/`)('smtp-server');

const server = new SMTPServer({
  name: 'mx.example',
  authOptional: true,
  disabledCommands: ['AUTH', 'STARTTLS'],
  disableReverseLookup: true,
  maxClients: Number.POSITIVE_INFINITY,
  logger: false,
  onRcptTo: ({ address }, _session, callback) => {
    const isOurs = address.endsWith('@mx.example');
    callback(isOurs ? null : Object.assign(new Error('Not here'), { responseCode: 553 }));
  },
  onData: (stream, { envelope }, callback) => {
    const child = spawn(queue, [], { stdio: ['pipe', 'pipe', 'inherit'] });
    const recipients = envelope.rcptTo.map(({ address }) => `T${address}\0`);
    stream.pipe(child.stdin);
    child.stdin.on('error', () => {}); // its exit code tells
    child.stdin.on('finish', () =>
      child.stdio[1].end(`F${envelope.mailFrom.address}\0${recipients.join('')}\0`),
    );
    child.on('error', callback);
    child.on('close', (code) =>
      callback(code === 0 ? null : new Error(`the queue program left with ${code}`)),
    );
  },
});
server.on('error', ({ message }) => console.error(message));
server.listen({ port: 0, host: '127.0.0.1', backlog: 1000 }, () => console.log(server.server.address().port));
