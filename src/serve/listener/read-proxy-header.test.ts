// The header at the beginning of a connection in memory: whole, octet by octet, with a command behind it, too slow, broken
// off. And what is read next, which has to be every octet behind it.

import { describe, expect, it } from 'vitest';
import { CUTTINGS, type MemoryChannel, memoryChannel } from '../../../test/support/memory-channel.ts';
import type { Step } from '../../../test/support/scenario.ts';
import { fromOctets, toOctets } from '../../text/index.ts';
import { channelBehind } from '../channel-behind.ts';
import { V2_BLOCK_OCTETS } from './proxy-header.ts';
import { type ReadHeader, readProxyHeader } from './read-proxy-header.ts';

const HEADER = 'PROXY TCP4 203.0.113.9 192.0.2.1 40000 25\r\n';
const CONNECTION = {
  source: { address: '203.0.113.9', port: 40000 },
  destination: { address: '192.0.2.1', port: 25 },
};

const send = (octets: string): Step => ({ kind: 'send', octets });
const wait = (seconds: number): Step => ({ kind: 'wait', milliseconds: seconds * 1000 });

async function readFrom(channel: MemoryChannel): Promise<ReadHeader> {
  const read = await readProxyHeader(channel, 5, channel.clock);
  expect(channel.output()).toBe('');
  return read;
}

describe.each(CUTTINGS)('cut as %s', (cutting) => {
  it.each(['', 'E', 'EHLO client.example.net\r\nQUIT\r\n'])('a header with %j behind it', async (behind) => {
    const channel = memoryChannel([send(HEADER + behind)], false, cutting);
    const read = await readFrom(channel);
    expect(read).toMatchObject({ connection: CONNECTION });
    const next = channelBehind(channel, 'rest' in read ? read.rest : toOctets(''));
    let seen = '';
    for (;;) {
      const octets = await next.read(1);
      if (typeof octets === 'string') break;
      seen += fromOctets(octets);
    }
    expect(seen).toBe(behind);
    expect(channel.problems()).toEqual([]);
  });
});

it.each<[string, readonly Step[], boolean, string]>([
  ['nothing', [], false, 'the connection was closed without a PROXY header'],
  ['half of it', [send('PROXY TCP4 203')], false, 'the connection was closed within the PROXY header'],
  ['another protocol', [send('EHLO x\r\n')], false, 'bad PROXY header: it does not begin like one'],
  ['silence', [], true, 'no PROXY header within 5 seconds'],
  ['half of it, and silence', [send('PROXY')], true, 'no PROXY header within 5 seconds'],
  [
    'an octet every second',
    Array.from(HEADER).flatMap((octet) => [wait(1), send(octet)]),
    false,
    'no PROXY header within 5 seconds',
  ],
])('%s is a problem', async (_, steps, hold, problem) => {
  const channel = memoryChannel(steps, hold, 'whole');
  const began = channel.clock();
  expect(await readFrom(channel)).toEqual({ problem });
  expect(channel.clock() - began).toBeLessThanOrEqual(5000);
  expect(channel.problems()).toEqual([]);
});

it('a header in the last moment is in time', async () => {
  const channel = memoryChannel([send(HEADER.slice(0, 9)), wait(4.9), send(HEADER.slice(9))], false, 'whole');
  expect(await readFrom(channel)).toMatchObject({ connection: CONNECTION });
});

it('whoever is going down waits no longer', async () => {
  const closing = { read: async () => 'closing' as const, write: () => true };
  expect(await readProxyHeader(closing, 5)).toEqual({ problem: 'the server is going down' });
});

it('no more is taken than the longest header', async () => {
  let reads = 0;
  const endless = {
    read: async () => toOctets(reads++ === 0 ? '\r\n\r\n\0\r\nQUIT\n\x20\0\x10\0' : 'x'),
    write: () => true,
  };
  expect(await readProxyHeader(endless, 5)).toEqual({ connection: 'own', rest: toOctets('') });
  expect(reads).toBe(1 + V2_BLOCK_OCTETS);
});

describe('a channel behind octets', () => {
  it('writes as the one before it', () => {
    const channel = memoryChannel([], false, 'whole');
    expect(channelBehind(channel, toOctets('x')).write('220 mx.example.com\r\n', 1)).toBe(true);
    expect(channel.output()).toBe('220 mx.example.com\r\n');
  });

  it('is told what the reader is waiting for', async () => {
    const asked: unknown[] = [];
    const read = async (...of: readonly unknown[]): Promise<'end'> => {
      asked.push(of);
      return 'end';
    };
    const channel = channelBehind({ read, write: () => true }, toOctets('x'));
    await channel.read(1, true);
    await channel.read(2, true);
    expect(asked).toEqual([[2, true]]);
  });

  it('is the same channel behind none', () => {
    const channel = memoryChannel([], false, 'whole');
    expect(channelBehind(channel, toOctets(''))).toBe(channel);
  });
});
