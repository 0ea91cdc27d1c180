// IDENT over the sockets of each runtime, against a server on loopback that answers as it should, in pieces, without an
// end or not at all. What it is asked about tells it how to answer, and what it sees of the other side it can say. On
// Bun all of it is played in one process of its own. Without Bun that part is skipped or fails, as support/needs.ts says.

import { spawn } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findBun } from '../../src/build/bun.mjs';
import { sys } from '../../src/sys/node.ts';
import { present } from '../support/needs.ts';
import { type Asking, play } from './ident-askings.ts';

/** A port that the system gives to nobody by itself. */
const NOBODYS_PORT = 1;

const PATIENT = 20;
const BRIEF = 0.15;

interface Case {
  readonly title: string;
  readonly over?: Asking['over'];
  /** Does the server's part; 'nobody' when there is to be none. */
  readonly answer: ((socket: Socket) => void) | 'nobody';
  readonly from?: string | null;
  readonly seconds?: number;
  readonly want: string | null;
}

const words =
  (text: string) =>
  (socket: Socket): void => {
    socket.write(text, 'latin1');
  };

const peer = (socket: Socket): void => {
  socket.write(`:::${socket.remoteAddress}\n`);
};

const endless = (socket: Socket): void => {
  socket.write(':::joe');
  const more = (): void => {
    while (!socket.destroyed && socket.write('x'.repeat(10_000)));
  };
  socket.on('drain', more);
  more();
};

// Each piece when the one before has left.
const inPieces = (socket: Socket): void => {
  const pieces = [...'1, 25 : USERID : UNIX : joe\r\n'];
  const next = (): void => {
    const piece = pieces.shift();
    if (piece !== undefined) socket.write(piece, () => setImmediate(next));
  };
  socket.setNoDelay(true);
  next();
};

const CASES: readonly Case[] = [
  { title: 'a user', answer: words('3, 25 : USERID : UNIX : joe\r\n'), want: 'joe' },
  { title: 'a user, octet by octet', answer: inPieces, want: 'joe' },
  { title: 'hostile octets', answer: words(':::\x1b[0m\0\xff\r\n'), want: '?[0m??' },
  { title: 'an error', answer: words('3, 25 : ERROR : HIDDEN-USER\r\n'), want: null },
  { title: 'no end', answer: endless, want: null },
  { title: 'a connection that is closed', answer: (socket) => socket.end(), want: null },
  { title: 'one that is closed inside the answer', answer: (socket) => socket.end(':::joe'), want: null },
  { title: 'one that is reset', answer: (socket) => socket.resetAndDestroy(), want: null },
  { title: 'silence', answer: () => {}, seconds: BRIEF, want: null },
  { title: 'nobody', answer: 'nobody', want: null },
  { title: 'asking from one address of ours', answer: peer, from: '127.0.0.1', want: '127.0.0.1' },
  { title: 'asking from another', answer: peer, from: '127.0.0.2', want: '127.0.0.2' },
  { title: 'asking from one that is not ours', answer: peer, from: '192.0.2.1', want: null },
  {
    title: 'TCP, from no address in particular',
    over: 'tcp',
    answer: peer,
    from: null,
    want: ':::127.0.0.1\n',
  },
  { title: 'TCP, from one', over: 'tcp', answer: peer, from: '127.0.0.3', want: ':::127.0.0.3\n' },
  {
    title: 'UDP, from no address in particular',
    over: 'udp',
    answer: 'nobody',
    from: null,
    want: '127.0.0.1',
  },
  { title: 'UDP, from one', over: 'udp', answer: 'nobody', from: '127.0.0.4', want: '127.0.0.4' },
  { title: 'UDP, from one that is not ours', over: 'udp', answer: 'nobody', from: '192.0.2.1', want: null },
];

const server: Server = createServer((socket) => {
  socket.on('error', () => undefined); // it may be closed at any time
  socket.once('data', (question: Buffer) => {
    const [, about] = /^(\d+) , 25\r\n$/.exec(question.toString('latin1')) ?? [];
    const { answer } = CASES[Number(about)] as Case;
    if (answer !== 'nobody') answer(socket);
  });
});
const datagrams = createSocket('udp4', (_, { address, port }) => datagrams.send(address, port, address));

let askings: readonly Asking[] = [];

beforeAll(async () => {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  datagrams.bind(0, '127.0.0.1');
  await once(datagrams, 'listening');
  askings = CASES.map(({ over = 'ident', answer, from = '127.0.0.1', seconds = PATIENT }, about) => {
    const ports = { tcp: (server.address() as AddressInfo).port, udp: datagrams.address().port };
    const port = over === 'udp' ? ports.udp : answer === 'nobody' ? NOBODYS_PORT : ports.tcp;
    return { over, about, port, from, seconds };
  });
});

afterAll(() => {
  server.close();
  datagrams.close();
});

describe('on Node', () => {
  for (const [about, { title, want }] of CASES.entries()) {
    it(title, async () => {
      expect(await play(askings[about] as Asking, sys)).toBe(want);
    });
  }
});

const bun = findBun();

present(bun === null ? ['bun'] : []).describe('on Bun', () => {
  let results: readonly (string | null)[];

  beforeAll(async () => {
    results = JSON.parse(await outputOf(bun as string, JSON.stringify(askings)));
  });

  for (const [about, { title, want }] of CASES.entries()) {
    it(title, () => expect(results[about]).toBe(want));
  }
});

async function outputOf(program: string, argument: string): Promise<string> {
  const script = fileURLToPath(new URL('ident-on-bun.ts', import.meta.url));
  const child = spawn(program, [script, argument], { stdio: ['ignore', 'pipe', 'inherit'] });
  let output = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    output += text;
  });
  await once(child, 'close');
  return output;
}
