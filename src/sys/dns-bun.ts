// Bun's way to put one question to another host: a connected datagram socket, or a TCP connection, with Bun's own
// sockets, which cost a tenth of what node:dgram does at the first use. Both are made with a promise; a question
// that is given up before closes its socket as soon as there is one.

import { reasonOf } from './both.ts';
import type { Destination, Exchange, ExchangeEvents } from './sys.ts';

interface Closable {
  close(): void;
}

export function overUdp(to: Destination, question: Uint8Array, events: ExchangeEvents): Exchange {
  return conversation(events, async (told) => {
    const socket = await Bun.udpSocket({
      hostname: to.from ?? (to.address.includes(':') ? '::' : '0.0.0.0'),
      connect: { hostname: to.address, port: to.port },
      socket: {
        data: (_socket, octets) => told.octets(octets),
        // Called with the error alone, whatever the types say.
        error: (...about: readonly unknown[]) => told.over(reasonOf(about.at(-1) as Error)),
      },
    });
    socket.send(question);
    return socket;
  });
}

export function overTcp(to: Destination, question: Uint8Array, events: ExchangeEvents): Exchange {
  return conversation(events, async (told) => {
    const socket = await Bun.connect({
      hostname: to.address,
      port: to.port,
      // Bun knows it, its types do not.
      ...(to.from === undefined ? {} : { localAddress: to.from }),
      socket: {
        data: (_socket, octets) => told.octets(octets),
        error: (_socket, error) => told.over(reasonOf(error)),
        close: () => told.over('closed'),
      },
    });
    socket.write(question);
    return { close: () => socket.terminate() };
  });
}

// Hands events on until the conversation is closed by us.
function conversation(events: ExchangeEvents, open: (told: ExchangeEvents) => Promise<Closable>): Exchange {
  let closed = false;
  let opened: Closable | null = null;
  const told: ExchangeEvents = {
    octets: (octets) => {
      if (!closed) events.octets(octets);
    },
    over: (reason) => {
      if (!closed) events.over(reason);
    },
  };
  open(told).then(
    (socket) => {
      if (closed) socket.close();
      else opened = socket;
    },
    (error) => told.over(reasonOf(error as Error)),
  );
  return {
    close() {
      closed = true;
      opened?.close();
      opened = null;
    },
  };
}
