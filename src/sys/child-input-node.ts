// Node's way to feed one descriptor of a child: a socket around our end of it, which keeps back what does not fit and tells
// when it has left. What goes wrong is remembered and told by taken().

import type { Socket } from 'node:net';
import type { ChildInput } from './sys.ts';

export function childInput(socket: Socket): ChildInput {
  let broken = false;
  let leftUnread = false;
  let unfinished = 0;
  let wake: (() => void) | null = null;
  const finished = (error?: Error | null): void => {
    if (error) broken = true;
    unfinished -= 1;
    if (unfinished === 0) wake?.();
  };
  const drained = (): Promise<void> =>
    new Promise((resolve) => {
      wake = resolve;
    });
  socket.on('error', (error: NodeJS.ErrnoException) => {
    broken = true;
    // The last one to have the other end open has closed it with octets still in it.
    if (error.code === 'ECONNRESET') leftUnread = true;
  });
  // Only the child's descriptor 1 can be read from; what a careless program prints there goes nowhere.
  if (socket.readable) socket.resume();
  return {
    write(octets) {
      if (broken || socket.destroyed) {
        broken = true;
        return undefined;
      }
      unfinished += 1;
      socket.write(octets, finished);
      return socket.writableLength === 0 ? undefined : drained();
    },
    async taken() {
      if (unfinished > 0) await drained();
      return !broken;
    },
    close() {
      // With nothing on its way any more the end can be told by half-closing, and the other side may still be heard of.
      if (unfinished === 0 && socket.readable) socket.end();
      else socket.destroy();
    },
    get leftUnread() {
      return leftUnread;
    },
  };
}
