// The client's first message (RFC 8446 §4.1.2), read before the TLS library sees it, for the two things that decide
// about our certificate: the host name it asks for (RFC 6066 §3), and whether it can check an ECDSA signature. Pure.
// It may come in several records and in any number of reads, and an answer once given does not change with what comes
// later. What is TLS and cannot be understood, or is too long to wait for, is left to the library.

import { fromOctets, lowerAscii, parseIp } from '../text/index.ts';

export interface Hello {
  /** A host name in lower case; null when it names none. */
  readonly serverName: string | null;
  /** It can check ECDSA signatures on one of the usual curves. */
  readonly ecdsa: boolean;
}

export type HelloParsed =
  | { readonly kind: 'incomplete' }
  /** Not the beginning of any TLS since SSL 3. */
  | { readonly kind: 'no-tls' }
  | ({ readonly kind: 'hello' } & Hello);

/** Octets of a message that is waited for; those of today have less than 2 KB. */
export const HELLO_OCTETS = 16 * 1024;
/** Records it may be cut into, when it is that long. */
const HELLO_RECORDS = 64;

const HANDSHAKE_RECORD = 22;
const CLIENT_HELLO = 1;
const MAJOR_VERSION = 3;
const RECORD_HEADER = 5;
const MESSAGE_HEADER = 4;
/** RFC 8446 §5.1; a fragment of a handshake message is not empty either. */
const RECORD_OCTETS = 2 ** 14;
const RANDOM_OCTETS = 32;

const SERVER_NAME = 0;
const SIGNATURE_ALGORITHMS = 13;
const SUPPORTED_VERSIONS = 43;
const HOST_NAME = 0;
const TLS_1_3 = 0x0304;

/** ecdsa_secp256r1_sha256, ecdsa_secp384r1_sha384, ecdsa_secp521r1_sha512 (RFC 8446 §4.2.3). */
const ECDSA_ALGORITHMS: readonly number[] = [0x0403, 0x0503, 0x0603];

/** TLS_ECDHE_ECDSA_WITH_… of TLS 1.2 (RFC 5289, RFC 7251, RFC 7905, RFC 8422). */
const ECDSA_SUITES: ReadonlySet<number> = new Set([
  0xc02b, 0xc02c, 0xcca9, 0xc023, 0xc024, 0xc009, 0xc00a, 0xc0ac, 0xc0ad, 0xc0ae, 0xc0af,
]);

/** For a hello that the library shall make sense of: nothing is known to speak against any certificate. */
const UNKNOWN: HelloParsed = { kind: 'hello', serverName: null, ecdsa: true };

/** @param octets all that the client has sent so far; more may follow the hello */
export function parseClientHello(octets: Uint8Array): HelloParsed {
  const length = messageLength(octets);
  if (length === 'incomplete') {
    const longest = HELLO_OCTETS + HELLO_RECORDS * RECORD_HEADER;
    return octets.length < longest ? { kind: 'incomplete' } : UNKNOWN;
  }
  if (length === 'no-tls') return { kind: 'no-tls' };
  if (length > HELLO_OCTETS) return UNKNOWN;
  const hello = readHello(firstMessage(octets, length).subarray(MESSAGE_HEADER));
  return hello === null ? UNKNOWN : { kind: 'hello', ...hello };
}

/**
 * Octets of the first handshake message, with its header, once all of it is there; or at once when it is too long. Only
 * looks at the headers, because it is asked again after every read.
 */
function messageLength(octets: Uint8Array): number | 'incomplete' | 'no-tls' {
  const header: number[] = [];
  let there = 0;
  let wanted = MESSAGE_HEADER;
  for (let at = 0; there < wanted; ) {
    const length = recordLength(octets, at);
    if (typeof length === 'string') return length;
    const from = at + RECORD_HEADER;
    const arrived = Math.min(length, octets.length - from);
    for (let next = from; header.length < MESSAGE_HEADER && next < from + arrived; next += 1)
      header.push(octets[next] ?? 0);
    const [type = CLIENT_HELLO, high = 0, middle = 0, low = 0] = header;
    if (type !== CLIENT_HELLO) return 'no-tls';
    if (header.length === MESSAGE_HEADER) wanted = MESSAGE_HEADER + high * 0x10000 + middle * 0x100 + low;
    if (wanted > HELLO_OCTETS) return wanted;
    there += arrived;
    if (arrived < length && there < wanted) return 'incomplete';
    at = from + length;
  }
  return wanted;
}

