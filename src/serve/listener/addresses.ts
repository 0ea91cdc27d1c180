// Where to listen, as words of a command line: a port, an address with a port, or the path of a unix socket. Nothing is looked
// up but the name of a service: a host name could stand for another address at the next start, so addresses are
// given as such. What is wrong comes back as a sentence that says what to write instead. IPv6 addresses stand in brackets
// (RFC 3986 §3.2.2) and come back in their one form (RFC 5952); an IPv4 address inside IPv6 is IPv4.

import { readFileSync } from 'node:fs';
import { type IpOctets, ipText, parseIp, unmapped } from '../../text/index.ts';

export type ListenAddress = (
  | {
      readonly kind: 'tcp';
      /** null: all addresses of both families. '0.0.0.0': all of IPv4; '::': all of IPv6 and no IPv4. */
      readonly host: string | null;
      /** 0: the system chooses. */
      readonly port: number;
    }
  | { readonly kind: 'unix'; readonly path: string }
) & {
  /** "tls:" stands in front: TLS from the first octet. */
  readonly tls?: true;
};

export type AddressProblem = { readonly problem: string };

/** Names of services → their TCP port. */
export type Services = ReadonlyMap<string, number>;

export const SERVICES_FILE = '/etc/services';

const LARGEST_PORT = 65_535;

/** sockaddr_un of Linux has 108 octets, the last of them for NUL. */
const LONGEST_PATH = 107;

const ALL_IPV4 = '0.0.0.0';
const ALL_IPV6 = '::';

const EXAMPLES = 'write 25, 192.0.2.1:25, [2001:db8::1]:25 or unix:/path';

/** A missing file has no services. @throws when it is there and cannot be read */
export function readServices(file = SERVICES_FILE): Services {
  try {
    return parseServices(readFileSync(file, 'latin1'));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return new Map();
    throw error;
  }
}

/** services(5): a name, "port/protocol", further names; the first line that has a name counts. */
export function parseServices(text: string): Services {
  const services = new Map<string, number>();
  for (const line of text.split('\n')) {
    const [plain = ''] = line.split('#', 1);
    const [name = '', portAndProtocol = '', ...aliases] = plain.trim().split(/[ \t]+/);
    const digits = /^([0-9]{1,5})\/tcp$/.exec(portAndProtocol)?.[1];
    if (digits === undefined || Number(digits) > LARGEST_PORT) continue;
    for (const each of [name, ...aliases]) if (!services.has(each)) services.set(each, Number(digits));
  }
  return services;
}

/** @param services is called when the word has a name in the place of the port, and may throw */
export function parseListenAddress(word: string, services: () => Services): ListenAddress | AddressProblem {
  if (!word.startsWith(TLS_MARK)) return parsePlainAddress(word, services);
  const address = parsePlainAddress(word.slice(TLS_MARK.length), services);
  return 'problem' in address ? address : { ...address, tls: true };
}

const TLS_MARK = 'tls:';

function parsePlainAddress(word: string, services: () => Services): ListenAddress | AddressProblem {
  if (word.startsWith('unix:')) return unixAddress(word);
  if (word.startsWith('/')) return { problem: `"${word}" looks like a path; write unix:${word}` };
  const whole = parseIp(word);
  if (whole !== null) return { problem: withoutPort(word, whole) };
  const [, bracketed, after] = /^\[([^\]]*)\](?::(.*))?$/s.exec(word) ?? [];
  if (bracketed !== undefined && after === undefined) {
    return { problem: `"${word}" has no port; write ${word}:25` };
  }
  const colon = word.lastIndexOf(':');
  if (colon < 0) return portAlone(word, services);
  const host = bracketed === undefined ? hostOf(word.slice(0, colon)) : bracketedHost(bracketed);
  return typeof host === 'string' ? tcpAddress(host, after ?? word.slice(colon + 1), services) : host;
}

/** How it is written; '25' for all addresses. */
export function listenAddressText(address: ListenAddress): string {
  return address.tls ? TLS_MARK + placeText(address) : placeText(address);
}

/** The same without what is spoken there. */
function placeText(address: ListenAddress): string {
  if (address.kind === 'unix') return `unix:${address.path}`;
  const { host, port } = address;
  if (host === null) return String(port);
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
}

