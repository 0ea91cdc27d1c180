// Node's way to put one question to another host: a connected datagram socket, which takes datagrams from that
// host only, or a TCP connection. The modules are loaded with the first question; a look-up function of our own
// keeps Node from loading its resolver for what is an address already. Failures are told by `over`.

import type { Socket as Datagram } from 'node:dgram';
import type { LookupFunction, Socket } from 'node:net';
import { reasonOf } from './both.ts';
import type { Destination, Exchange, ExchangeEvents } from './sys.ts';

const loadDgram = () => process.getBuiltinModule('node:dgram');
const loadNet = () => process.getBuiltinModule('node:net');

export function overUdp(to: Destination, question: Uint8Array, events: ExchangeEvents): Exchange {
  const family = familyOf(to.address);
  const socket: Datagram = loadDgram().createSocket({
    type: family === 6 ? 'udp6' : 'udp4',
    // Not at once: it would tell of an address that is not ours before the exchange was returned.
    lookup: (address, _options, found) => queueMicrotask(() => found(null, address, family)),
  });
  let closed = false;
  const over = (error: Error): void => {
    if (!closed) events.over(reasonOf(error));
  };
  socket.on('message', (octets) => {
    if (!closed) events.octets(octets);
  });
  socket.on('error', over);
  // @types/node knows this callback without its argument.
  const connected = (error?: Error): void => {
    if (error) over(error);
    else if (!closed) socket.send(question);
  };
  if (to.from !== undefined) socket.bind({ address: to.from, port: 0, exclusive: true });
  socket.connect(to.port, to.address, connected);
  return {
    close() {
      if (closed) return;
      closed = true;
      socket.close();
    },
  };
}

export function overTcp(to: Destination, question: Uint8Array, events: ExchangeEvents): Exchange {
  const lookup = ((address, _options, found) => found(null, address, familyOf(address))) as LookupFunction;
  const socket: Socket = loadNet().connect({ host: to.address, port: to.port, lookup, ...boundTo(to) });
  let closed = false;
  socket.on('data', (octets: Uint8Array) => {
    if (!closed) events.octets(octets);
  });
  socket.on('error', (error) => {
    if (!closed) events.over(reasonOf(error));
  });
  socket.on('close', () => {
    if (!closed) events.over('closed');
  });
  socket.write(question);
  return {
    close() {
      closed = true;
      socket.destroy();
    },
  };
}

const boundTo = ({ from }: Destination): { readonly localAddress?: string } =>
  from === undefined ? {} : { localAddress: from };

const familyOf = (address: string): 4 | 6 => (address.includes(':') ? 6 : 4);
