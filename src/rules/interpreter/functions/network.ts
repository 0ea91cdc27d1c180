// IP addresses for rules: an IPv4 address inside IPv6 ("::ffff:192.0.2.1") counts as IPv4, but for the questions which of the two
// it is. What is no address is in no network and turns into nothing. Pure.

import { type IpOctets, ipNetworkOf, parseIp, unmapped } from '../../../text/index.ts';

export function parseAddress(text: string): IpOctets | null {
  const octets = parseIp(text);
  return octets && unmapped(octets);
}

export const isIPv4 = (text: string): boolean => parseIp(text)?.length === 4;
export const isIPv6 = (text: string): boolean => parseIp(text)?.length === 16;

/** The client's network for keys: /24 or /64; what is no address is its own network. */
export function clientNetwork(text: string): string {
  const address = parseAddress(text);
  return address === null ? text : ipNetworkOf(address, address.length === 4 ? 24 : 64);
}
