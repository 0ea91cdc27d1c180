// One question to one server: by UDP with EDNS (RFC 6891), again without EDNS for a server that does not know it,
// and by TCP when the answer does not fit (RFC 7766). Each of these steps has the same time. Replies that are not
// ours are passed over; the wait goes on. Every step has an id of its own that cannot be guessed, and a port of
// the system's choice (RFC 5452).

import type { Endpoint, Exchange, StartExchange } from '../sys/index.ts';
import { randomId } from './random.ts';
import { type Query, type Question, queryFor, type Reply, readReply } from './wire.ts';

export interface Transport {
  readonly overUdp: StartExchange;
  readonly overTcp: StartExchange;
}

export type ServerReply =
  | Extract<Reply, { kind: 'reply' | 'malformed' }>
  | { readonly kind: 'timeout' }
  | { readonly kind: 'stopped' }
  | { readonly kind: 'unreachable'; readonly reason: string };

export interface AskOptions {
  readonly transport: Transport;
  readonly server: Endpoint;
  readonly milliseconds: number;
  /** Called with the way to end the step that begins: it resolves 'stopped'. */
  readonly onStep: (stop: () => void) => void;
}

type StepReply = ServerReply | { readonly kind: 'truncated' };

const WITHOUT_EDNS: readonly string[] = ['FORMERR', 'NOTIMP'];

/** Never rejects. */
export async function askServer(question: Question, options: AskOptions): Promise<ServerReply> {
  let edns = true;
  let reply = await step('udp', queryFor(question, { id: randomId(), edns }), options);
  if (reply.kind === 'reply' && WITHOUT_EDNS.includes(reply.rcode)) {
    edns = false;
    reply = await step('udp', queryFor(question, { id: randomId(), edns }), options);
  }
  if (reply.kind !== 'truncated') return reply;
  const whole = await step('tcp', queryFor(question, { id: randomId(), edns }), options);
  return whole.kind === 'truncated' ? { kind: 'malformed', reason: 'truncated over TCP' } : whole;
}

function step(protocol: 'udp' | 'tcp', query: Query, options: AskOptions): Promise<StepReply> {
  const { transport, server, milliseconds, onStep } = options;
  return new Promise((resolve) => {
    let exchange: Exchange | null = null;
    const finish = (reply: StepReply): void => {
      clearTimeout(timer);
      exchange?.close();
      resolve(reply);
    };
    const timer = setTimeout(() => finish({ kind: 'timeout' }), milliseconds);
    onStep(() => finish({ kind: 'stopped' }));
    const over = (reason: string): void => finish({ kind: 'unreachable', reason });
    try {
      exchange =
        protocol === 'udp'
          ? transport.overUdp(server, query.octets, { over, octets: datagramReader(query, finish) })
          : transport.overTcp(server, prefixed(query.octets), { over, octets: streamReader(query, finish) });
    } catch (error) {
      over((error as Error).message);
    }
  });
}

function datagramReader(query: Query, finish: (reply: StepReply) => void): (octets: Uint8Array) => void {
  return (octets) => {
    const reply = readReply(octets, query);
    if (reply.kind !== 'foreign') finish(reply);
  };
}

const LENGTH_OCTETS = 2;

function prefixed(octets: Uint8Array): Uint8Array {
  const whole = Buffer.alloc(LENGTH_OCTETS + octets.length);
  whole.writeUInt16BE(octets.length, 0);
  whole.set(octets, LENGTH_OCTETS);
  return whole;
}

// A message over TCP: its length in two octets, then itself, in pieces of any size.
function streamReader(query: Query, finish: (reply: StepReply) => void): (octets: Uint8Array) => void {
  let whole = Buffer.alloc(0);
  return (octets) => {
    whole = Buffer.concat([whole, octets]);
    if (whole.length < LENGTH_OCTETS) return;
    const end = LENGTH_OCTETS + whole.readUInt16BE(0);
    if (whole.length < end) return;
    const reply = readReply(whole.subarray(LENGTH_OCTETS, end), query);
    finish(reply.kind === 'foreign' ? { kind: 'malformed', reason: 'a reply to something else' } : reply);
  };
}