/** Octets of the handshake record that begins there, as its header has it. */
function recordLength(octets: Uint8Array, at: number): number | 'incomplete' | 'no-tls' {
  if (at < octets.length && octets[at] !== HANDSHAKE_RECORD) return 'no-tls';
  if (at + 1 < octets.length && octets[at + 1] !== MAJOR_VERSION) return 'no-tls';
  if (at + RECORD_HEADER > octets.length) return 'incomplete';
  const length = number16(octets, at + 3);
  return length === 0 || length > RECORD_OCTETS ? 'no-tls' : length;
}

/** The message out of its records, which are known to be all there. */
function firstMessage(octets: Uint8Array, length: number): Uint8Array {
  const message = new Uint8Array(length);
  for (let at = 0, there = 0; there < length; ) {
    const from = at + RECORD_HEADER;
    const fragment = octets.subarray(from, from + Math.min(number16(octets, at + 3), length - there));
    message.set(fragment, there);
    there += fragment.length;
    at = from + fragment.length;
  }
  return message;
}

const number16 = (octets: Uint8Array, at: number): number =>
  (octets[at] ?? 0) * 0x100 + (octets[at + 1] ?? 0);

interface Vector {
  readonly content: Uint8Array;
  /** Where the next thing begins. */
  readonly end: number;
}

/** A vector with its length in front (RFC 8446 §3.4); null when it goes beyond the end. */
function vector(octets: Uint8Array, at: number, lengthOctets: 1 | 2): Vector | null {
  const from = at + lengthOctets;
  if (from > octets.length) return null;
  const end = from + (lengthOctets === 1 ? (octets[at] ?? 0) : number16(octets, at));
  return end > octets.length ? null : { content: octets.subarray(from, end), end };
}

const NOTHING = new Uint8Array(0);

function readHello(body: Uint8Array): Hello | null {
  const session = vector(body, 2 + RANDOM_OCTETS, 1); // behind legacy_version and random
  const suites = session && vector(body, session.end, 2);
  const compression = suites && vector(body, suites.end, 1);
  const extensions = compression && extensionsFrom(body, compression.end);
  if (!extensions) return null;
  const list = (type: number, lengthOctets: 1 | 2): Uint8Array =>
    vector(extensions.get(type) ?? NOTHING, 0, lengthOctets)?.content ?? NOTHING;
  const checks = numbersIn(list(SIGNATURE_ALGORITHMS, 2)).some((each) => ECDSA_ALGORITHMS.includes(each));
  const hasTls13 = numbersIn(list(SUPPORTED_VERSIONS, 1)).includes(TLS_1_3);
  // From TLS 1.3 on, suites no longer say what the signature is.
  const ecdsa = checks && (hasTls13 || numbersIn(suites.content).some((suite) => ECDSA_SUITES.has(suite)));
  return { serverName: hostNameIn(list(SERVER_NAME, 2)), ecdsa };
}

function extensionsFrom(body: Uint8Array, at: number): ReadonlyMap<number, Uint8Array> | null {
  const extensions = new Map<number, Uint8Array>();
  if (at === body.length) return extensions; // TLS 1.2 may have none
  const all = vector(body, at, 2)?.content;
  if (all === undefined) return null;
  for (let next = 0; next < all.length; ) {
    const data = vector(all, next + 2, 2);
    if (data === null) return null;
    extensions.set(number16(all, next), data.content);
    next = data.end;
  }
  return extensions;
}

function numbersIn(octets: Uint8Array): readonly number[] {
  const numbers: number[] = [];
  for (let at = 0; at + 1 < octets.length; at += 2) numbers.push(number16(octets, at));
  return numbers;
}

/** Letters, digits and hyphens (RFC 952, RFC 1123 §2.1), and the underscore of some networks. */
const HOST_NAME_TEXT = /^(?=.{1,253}$)[a-z0-9_-]{1,63}(?:\.[a-z0-9_-]{1,63})*$/;

// ServerNameList: of all types only host_name was ever defined, so behind another one nothing can be read.
function hostNameIn(list: Uint8Array): string | null {
  if (list[0] !== HOST_NAME) return null;
  const name = lowerAscii(fromOctets(vector(list, 1, 2)?.content ?? NOTHING));
  const text = name.endsWith('.') ? name.slice(0, -1) : name; // some send it as the DNS has it
  return HOST_NAME_TEXT.test(text) && parseIp(text) === null ? text : null;
}
