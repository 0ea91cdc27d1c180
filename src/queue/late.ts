// A queue whose program is started late: when so much of a message has come that it is worth it, or all of it. A client that
// sends slowly, or goes away in the middle, then costs a few octets of memory and no process; a listener has many such clients.
// What cannot be started is found out at the end, as a temporary failure.

import type { HandOff, Queue } from './queue.ts';

/** Octets of a message that are kept until the program is started: most messages, whole. */
export const HELD_OCTETS = 16 * 1024;

export function lateQueue(queue: Queue): Queue {
  return { open: async () => lateHandOff(queue) };
}

function lateHandOff(queue: Queue): HandOff {
  let held: Uint8Array[] = [];
  let octets = 0;
  let handOff: HandOff | null = null;
  let failed = false;
  const start = async (): Promise<void> => {
    const pieces = held;
    held = [];
    handOff = await queue.open();
    failed = handOff === null;
    for (const piece of pieces) await handOff?.write(piece);
  };
  return {
    get id() {
      return handOff?.id ?? '0';
    },
    write(piece) {
      if (handOff !== null) return handOff.write(piece);
      if (failed) return undefined;
      held.push(Uint8Array.from(piece)); // a Buffer's own slice() would share its memory
      octets += piece.length;
      return octets > HELD_OCTETS ? start() : undefined;
    },
    async commit(envelope) {
      if (handOff === null && !failed) await start();
      if (handOff !== null) return handOff.commit(envelope);
      return {
        kind: 'failed',
        permanent: false,
        detail: '3.0',
        text: 'qqt failure',
        why: 'it cannot be started',
      };
    },
    abort() {
      held = [];
      handOff?.abort();
    },
  };
}
