// DNS messages (RFC 1035 §4): questions out, replies in. The only file that imports dns-packet. A reply is
// believed only when it has our id and repeats our question octet by octet; anything else is 'foreign', which a
// datagram may be at any time (RFC 5452 §9.1). The additional section is not read. Decoding never throws.

import { decode, encode, RECURSION_DESIRED, type Resource } from 'dns-packet';
import type { DnsType } from './answer.ts';

export interface Question {
  /** As askableName() gives it. */
  readonly name: string;
  readonly type: DnsType;
}

export interface Query extends Question {
  readonly id: number;
  readonly octets: Uint8Array;
}

export type Reply =
  | { readonly kind: 'foreign' }
  | { readonly kind: 'truncated' }
  | { readonly kind: 'malformed'; readonly reason: string }
  | {
      readonly kind: 'reply';
      /** "NOERROR", "NXDOMAIN" … */
      readonly rcode: string;
      /** The server sends us on to another one, which it would have to do itself. */
      readonly referral: boolean;
      readonly answers: readonly Resource[];
    };

/** Largest datagram we take: fits into any path without fragments (RFC 9715). */
const UDP_OCTETS = 1232;

const HEADER_OCTETS = 12;
const QR = 0x80;
const TC = 0x02;
const RCODE = 0x0f;

/** Answered by servers that cannot read what we send, so perhaps without repeating the question. */
const FORMERR = 1;
const NOTIMP = 4;

export function queryFor(question: Question, { id, edns }: { id: number; edns: boolean }): Query {
  const octets = encode({
    type: 'query',
    id,
    flags: RECURSION_DESIRED,
    questions: [{ name: question.name, type: question.type, class: 'IN' }],
    additionals: edns ? [{ type: 'OPT', name: '.', udpPayloadSize: UDP_OCTETS }] : [],
  });
  return { ...question, id, octets };
}

export function readReply(octets: Uint8Array, query: Query): Reply {
  const reply = Buffer.from(octets); // a copy: its count of additional records is about to change
  if (!isOurs(reply, query)) return { kind: 'foreign' };
  if ((reply[2] as number) & TC) return { kind: 'truncated' };
  if (reply.readUInt16BE(4) === 0) reply.fill(0, 6, 10);
  reply.writeUInt16BE(0, 10);
  try {
    const packet = decode(reply);
    // The decoder reads fixed-length data past the end without a word.
    if (decode.bytes > reply.length) return { kind: 'malformed', reason: 'it ends in the middle' };
    return {
      kind: 'reply',
      rcode: packet.rcode,
      referral: isReferral(packet),
      answers: packet.answers.filter((record) => record.class === 'IN'),
    };
  } catch (error) {
    return { kind: 'malformed', reason: (error as Error).message };
  }
}

function isOurs(reply: Buffer, query: Query): boolean {
  if (reply.length < HEADER_OCTETS || reply.readUInt16BE(0) !== query.id) return false;
  if (((reply[2] as number) & QR) === 0) return false;
  const questions = reply.readUInt16BE(4);
  const rcode = (reply[3] as number) & RCODE;
  if (questions === 0) return rcode === FORMERR || rcode === NOTIMP;
  return questions === 1 && repeatsQuestion(reply, query);
}

// The name in a question is never compressed: there is nothing before it. Letter case may come back changed.
function repeatsQuestion(reply: Buffer, query: Query): boolean {
  const end = HEADER_OCTETS + query.name.length + 2 + 4;
  if (reply.length < end) return false;
  for (let i = HEADER_OCTETS; i < end; i += 1) {
    const ours = query.octets[i] as number;
    const theirs = reply[i] as number;
    const lowered = theirs >= 0x41 && theirs <= 0x5a && i < end - 4 ? theirs | 0x20 : theirs;
    if (lowered !== ours && theirs !== ours) return false;
  }
  return true;
}

function isReferral(packet: ReturnType<typeof decode>): boolean {
  const has = (type: string): boolean => packet.authorities.some((record) => record.type === type);
  return !packet.flag_aa && !packet.flag_ra && has('NS') && !has('SOA');
}
