// A client of a server under test, led by hand: it says what it is told to, and gives back one reply after the other. Octet
// strings throughout. A reply that does not come fails with what has come.

import { connect, type Socket, type TcpNetConnectOpts } from 'node:net';
import { within } from './serve.ts';

export interface SmtpClient {
  readonly socket: Socket;
  /** The next whole reply, its lines with "\n" between them; '' when the server has closed without one. */
  reply(): Promise<string>;
  /** Everything the server has said and reply() has not given back. */
  unread(): string;
  say(octets: string): void;
  /** Says a line, and gives back the reply to it. */
  ask(line: string): Promise<string>;
  /** Resolves when the server has closed its side, or the connection is gone. */
  readonly ended: Promise<void>;
  /** Leaves without a word. */
  leave(): void;
}

/** More than a listener keeps of a message before it starts the queue program. */
export const LONG_TEXT = 'More of it, and more.\r\n'.repeat(1000);

export const MESSAGE = 'Subject: hello\r\n\r\nline one\r\n..\r\nend\r\n';

/** @param where a port of 127.0.0.1, or what net.connect() takes */
export function smtpClient(where: number | TcpNetConnectOpts | { readonly path: string }): SmtpClient {
  return clientOn(connect(typeof where === 'number' ? { host: '127.0.0.1', port: where } : where));
}

/** A client on a connection that is there already, such as one that speaks TLS. */
export function clientOn(socket: Socket): SmtpClient {
  let unread = '';
  let over = false;
  let wake = (): void => undefined;
  const finish = (): void => {
    over = true;
    wake();
  };
  const ended = new Promise<void>((resolve) => {
    socket.once('end', resolve);
    socket.once('close', () => resolve());
  });
  ended.then(finish);
  socket.on('error', () => undefined); // told by the end
  socket.on('data', (chunk: Buffer) => {
    unread += chunk.toString('latin1');
    wake();
  });
  const happening = (): Promise<void> =>
    new Promise((resolve) => {
      wake = resolve;
    });
  const say = (octets: string): void => void socket.write(Buffer.from(octets, 'latin1'));
  const reply = async (): Promise<string> => {
    for (;;) {
      const whole = /^(?:[0-9]{3}-[^\n]*\r\n)*[0-9]{3} [^\n]*\r\n/.exec(unread)?.[0];
      if (whole !== undefined) {
        unread = unread.slice(whole.length);
        return whole.slice(0, -2).replaceAll('\r\n', '\n');
      }
      if (over) return '';
      await within('a reply', () => unread, happening());
    }
  };
  return {
    socket,
    reply,
    unread: () => unread,
    say,
    ask(line) {
      say(`${line}\r\n`);
      return reply();
    },
    ended,
    leave: () => void socket.destroy(),
  };
}

/** A client that has been greeted. @throws when it was not */
export async function greeted(where: Parameters<typeof smtpClient>[0]): Promise<SmtpClient> {
  const client = smtpClient(where);
  const greeting = await client.reply();
  if (!greeting.startsWith('220')) throw new Error(`instead of a greeting: "${greeting}"`);
  return client;
}

/** Goes as far as the message: the server waits for its octets. @throws when it does not come so far */
export async function openMessage(client: SmtpClient, recipient = 'user@example.com'): Promise<void> {
  const commands = ['EHLO client.example.net', 'MAIL FROM:<sender@example.net>', `RCPT TO:<${recipient}>`];
  for (const command of [...commands, 'DATA']) {
    const reply = await client.ask(command);
    if (!/^[23]/.test(reply)) throw new Error(`${command}: "${reply}"`);
  }
}

/** Hands over a message and gives back the answer to it. */
export async function sendMessage(client: SmtpClient, recipient?: string): Promise<string> {
  await openMessage(client, recipient);
  return client.ask(`${MESSAGE}.`);
}

/** What the first reply to a new client is. */
export async function firstReply(where: Parameters<typeof smtpClient>[0]): Promise<string> {
  const client = smtpClient(where);
  const reply = await client.reply();
  client.leave();
  return reply;
}

/** Connects until nobody listens any more: a socket that is closed may take one more moment to be gone. */
export function untilRefused(port: number): Promise<void> {
  const outcome = (): Promise<string> =>
    new Promise((resolve) => {
      const socket = connect(port, '127.0.0.1');
      socket.on('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message));
      socket.once('connect', () => {
        socket.destroy();
        resolve('connected');
      });
    });
  const refused = async (): Promise<void> => {
    while ((await outcome()) !== 'ECONNREFUSED');
  };
  return within('connections to be refused', () => '', refused());
}
