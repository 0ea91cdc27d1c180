// The queue of a simulated session: takes every message,
// and keeps it as the test wants to see it, with CRLF line
// ends.

import { openSpool, type Queue } from '../../queue/index.ts';
import type { QueuedMessage } from '../../rules/testsuite/index.ts';
import type { Spool } from '../../session/index.ts';
import { fromOctets } from '../../text/index.ts';

export interface MemoryQueue {
  readonly queue: Queue;
  readonly spool: () => Spool;
}

export function memoryQueue(take: (message: QueuedMessage) => void): MemoryQueue {
  let count = 0;
  const queue: Queue = {
    async open() {
      count += 1;
      let octets = '';
      return {
        id: String(count),
        write(piece) {
          octets += fromOctets(piece);
        },
        async commit({ reversePath, recipients }) {
          take({ from: reversePath, to: recipients, octets: octets.replace(/\n/g, '\r\n') });
          return { kind: 'queued' };
        },
        abort() {
          octets = '';
        },
      };
    },
  };
  return { queue, spool: openSpool };
}
