// What a proxy in front of us sends before anything else, to say whom it connects for (HAProxy's PROXY protocol,
// versions 1 and 2). Pure. The answer does not depend on how the octets came cut: as long as they may become a header it
// is 'more', and what is surely none is 'bad' at the octet that shows it; addresses are judged where they end. Octets
// behind the header are not looked at. Only a proxy that is trusted may be believed, and that is for the caller to know.

import type { Endpoint } from '../../sys/index.ts';
import { fromOctets, ipText, parseIp, unmapped } from '../../text/index.ts';

/** Addresses as `ipText` writes them; an IPv4 address in IPv6 is an IPv4 address. */
export interface ProxiedConnection {
  readonly source: Endpoint;
  readonly destination: Endpoint;
}

export type ProxyHeader =
  | { readonly kind: 'more' }
  | { readonly kind: 'bad'; readonly reason: string }
  | {
      readonly kind: 'header';
      /** How many octets it has. */
      readonly octets: number;
      readonly connection: Proxied;
    };

/** 'own': the proxy speaks for itself. 'unknown': for a client of whom it tells nothing, and who is not the proxy. */
export type Proxied = ProxiedConnection | 'own' | 'unknown';

/** Longest header of version 1, CRLF included: the protocol's own number. */
export const V1_OCTETS = 107;
/** Most octets behind the 16 fixed ones of version 2: addresses, and TLVs as proxies send them, a certificate with them. */
export const V2_BLOCK_OCTETS = 4096;

const MORE: ProxyHeader = { kind: 'more' };
const NO_HEADER: ProxyHeader = { kind: 'bad', reason: 'it does not begin like one' };

const bad = (reason: string): ProxyHeader => ({ kind: 'bad', reason });

export function parseProxyHeader(octets: Uint8Array): ProxyHeader {
  if (octets[0] === 0x50) return parseV1(octets); // "P"
  const begun = octets.subarray(0, SIGNATURE.length);
  if (begun.some((octet, i) => octet !== SIGNATURE[i])) return NO_HEADER;
  return begun.length < SIGNATURE.length ? MORE : parseV2(octets);
}

/** A word of a header of version 1, and the octet that has to follow it. */
interface Word {
  readonly name: string;
  /** The longest beginning that may belong to it; linear. */
  readonly octets: RegExp;
  readonly good: (word: string) => boolean;
  readonly end: ' ' | '\r' | '\n';
}

const any = (): boolean => true;

const address = (name: string, octets: RegExp, size: 4 | 16): Word => ({
  name,
  octets,
  good: (word) => parseIp(word)?.length === size,
  end: ' ',
});

const port = (name: string, end: Word['end']): Word => ({
  name,
  octets: /^(?:0|[1-9][0-9]{0,4})?/,
  good: (word) => word !== '' && Number(word) <= 65535,
  end,
});

const LINE_FEED: Word = { name: 'line end', octets: /^/, good: any, end: '\n' };

/** How a header begins, its words behind that, and what they say. */
interface Form {
  readonly start: string;
  readonly words: readonly Word[];
  readonly says: (words: readonly string[]) => Proxied;
}

const tcp = (start: string, octets: RegExp, size: 4 | 16): Form => ({
  start,
  words: [
    address('source address', octets, size),
    address('destination address', octets, size),
    port('source port', ' '),
    port('destination port', '\r'),
    LINE_FEED,
  ],
  says: connectionOf,
});

const V1: readonly Form[] = [
  tcp('PROXY TCP4 ', /^[0-9.]{0,15}/, 4),
  tcp('PROXY TCP6 ', /^[0-9A-Fa-f:.]{0,45}/, 16),
  {
    start: 'PROXY UNKNOWN',
    words: [{ name: 'text', octets: /^(?: [\x20-\x7e]*)?/, good: any, end: '\r' }, LINE_FEED],
    says: () => 'unknown',
  },
];

function parseV1(octets: Uint8Array): ProxyHeader {
  const line = fromOctets(octets, 0, Math.min(octets.length, V1_OCTETS));
  const form = V1.find(({ start }) => line.startsWith(start));
  if (!form) return V1.some(({ start }) => start.startsWith(line)) ? MORE : NO_HEADER;
  const found: string[] = [];
  let at = form.start.length;
  for (const { name, octets, good, end } of form.words) {
    const word = octets.exec(line.slice(at))?.[0] ?? '';
    at += word.length;
    if (at === line.length) return at < V1_OCTETS ? MORE : bad(`it has no end within ${V1_OCTETS} octets`);
    if (line[at] !== end || !good(word)) return bad(`its ${name} is malformed`);
    found.push(word);
    at += 1;
  }
  return { kind: 'header', octets: at, connection: form.says(found) };
}

