// A name server on loopback that lies, delays, truncates and loops: the first label of a name says how. What comes
// before a true answer is always wrong in one way only, and names 192.0.2.66; whoever believes it is found out by
// that address. It answers by rule, keeps no state but a count of questions per name, and serves any number of
// tests at the same time.

import { createSocket, type Socket } from 'node:dgram';
import { createServer, type Socket as TcpSocket } from 'node:net';
import type { Endpoint } from '../../src/sys/index.ts';
import { type Question, questionFor, type Record, type ReplyParts, readQuestion, reply } from './message.ts';

export interface Liar {
  readonly endpoint: Endpoint;
  close(): void;
}

/** What is sent over UDP, in this order; a string is sent from another socket. */
type Datagrams = readonly (Buffer | { readonly elsewhere: Buffer })[];

const NXDOMAIN = 3;
const REFUSED = 5;
const TRUE = '192.0.2.1';
const FALSE = '192.0.2.66';

const ALL_OCTETS = Array.from({ length: 255 }, (_, octet) => String.fromCharCode(octet)).join('');

/** Names that are what they seem: "name TYPE" → values. */
const ZONE: Readonly<globalThis.Record<string, readonly (string | readonly string[])[]>> = {
  'plain.lie.example A': [TRUE],
  'several.lie.example A': ['192.0.2.10', '192.0.2.9', '10.0.0.1'],
  'several.lie.example MX': ['20 b.lie.example', '10 c.lie.example', '20 a.lie.example'],
  'null-mx.lie.example MX': ['0 .'],
  'null-mx.lie.example A': [TRUE],
  'odd-mx.lie.example MX': ['10 not a host.lie.example', '20 plain.lie.example'],
  'six.lie.example AAAA': ['2001:0db8:0000:0000:0000:0000:0000:0010'],
  'strings.lie.example TXT': [['first', ' second', ''], [ALL_OCTETS]],
  'host.lie.example A': ['192.0.2.10', '192.0.2.20'],
  'host.lie.example AAAA': ['2001:0db8:0000:0000:0000:0000:0000:0010'],
  'stranger.lie.example A': ['192.0.2.99'],
  '10.2.0.192.in-addr.arpa PTR': ['stranger.lie.example', 'host.lie.example'],
  '11.2.0.192.in-addr.arpa PTR': ['stranger.lie.example'],
  '14.2.0.192.in-addr.arpa PTR': ['servfail.lie.example'],
  '15.2.0.192.in-addr.arpa PTR': ['a b.lie.example', 'x\r\ny', 'Stranger.lie.example'],
  '20.2.0.192.in-addr.arpa PTR': ['servfail.lie.example', 'host.lie.example'],
  [`0.1.0.0.${'0.'.repeat(20)}8.b.d.0.1.0.0.2.ip6.arpa PTR`]: ['host.lie.example'],
  '2.0.0.127.list.lie.example A': ['127.0.0.10', '127.0.0.2'],
  '4.0.0.127.list.lie.example A': ['127.255.255.254'],
  '5.0.0.127.list.lie.example A': [TRUE],
  '6.0.0.127.list.lie.example A': ['127.0.0.2', '127.255.255.255'],
  'bad.example.list.lie.example A': ['127.0.1.2'],
  [`1.0.0.0.${'0.'.repeat(20)}8.b.d.0.1.0.0.2.list.lie.example A`]: ['127.0.0.3'],
};

export async function startLiar(): Promise<Liar> {
  const elsewhere = await boundSocket(0);
  const tcp = createServer(serveTcp);
  await new Promise<void>((resolve) => tcp.listen(0, '127.0.0.1', resolve));
  const { port } = tcp.address() as { port: number };
  const udp = await boundSocket(port);
  const counts = new Map<string, number>();
  udp.on('message', async (octets, { port: to, address }) => {
    const question = readQuestion(octets);
    const count = (counts.get(question.name) ?? 0) + 1;
    counts.set(question.name, count);
    for (const datagram of datagramsFor(question, count)) {
      const [from, wire] = Buffer.isBuffer(datagram) ? [udp, datagram] : [elsewhere, datagram.elsewhere];
      await new Promise((sent) => from.send(wire, to, address, sent));
    }
  });
  return {
    endpoint: { address: '127.0.0.1', port },
    close() {
      udp.close();
      elsewhere.close();
      tcp.close();
    },
  };
}

function boundSocket(port: number): Promise<Socket> {
  const socket = createSocket('udp4');
  return new Promise((resolve, reject) => {
    socket.once('error', reject);
    socket.bind(port, '127.0.0.1', () => resolve(socket));
  });
}

const a = (name: string, data: string): Record => ({ name, type: 'A', data });
const alias = (name: string, data: string): Record => ({ name, type: 'CNAME', data });
const soa: Record = { name: 'lie.example', type: 'SOA', data: 'lie.example' };

