// IP addresses as octets: read from text, written in one form only, and turned into names below in-addr.arpa and
// ip6.arpa. Strict: no leading zeros, no zone, no prefix, no brackets. Anything else is null. An IPv4 address
// inside IPv6 ("::ffff:192.0.2.1") stays IPv6 until `unmapped` is asked. Pure. Follows RFC 4291 §2.2, RFC 5952 §4,
// RFC 1035 §3.5, RFC 3596 §2.5.

/** 4 or 16 octets. */
export type IpOctets = readonly number[];

export function parseIp(text: string): IpOctets | null {
  return text.includes(':') ? parseIPv6(text) : parseIPv4(text);
}

function parseIPv4(text: string): IpOctets | null {
  const parts = text.split('.');
  const octets = parts.map((part) => (/^(?:0|[1-9][0-9]{0,2})$/.test(part) ? Number(part) : 256));
  return parts.length === 4 && octets.every((octet) => octet <= 255) ? octets : null;
}

function parseIPv6(text: string): IpOctets | null {
  const halves = text.split('::');
  if (halves.length > 2) return null;
  const [head, tail] = halves.map((half, i) => octetsOfGroups(half, i === halves.length - 1));
  if (!head || tail === null) return null;
  if (tail === undefined) return head.length === 16 ? head : null;
  const missing = 16 - head.length - tail.length;
  // "::" stands for one group at least.
  return missing < 2 ? null : [...head, ...new Array<number>(missing).fill(0), ...tail];
}

function octetsOfGroups(text: string, last: boolean): number[] | null {
  if (text === '') return [];
  const octets: number[] = [];
  const groups = text.split(':');
  for (const [i, group] of groups.entries()) {
    if (/^[0-9a-f]{1,4}$/i.test(group)) {
      const value = Number.parseInt(group, 16);
      octets.push(value >> 8, value & 255);
      continue;
    }
    const ipv4 = last && i === groups.length - 1 ? parseIPv4(group) : null;
    if (ipv4 === null) return null;
    octets.push(...ipv4);
  }
  return octets.length <= 16 ? octets : null;
}

/** The IPv4 address in an IPv4-mapped IPv6 address; any other as it is. */
export function unmapped(ip: IpOctets): IpOctets {
  const mapped = ip.length === 16 && ip.every((octet, i) => i >= 12 || octet === (i < 10 ? 0 : 255));
  return mapped ? ip.slice(12) : ip;
}

/** "192.0.2.1", "2001:db8::1": lower case, the longest run of zero groups left out. */
export function ipText(ip: IpOctets): string {
  if (ip.length === 4) return ip.join('.');
  const groups = ip.flatMap((octet, i) => (i % 2 === 0 ? [(octet << 8) | (ip[i + 1] as number)] : []));
  const zeros = longestZeros(groups);
  const hex = (part: readonly number[]): string => part.map((group) => group.toString(16)).join(':');
  return zeros.length < 2
    ? hex(groups)
    : `${hex(groups.slice(0, zeros.start))}::${hex(groups.slice(zeros.start + zeros.length))}`;
}

function longestZeros(groups: readonly number[]): { readonly start: number; readonly length: number } {
  let best = { start: 0, length: 0 };
  let start = 0;
  for (const [i, group] of groups.entries()) {
    if (group !== 0) start = i + 1;
    else if (i + 1 - start > best.length) best = { start, length: i + 1 - start };
  }
  return best;
}

/** "1.2.0.192" or 32 nibbles: what a DNS list's zone, or the tree of reverse names, is put behind. */
export function reversedLabels(ip: IpOctets): string {
  const labels =
    ip.length === 4
      ? ip.map(String)
      : ip.flatMap((octet) => [octet >> 4, octet & 15]).map((n) => n.toString(16));
  return labels.reverse().join('.');
}

export function reverseName(ip: IpOctets): string {
  return `${reversedLabels(ip)}.${ip.length === 4 ? 'in-addr' : 'ip6'}.arpa`;
}
