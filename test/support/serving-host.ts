// A small server on listening sockets of one runtime, for tests from the client's side. The first word of a connection says what is
// done with it; what happens is told in lines, each once.

import type { Bound, Connection, ListenAddress, Listener, Serving } from '../../src/sys/index.ts';
import { fromOctets } from '../../src/text/index.ts';

/** Long enough for whatever happens at all. */
const LONG = 60;

export const BIG = 8 * 1024 * 1024;

export interface ServingHost {
  /** The port, 0 for a unix socket; or what went wrong, in words. */
  listen(address: ListenAddress): Promise<number | string>;
  close(): void;
}

export function servingHost(serving: Serving, tell: (line: string) => void): ServingHost {
  const here = new Set<Connection>();
  const listeners: Listener[] = [];
  let open: () => void = () => {};
  const gate = new Promise<void>((resolve) => {
    open = resolve;
  });

  async function behave(connection: Connection, word: string): Promise<void> {
    const { channel } = connection;
    switch (word) {
      case 'ends': {
        const end = (at: Connection['remote']) => (at === null ? 'unix' : at.address);
        await channel.write(`${end(connection.remote)} ${end(connection.local)}\n`, LONG);
        return connection.close(LONG);
      }
      case 'echo':
        await channel.write('ok\n', LONG);
        for (;;) {
          const read = await channel.read(LONG);
          if (typeof read === 'string') break;
          await channel.write(fromOctets(read), LONG);
        }
        return connection.close(LONG);
      case 'bye': // and the client may go on talking
        await channel.write('bye\n', LONG);
        return connection.close(LONG);
      case 'cut':
        await channel.write('bye\n', LONG);
        return connection.close(0);
      case 'big':
        tell(`written ${await channel.write('x'.repeat(BIG), LONG)}`);
        return connection.close(LONG);
      case 'late': // nothing is read before the gate is open
        await channel.write('ok\n', LONG);
        await gate;
        return count(connection);
      case 'deaf': // nothing is read, and something is said when the gate is open
        await channel.write('ok\n', LONG);
        await gate;
        tell(`written ${await channel.write('y', LONG)}`);
        return connection.close(0);
      case 'hurry': // more than fits, to a client that does not read
        tell(`written ${await channel.write('x'.repeat(BIG), 0.01)}`);
        tell(`again ${await channel.write('y', LONG)}`);
        return connection.close(0);
      case 'wait':
        tell('waiting');
        tell(`read ${await channel.read(LONG, true)}`);
        await channel.write('421\n', LONG);
        return connection.close(LONG);
      case 'destroy':
        return connection.destroy();
      default:
        return command(connection, word);
    }
  }

  // What a client says to the server as a whole.
  async function command(connection: Connection, word: string): Promise<void> {
    if (word === 'open') open();
    if (word === 'down') for (const each of here) each.goingDown();
    if (word === 'pause') tell(`paused ${listeners.map((listener) => listener.pause()).join()}`);
    if (word === 'close') for (const listener of listeners) listener.close();
    if (word === 'nap') {
      listeners.map((listener) => listener.pause());
      tell(`resumed ${listeners.map((listener) => listener.resume()).join()}`);
    }
    await connection.channel.write('ok\n', LONG);
    connection.close(LONG);
  }

  async function count(connection: Connection): Promise<void> {
    let octets = 0;
    for (;;) {
      const read = await connection.channel.read(LONG);
      if (typeof read === 'string') break;
      octets += read.length;
    }
    tell(`counted ${octets}`);
    connection.close(LONG);
  }

  async function attend(connection: Connection): Promise<void> {
    here.add(connection);
    if (connection.remote === null && connection.local !== null) tell('of nobody');
    connection.onClosed(() => {
      here.delete(connection);
      tell('closed');
    });
    const first = await connection.channel.read(LONG);
    if (typeof first !== 'string') await behave(connection, fromOctets(first).trim());
  }

  return {
    async listen(address) {
      const bound: Bound | { failure: string } = await serving.bind(address, 16);
      if ('failure' in bound) return bound.failure;
      const listener = await serving.listen(bound, 16, (connection) => void attend(connection));
      if ('failure' in listener) return listener.failure;
      listeners.push(listener);
      return bound.port;
    },
    close() {
      for (const listener of listeners) listener.close();
      for (const connection of here) connection.destroy();
    },
  };
}