function datagramsFor(question: Question, count: number): Datagrams {
  const { id, name } = question;
  const right = reply(question, { answers: [a(name, TRUE)] });
  const wrong = (parts: ReplyParts): Buffer => reply(question, { answers: [a(name, FALSE)], ...parts });
  switch (name.split('.')[0]) {
    case 'wrong-id':
      return [wrong({ id: id ^ 1 }), right];
    case 'wrong-name':
      return [wrong({ question: questionFor('other.lie.example', 'A') }), right];
    case 'wrong-type':
      return [wrong({ question: questionFor(name, 'TXT') }), right];
    case 'no-question':
      return [wrong({ questions: 0 }), right];
    case 'two-questions':
      return [wrong({ questions: 2, question: Buffer.concat([question.octets, question.octets]) }), right];
    case 'wrong-source':
      return [{ elsewhere: wrong({}) }, right];
    case 'echo':
      return [question.whole, right];
    case 'garbage':
      return [Buffer.alloc(0), Buffer.from('no DNS'), Buffer.alloc(600, 0xc0), right];
    case 'letter-case':
      return [wrong({ question: questionFor('LETTER-case.LIE.example', 'A'), answers: [a(name, TRUE)] })];
    case 'missing':
      return [wrong({ missing: 3 })];
    case 'short':
      return [right.subarray(0, -2)];
    case 'pointer':
      return [
        Buffer.concat([reply(question, { missing: 1 }), Buffer.from([0xc0, question.octets.length + 12])]),
      ];
    case 'second-time':
      return count % 2 === 1 ? [] : [right];
    case 'silent':
      return [];
    case 'no-edns':
      return question.edns ? [reply(question, { rcode: 1, questions: 0 })] : [right];
    case 'large':
      return [reply(question, { answers: many(name, 250) })];
    case 'truncated':
      return [reply(question, { tc: true, answers: [a(name, FALSE)] })];
    default:
      return [reply(question, partsFor(question))];
  }
}

const many = (name: string, count: number): readonly Record[] =>
  Array.from({ length: count }, (_, n) => a(name, `198.51.${n >> 8}.${n & 255}`));

/** What is the same over UDP and TCP. */
function partsFor({ name, type }: Question): ReplyParts {
  const [first = ''] = name.split('.');
  switch (first) {
    case 'servfail':
    case '13':
      return { rcode: 2 };
    case 'refused':
      return { rcode: REFUSED };
    case 'notimp':
      return { rcode: 4 };
    case 'nodata':
      return { authorities: [soa] };
    case 'referral':
      return { aa: false, authorities: [{ name: 'lie.example', type: 'NS', data: 'plain.lie.example' }] };
    case 'alias-inside':
      return { answers: [a('Plain.lie.example', TRUE), alias(name, 'PLAIN.lie.example')] };
    case 'alias-outside':
      return { answers: [alias(name, 'plain.lie.example')] };
    case 'alias-to-nothing':
      return { answers: [alias(name, 'nxdomain.lie.example')] };
    case 'alias-nxdomain':
      return { rcode: NXDOMAIN, answers: [alias(name, 'nxdomain.lie.example')] };
    case 'alias-nodata':
      return { answers: [alias(name, 'nodata.lie.example')] };
    case 'alias-loop':
      return { answers: [alias(name, 'b.lie.example'), alias('b.lie.example', name)] };
    case 'not-ours':
      return { answers: [a('other.lie.example', FALSE)] };
  }
  const chain = /^alias-chain-([0-9]+)-of-([0-9]+)$/.exec(first);
  if (chain) {
    const [at, length] = [Number(chain[1]), Number(chain[2])];
    const next = at === length ? 'plain.lie.example' : `alias-chain-${at + 1}-of-${length}.lie.example`;
    return { answers: [alias(name, next)] };
  }
  const values = ZONE[`${name} ${type}`] ?? [];
  const exists = Object.keys(ZONE).some((key) => key.startsWith(`${name} `));
  if (!exists) return { rcode: NXDOMAIN, authorities: [soa] };
  return { answers: values.map((data) => ({ name, type: type as Record['type'], data })) };
}

// In pieces that do not know where the length ends.
async function serveTcp(socket: TcpSocket): Promise<void> {
  socket.setNoDelay(true);
  socket.on('error', () => {});
  let whole = Buffer.alloc(0);
  socket.on('data', (octets: Buffer) => {
    whole = Buffer.concat([whole, octets]);
    if (whole.length < 2 || whole.length < 2 + whole.readUInt16BE(0)) return;
    const question = readQuestion(whole.subarray(2));
    const answer = tcpReply(question);
    if (answer === null) return socket.destroy();
    const framed = Buffer.concat([Buffer.from([answer.length >> 8, answer.length & 255]), answer]);
    for (const [from, to] of [
      [0, 1],
      [1, 7],
      [7, framed.length],
    ] as const)
      socket.write(framed.subarray(from, to));
  });
}

function tcpReply(question: Question): Buffer | null {
  const [, how] = question.name.split('.');
  if (how === 'closes') return null;
  if (how === 'again') return reply(question, { tc: true });
  if (how === 'foreign') return reply(question, { id: question.id ^ 1 });
  return reply(question, { answers: many(question.name, 1000) });
}
