// The client's first message (RFC 8446 §4.1.2), read before the TLS library sees it, for the two things that decide about our certificate:
// the host name it asks for (RFC 6066 §3), and whether it can check an ECDSA signature. Pure. It may come in several records
// and in any number of reads; what cannot be understood is left to the library.

export interface Hello {
  /** In lower case; null when it names none. */
  readonly serverName: string | null;
  /** It can check ECDSA signatures of the usual curves. */
  readonly ecdsa: boolean;
}

export type HelloParsed =
  | { readonly kind: 'incomplete' }
  /** Not the beginning of any TLS since SSL 3. */
  | { readonly kind: 'no-tls' }
  | ({ readonly kind: 'hello' } & Hello);

/** Octets of a hello that are waited for; those of today have less than 2 KB. */
export const HELLO_OCTETS = 16 * 1024;

const HANDSHAKE_RECORD = 22;
const CLIENT_HELLO = 1;
const RECORD_HEADER = 5;
const MESSAGE_HEADER = 4;
/** RFC 8446 §5.1. */
const RECORD_OCTETS = 2 ** 14;

const SERVER_NAME = 0;
const SIGNATURE_ALGORITHMS = 13;
const SUPPORTED_VERSIONS = 43;
const TLS_1_3 = 0x0304;

/** ecdsa_secp256r1_sha256, secp384r1_sha384, secp521r1_sha512. */
const ECDSA_ALGORITHMS: readonly number[] = [0x0403, 0x0503, 0x0603];

/** TLS 1.2 suites with ECDSA signatures (RFC 5289, RFC 7905, RFC 8422). */
const ECDSA_SUITES: ReadonlySet<number> = new Set([
  0xc02b, 0xc02c, 0xcca9, 0xc023, 0xc024, 0xc009, 0xc00a, 0xc0ac, 0xc0ad, 0xc0ae, 0xc0af,
]);

/** For a hello that the library shall make sense of: nothing is known to speak against any certificate. */
const UNKNOWN: HelloParsed = { kind: 'hello', serverName: null, ecdsa: true };

export function parseClientHello(octets: Uint8Array): HelloParsed {
  const message = handshakeMessage(octets);
  if (message === 'incomplete') return octets.length > HELLO_OCTETS ? UNKNOWN : { kind: 'incomplete' };
  if (message === 'no-tls') return { kind: 'no-tls' };
  const hello = readHello(message);
  return hello === null ? UNKNOWN : { kind: 'hello', ...hello };
}

// The first handshake message, out of the records it is in.
function handshakeMessage(octets: Uint8Array): Uint8Array | 'incomplete' | 'no-tls' {
  const fragments: number[] = [];
  let wanted = MESSAGE_HEADER;
  for (let at = 0; fragments.length < wanted; ) {
    if (at < octets.length && octets[at] !== HANDSHAKE_RECORD) return 'no-tls';
    if (at + 1 < octets.length && octets[at + 1] !== 3) return 'no-tls';
    if (at + RECORD_HEADER > octets.length) return 'incomplete';
    const length = number16(octets, at + 3);
    if (length === 0 || length > RECORD_OCTETS) return 'no-tls';
    const from = at + RECORD_HEADER;
    for (const octet of octets.subarray(from, from + length)) fragments.push(octet);
    if (fragments.length > 0 && fragments[0] !== CLIENT_HELLO) return 'no-tls';
    if (fragments.length >= MESSAGE_HEADER) {
      const [, high = 0, middle = 0, low = 0] = fragments;
      wanted = MESSAGE_HEADER + high * 0x10000 + middle * 0x100 + low;
    }
    at = from + length;
  }
  return Uint8Array.from(fragments.slice(MESSAGE_HEADER, wanted));
}

const number16 = (octets: Uint8Array, at: number): number =>
  (octets[at] ?? 0) * 0x100 + (octets[at + 1] ?? 0);

/** A vector with its length in front (RFC 8446 §3.4), and where the next thing begins; null beyond the end. */
function vector(
  octets: Uint8Array,
  at: number,
  lengthOctets: 1 | 2,
): { readonly content: Uint8Array; readonly end: number } | null {
  if (at + lengthOctets > octets.length) return null;
  const length = lengthOctets === 1 ? (octets[at] ?? 0) : number16(octets, at);
  const from = at + lengthOctets;
  return from + length > octets.length
    ? null
    : { content: octets.subarray(from, from + length), end: from + length };
}

function readHello(message: Uint8Array): Hello | null {
  // legacy_version and random
  const session = vector(message, 2 + 32, 1);
  const suites = session && vector(message, session.end, 2);
  const compression = suites && vector(message, suites.end, 1);
  if (!compression) return null;
  const extensions = extensionsFrom(message, compression.end);
  if (extensions === null) return null;
  const versions = extensions.get(SUPPORTED_VERSIONS);
  const hasTls13 = versions !== undefined && numbersIn(versions.subarray(1)).includes(TLS_1_3);
  const algorithms = numbersIn(extensions.get(SIGNATURE_ALGORITHMS)?.subarray(2) ?? NOTHING);
  const signs = algorithms.some((algorithm) => ECDSA_ALGORITHMS.includes(algorithm));
  const ecdsa = signs && (hasTls13 || numbersIn(suites.content).some((suite) => ECDSA_SUITES.has(suite)));
  return { serverName: serverNameIn(extensions.get(SERVER_NAME) ?? NOTHING), ecdsa };
}

const NOTHING = new Uint8Array(0);

function extensionsFrom(message: Uint8Array, at: number): ReadonlyMap<number, Uint8Array> | null {
  const extensions = new Map<number, Uint8Array>();
  if (at === message.length) return extensions; // TLS 1.2 may have none
  const all = vector(message, at, 2);
  if (all === null) return null;
  for (let next = 0; next < all.content.length; ) {
    const type = number16(all.content, next);
    const data = vector(all.content, next + 2, 2);
    if (data === null) return null;
    extensions.set(type, data.content);
    next = data.end;
  }
  return extensions;
}

function numbersIn(octets: Uint8Array): readonly number[] {
  const numbers: number[] = [];
  for (let at = 0; at + 1 < octets.length; at += 2) numbers.push(number16(octets, at));
  return numbers;
}

// ServerNameList, of which only host_name (0) is known.
function serverNameIn(extension: Uint8Array): string | null {
  const list = vector(extension, 0, 2)?.content;
  if (list?.[0] !== 0) return null;
  const name = vector(list, 1, 2)?.content;
  const text = name === undefined ? '' : String.fromCharCode(...name.subarray(0, 256));
  return /^[A-Za-z0-9_.-]{1,255}$/.test(text) ? text.toLowerCase() : null;
}
