// ClientHellos for tests: real ones, caught from Node's own TLS on the loopback, and others put together field by
// field (RFC 8446 §4.1.2), which can be what no real client sends.

import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { type ConnectionOptions, connect } from 'node:tls';

/** The first message of a client with these options, in the records it has sent it in. */
export async function caughtHello(options: ConnectionOptions): Promise<Uint8Array> {
  const server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const accepted = once(server, 'connection');
  const client = connect({ host: '127.0.0.1', port, ...options });
  client.on('error', () => {}); // nobody answers it
  const [socket] = (await accepted) as [Socket];
  const hello = await firstRecord(socket);
  client.destroy();
  socket.destroy();
  server.close();
  return hello;
}

async function firstRecord(socket: Socket): Promise<Uint8Array> {
  let octets = Buffer.alloc(0);
  while (octets.length < 5 || octets.length < 5 + octets.readUInt16BE(3)) {
    const [more] = (await once(socket, 'data')) as [Buffer];
    octets = Buffer.concat([octets, more]);
  }
  return octets;
}

export interface HelloFields {
  readonly suites?: readonly number[];
  readonly extensions?: readonly (readonly [type: number, content: readonly number[]])[];
}

/** A handshake message, in no record yet. `extensions` left out: there is no such field, as TLS 1.2 allows. */
export function madeUpHello({ suites = [0x1301], extensions }: HelloFields): readonly number[] {
  const all = extensions?.flatMap(([type, content]) => [...two(type), ...sized(2, content)]);
  const body = [
    ...[3, 3, ...new Array<number>(32).fill(7)],
    ...sized(1, []),
    ...sized(2, suites.flatMap(two)),
    ...sized(1, [0]),
    ...(all === undefined ? [] : sized(2, all)),
  ];
  return [1, ...sized(3, body)];
}

/** Handshake records with so many octets of the message in each. */
export function inRecords(message: readonly number[], octets = 2 ** 14): Uint8Array {
  const records: number[] = [];
  for (let at = 0; at < message.length; at += octets)
    records.push(22, 3, 1, ...sized(2, message.slice(at, at + octets)));
  return Uint8Array.from(records);
}

export const serverName = (...names: readonly string[]): readonly [number, readonly number[]] => [
  0,
  sized(
    2,
    names.flatMap((name) => [0, ...sized(2, [...Buffer.from(name, 'latin1')])]),
  ),
];

export const signatureAlgorithms = (
  ...algorithms: readonly number[]
): readonly [number, readonly number[]] => [13, sized(2, algorithms.flatMap(two))];

export const supportedVersions = (...versions: readonly number[]): readonly [number, readonly number[]] => [
  43,
  sized(1, versions.flatMap(two)),
];

const two = (number: number): readonly number[] => [number >> 8, number & 255];

/** A vector with its length in front. */
function sized(lengthOctets: number, content: readonly number[]): readonly number[] {
  const length = [content.length >> 16, (content.length >> 8) & 255, content.length & 255];
  return [...length.slice(-lengthOctets), ...content];
}
