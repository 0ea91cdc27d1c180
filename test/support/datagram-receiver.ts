// A supervisor's end of a unix datagram socket: perl binds it, because neither runtime can.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const PROGRAM = fileURLToPath(new URL('datagram-receiver.pl', import.meta.url));

export interface DatagramReceiver {
  /** The next datagram, as octet string; waits for it. */
  next(): Promise<string>;
  stop(): Promise<void>;
}

export async function receiveDatagrams(socketPath: string): Promise<DatagramReceiver> {
  const child = spawn('perl', [PROGRAM, socketPath], { stdio: ['ignore', 'pipe', 'inherit'] });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const line = async (): Promise<string> => {
    const { value, done } = await lines.next();
    if (done) throw new Error('the receiver of datagrams is gone');
    return value;
  };
  await line();
  return {
    next: async () => Buffer.from(await line(), 'hex').toString('latin1'),
    async stop() {
      const gone = once(child, 'exit');
      child.kill('SIGKILL');
      await gone;
    },
  };
}
