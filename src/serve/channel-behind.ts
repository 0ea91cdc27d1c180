// A channel some of whose octets were read already, by somebody who had no use for them: behind a PROXY header, behind
// XCLIENT.

import type { Channel } from '../session/index.ts';

/** The same channel, but its first read gives these octets at once. They are not to be changed before the second. */
export function channelBehind(channel: Channel, octets: Uint8Array): Channel {
  if (octets.length === 0) return channel;
  let first: Uint8Array | null = octets;
  return {
    read(seconds, between) {
      if (first === null) return channel.read(seconds, between);
      const here = first;
      first = null;
      return Promise.resolve(here);
    },
    write: (text, seconds) => channel.write(text, seconds),
    takeSocket: () => (first === null ? channel.takeSocket?.() : null),
  };
}
