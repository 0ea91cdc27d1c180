// Waits for the PROXY header at the beginning of a connection, for so long and no longer, however slowly its octets
// come. No more is kept of what comes than the longest header and one read. Never throws; what goes wrong is a sentence
// for the log, and the client hears nothing: nobody has been greeted yet.

import type { Channel, Clock } from '../../session/index.ts';
import { type Proxied, parseProxyHeader } from './proxy-header.ts';

export type ReadHeader =
  | {
      readonly connection: Proxied;
      /** Octets that came behind the header; the next reader has to have them (`channelBehind`). */
      readonly rest: Uint8Array;
    }
  | { readonly problem: string };

/** @param clock milliseconds since whenever, for the deadline only */
export async function readProxyHeader(
  channel: Channel,
  seconds: number,
  clock: Clock = () => performance.now(),
): Promise<ReadHeader> {
  const deadline = clock() + seconds * 1000;
  let octets: Uint8Array = new Uint8Array(0);
  for (;;) {
    const left = (deadline - clock()) / 1000;
    const read = left > 0 ? await channel.read(left) : 'timeout';
    if (read === 'timeout') return { problem: `no PROXY header within ${seconds} seconds` };
    if (read === 'end') return { problem: closed(octets) };
    if (read === 'closing') return { problem: 'the server is going down' };
    octets = Buffer.concat([octets, read]);
    const header = parseProxyHeader(octets);
    if (header.kind === 'bad') return { problem: `bad PROXY header: ${header.reason}` };
    if (header.kind === 'header') {
      return { connection: header.connection, rest: octets.subarray(header.octets) };
    }
  }
}

function closed({ length }: Uint8Array): string {
  return length === 0
    ? 'the connection was closed without a PROXY header'
    : 'the connection was closed within the PROXY header';
}