/** What is wrong with a list: two of the same, or one that another one includes; null when it can be listened on. */
export function findOverlap(addresses: readonly ListenAddress[]): string | null {
  for (const [index, later] of addresses.entries()) {
    for (const earlier of addresses.slice(0, index)) {
      const [one, other] = [placeText(earlier), placeText(later)];
      if (one === other && !isChosen(later)) return `${one} is there twice; leave one out`;
      if (includes(earlier, later)) return `${one} includes ${other}; leave one of them out`;
      if (includes(later, earlier)) return `${other} includes ${one}; leave one of them out`;
    }
  }
  return null;
}

const isChosen = (address: ListenAddress): boolean => address.kind === 'tcp' && address.port === 0;

function includes(wide: ListenAddress, narrow: ListenAddress): boolean {
  if (wide.kind === 'unix' || narrow.kind === 'unix') return false;
  if (wide.port !== narrow.port || wide.port === 0 || wide.host === narrow.host) return false;
  if (wide.host === null) return true;
  if (narrow.host === null) return false;
  return wide.host === (narrow.host.includes(':') ? ALL_IPV6 : ALL_IPV4);
}

function unixAddress(word: string): ListenAddress | AddressProblem {
  const path = word.slice('unix:'.length);
  if (!path.startsWith('/')) return { problem: `"${word}" wants a full path: unix:/run/mvmtr/smtp` };
  if (Buffer.byteLength(path) > LONGEST_PATH) {
    return { problem: `"${word}": the path of a unix socket has at most ${LONGEST_PATH} octets` };
  }
  return { kind: 'unix', path };
}

function withoutPort(word: string, ip: IpOctets): string {
  return ip.length === 4
    ? `"${word}" has no port; write ${word}:25`
    : `"${word}": an IPv6 address stands in brackets and a port follows; write [2001:db8::1]:25`;
}

function bracketedHost(text: string): string | AddressProblem {
  const ip = text.includes(':') ? parseIp(text) : null;
  return ip === null ? { problem: `"[${text}]" is no IPv6 address; ${EXAMPLES}` } : ipText(unmapped(ip));
}

function portAlone(word: string, services: () => Services): ListenAddress | AddressProblem {
  // tcpserver's "0 25" would be two addresses here, one of them a surprise.
  if (word === '0') return { problem: '"0" is no port; write 0:25 for all IPv4 addresses, 0:0 for any port' };
  if (word === 'localhost') return { problem: '"localhost" has no port; write localhost:25' };
  if (word.includes('.')) return { problem: `"${word}" is neither a port nor an address; ${EXAMPLES}` };
  return tcpAddress(null, word, services);
}

function hostOf(text: string): string | AddressProblem {
  if (text === '0') return ALL_IPV4;
  if (text === 'localhost') return '127.0.0.1';
  if (text.includes(':')) {
    return { problem: `"${text}": an IPv6 address stands in brackets; write [2001:db8::1]:25` };
  }
  const ip = parseIp(text);
  if (ip !== null) return ipText(ip);
  if (/^[0-9.]*$/.test(text)) return { problem: `"${text}" is no IPv4 address; ${EXAMPLES}` };
  return { problem: `"${text}" is a name, and names may change what they stand for; write the IP address` };
}

function tcpAddress(
  host: string | null,
  port: string,
  services: () => Services,
): ListenAddress | AddressProblem {
  if (/^(?:0|[1-9][0-9]{0,4})$/.test(port) && Number(port) <= LARGEST_PORT) {
    return { kind: 'tcp', host, port: Number(port) };
  }
  if (port === '' || /^[-+0-9]/.test(port)) {
    return { problem: `"${port}" is no port; write a number from 0 to ${LARGEST_PORT}` };
  }
  try {
    const found = services().get(port);
    if (found !== undefined) return { kind: 'tcp', host, port: found };
    return { problem: `there is no service "${port}" in ${SERVICES_FILE}; write the port as a number` };
  } catch (error) {
    return { problem: `"${port}": ${(error as Error).message}; write the port as a number` };
  }
}