function connectionOf([
  source = '',
  destination = '',
  sourcePort,
  destinationPort,
]: readonly string[]): ProxiedConnection {
  const canonical = (text: string): string => ipText(unmapped(parseIp(text) ?? []));
  return {
    source: { address: canonical(source), port: Number(sourcePort) },
    destination: { address: canonical(destination), port: Number(destinationPort) },
  };
}

const SIGNATURE: readonly number[] = [13, 10, 13, 10, 0, 13, 10, 0x51, 0x55, 0x49, 0x54, 10];
const V2_FIXED_OCTETS = 16;
/** Version 2 with its two commands: the proxy speaks for itself (a health check), or for a client. */
const LOCAL = 0x20;
const PROXY = 0x21;

/** Octets of the addresses by family and transport; datagrams bring no mail, and there is nothing else. */
const FAMILIES: ReadonlyMap<number, number> = new Map([
  [0x11, 12], // TCP over IPv4
  [0x21, 36], // TCP over IPv6
  [0x31, 216], // a stream of AF_UNIX
]);
const UNSPECIFIED = 0x00;

function parseV2(octets: Uint8Array): ProxyHeader {
  const [command, family, high, low] = octets.subarray(SIGNATURE.length, V2_FIXED_OCTETS);
  if (command === undefined) return MORE;
  if (command !== LOCAL && command !== PROXY) return bad('its version or its command is unknown');
  if (family === undefined) return MORE;
  // Neither has addresses that count, and the protocol wants their block skipped unread.
  const skipped = command === LOCAL || family === UNSPECIFIED;
  const addresses = skipped ? 0 : FAMILIES.get(family);
  if (addresses === undefined) return bad('its addresses are of no family that brings mail');
  if (high === undefined) return MORE;
  const block = high * 256 + (low ?? 0);
  if (block > V2_BLOCK_OCTETS) return bad(`it has more than ${V2_BLOCK_OCTETS} octets of addresses and TLVs`);
  if (low === undefined) return MORE;
  if (block < addresses) return bad('it is too short for its addresses');
  const end = V2_FIXED_OCTETS + block;
  const fault = skipped ? null : faultOfTlvs(octets, V2_FIXED_OCTETS + addresses, end);
  if (fault) return fault;
  if (octets.length < end) return MORE;
  return { kind: 'header', octets: end, connection: command === LOCAL ? 'own' : binary(octets, family) };
}

function binary(octets: Uint8Array, family: number): ProxiedConnection | 'unknown' {
  if (family === UNSPECIFIED || family === 0x31) return 'unknown';
  const size = family === 0x11 ? 4 : 16;
  const ports = V2_FIXED_OCTETS + 2 * size;
  const endpoint = (n: 0 | 1): Endpoint => {
    const at = V2_FIXED_OCTETS + n * size;
    return {
      address: ipText(unmapped([...octets.subarray(at, at + size)])),
      port: numberAt(octets, ports + 2 * n),
    };
  };
  return { source: endpoint(0), destination: endpoint(1) };
}

/** Two octets, the first one first; what is not there counts as 0. */
const numberAt = (octets: Uint8Array, at: number): number => (octets[at] ?? 0) * 256 + (octets[at + 1] ?? 0);

const TLV_HEAD_OCTETS = 3;
const CRC32C = 0x03;

/** TLVs are passed over, save for the checksum. @returns null for nothing wrong with those that are there */
function faultOfTlvs(octets: Uint8Array, from: number, end: number): ProxyHeader | null {
  let checksum: number | null = null;
  for (let at = from; at < end; ) {
    const value = at + TLV_HEAD_OCTETS;
    const length = numberAt(octets, at + 1);
    if (value + length > end) return bad('a TLV is longer than the header');
    if (value > octets.length) return null;
    if (octets[at] === CRC32C) {
      if (length !== 4 || checksum !== null) return bad('its checksum is malformed');
      checksum = value;
    }
    at = value + length;
  }
  if (checksum === null || octets.length < end) return null;
  const told = numberAt(octets, checksum) * 65536 + numberAt(octets, checksum + 2);
  const plain = Uint8Array.from(octets.subarray(0, end)).fill(0, checksum, checksum + 4);
  return crc32c(plain) === told ? null : bad('its checksum is wrong');
}

/** RFC 9260 appendix A, bit by bit: a header is too small for a table to pay. */
function crc32c(octets: Uint8Array): number {
  let crc = 0xffffffff;
  for (const octet of octets) {
    crc ^= octet;
    for (let bit = 0; bit < 8; bit += 1) crc = (crc >>> 1) ^ (crc & 1 ? 0x82f63b78 : 0);
  }
  return ~crc >>> 0;
}
