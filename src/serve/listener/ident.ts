// Asks a client's machine whose connection this is (RFC 1413), for TCPREMOTEINFO. The question comes from the address
// the client has connected to, because its machine looks the connection up by both ends. Whoever answers may be
// hostile: the answer is bounded in octets and in time, and what is made of it is printable ASCII. The user id is what
// stands behind the third colon, as tcpserver reads it: without any blanks, whatever is said of ports and system. null
// when there is no answer in time or no end to it, and when it names no user (an error such as "NO-USER"), where
// tcpserver has an empty user id. Never rejects.

import { type Endpoint, type Exchange, LONGEST_TIMER, type StartExchange } from '../../sys/index.ts';
import { forReply, fromOctets, toOctets } from '../../text/index.ts';

export interface IdentOptions {
  /** Both ends of the client's connection. */
  readonly remote: Endpoint;
  readonly local: Endpoint;
  /** Time for all of it. */
  readonly seconds: number;
  readonly overTcp: StartExchange;
  /** Other than the one of RFC 1413. */
  readonly port?: number;
}

const IDENT_PORT = 113;

/** From here on nobody needs to wait for the end of a line (RFC 1413 §6). */
const MOST_ANSWER_OCTETS = 1000;

/** What tcpserver keeps of a user id. */
const MOST_USER_OCTETS = 257;

export function askIdent(options: IdentOptions): Promise<string | null> {
  const { remote, local, seconds, overTcp, port = IDENT_PORT } = options;
  return new Promise((resolve) => {
    let exchange: Exchange | null = null;
    let answer = '';
    const finish = (user: string | null): void => {
      clearTimeout(timer);
      exchange?.close();
      resolve(user);
    };
    const timer = setTimeout(() => finish(null), Math.min(seconds, LONGEST_TIMER) * 1000);
    const octets = (more: Uint8Array): void => {
      answer += fromOctets(more, 0, Math.min(more.length, MOST_ANSWER_OCTETS - answer.length));
      const end = answer.indexOf('\n');
      if (end !== -1) finish(userIn(answer.slice(0, end)));
      else if (answer.length === MOST_ANSWER_OCTETS) finish(null);
    };
    const question = toOctets(`${remote.port} , ${local.port}\r\n`);
    try {
      const to = { address: remote.address, port, from: local.address };
      exchange = overTcp(to, question, { octets, over: () => finish(null) });
    } catch {
      finish(null); // an address that is none
    }
  });
}

function userIn(line: string): string | null {
  const text = line.replace(/[ \t\r]+/g, '');
  const user = /^(?:[^:]*:){3}(.+)/s.exec(text)?.[1];
  return user === undefined ? null : forReply(user.slice(0, MOST_USER_OCTETS));
}
