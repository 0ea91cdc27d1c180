// Networks of IP addresses, written with the number of bits that count: "192.0.2.0/24", "2001:db8::/32". An IPv4 address
// inside IPv6 counts as IPv4, in networks and in what is looked for. Strict as addresses are; what is no network is
// null. Pure. Follows RFC 4632 §3.1 and RFC 4291 §2.3.

import { type IpOctets, ipText, parseIp, unmapped } from './ip-address.ts';

export interface IpNetwork {
  readonly octets: IpOctets;
  readonly bits: number;
}

const MAPPED_BITS = 96;

/** A network, or one address. */
export function parseIpNetwork(text: string): IpNetwork | null {
  const [address = '', prefix, more] = text.split('/');
  const written = parseIp(address);
  if (written === null || more !== undefined) return null;
  const octets = unmapped(written);
  const most = octets.length * 8;
  if (prefix === undefined) return { octets, bits: most };
  // A mapped address is written with the prefix of its IPv6 form.
  const shift = written.length > octets.length ? MAPPED_BITS : 0;
  const bits = /^(?:0|[1-9][0-9]{0,2})$/.test(prefix) ? Number(prefix) - shift : -1;
  return bits >= 0 && bits <= most ? { octets, bits } : null;
}

/** The first `bits` of an octet, the others 0. */
const head = (octet: number, bits: number): number =>
  octet & ((0xff00 >> Math.min(8, Math.max(0, bits))) & 0xff);

/** @param address unmapped */
export function isInNetwork(address: IpOctets, { octets, bits }: IpNetwork): boolean {
  if (address.length !== octets.length) return false;
  return octets.every((octet, i) => head(octet, bits - i * 8) === head(address[i] ?? 0, bits - i * 8));
}

/** The network that an address is in, by its first address: "192.0.2.0/24". */
export function ipNetworkOf(address: IpOctets, bits: number): string {
  return `${ipText(address.map((octet, i) => head(octet, bits - i * 8)))}/${bits}`;
}
