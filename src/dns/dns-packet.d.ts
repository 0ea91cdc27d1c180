// The part of the package dns-packet that wire.ts uses; the package brings no types of its own. What its decoder
// makes of a record depends on the record's type and on what a server has sent, so `data` is to be looked at
// before it is believed. The decoder throws.

declare module 'dns-packet' {
  interface Question {
    readonly name: string;
    readonly type: string;
    readonly class?: string;
  }

  interface Resource {
    readonly name: string;
    readonly type: string;
    readonly class?: string;
    readonly data?: unknown;
  }

  interface Packet {
    readonly rcode: string;
    readonly flag_aa: boolean;
    readonly flag_ra: boolean;
    readonly answers: readonly Resource[];
    readonly authorities: readonly Resource[];
  }

  interface Query {
    readonly type: 'query';
    readonly id: number;
    readonly flags: number;
    readonly questions: Question[];
    readonly additionals: { readonly type: 'OPT'; readonly name: '.'; readonly udpPayloadSize: number }[];
  }

  export const RECURSION_DESIRED: number;
  export function encode(query: Query): Buffer;
  export const decode: {
    (octets: Buffer): Packet;
    /** Octets the last call used up. */
    bytes: number;
  };
}
