// IP addresses and networks for rules: read strictly, compared by octets, written in one form. An IPv4 address inside IPv6
// ("::ffff:192.0.2.1") counts as IPv4. What is no address is in no network and turns into nothing. Pure.
// Follows RFC 4291 §2.2, RFC 4632 §3.1 and RFC 5952 §4.

/** 4 or 16 octets. */
export type Octets = readonly number[];

export function parseAddress(text: string): Octets | null {
  const octets = text.includes(':') ? parseIPv6(text) : parseIPv4(text);
  return octets !== null && isMapped(octets) ? octets.slice(12) : octets;
}

export const isIPv4 = (text: string): boolean => parseIPv4(text) !== null;
export const isIPv6 = (text: string): boolean => text.includes(':') && parseIPv6(text) !== null;

function parseIPv4(text: string): Octets | null {
  const found = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})$/.exec(text);
  if (found === null) return null;
  const parts = found.slice(1);
  const octets = parts.map(Number);
  return octets.every((octet, i) => octet <= 255 && String(octet) === parts[i]) ? octets : null;
}

function parseIPv6(text: string): Octets | null {
  const [head, tail, more] = text.split('::');
  if (head === undefined || more !== undefined) return null;
  const front = groupsOf(head, tail === undefined);
  if (front === null) return null;
  if (tail === undefined) return front.length === 16 ? front : null;
  const back = groupsOf(tail, true);
  if (back === null) return null;
  const missing = 16 - front.length - back.length;
  return missing < 2 ? null : [...front, ...new Array<number>(missing).fill(0), ...back];
}

/** @param last an IPv4 address may stand at its end */
function groupsOf(text: string, last: boolean): Octets | null {
  if (text === '') return [];
  const octets: number[] = [];
  const groups = text.split(':');
  for (const [i, group] of groups.entries()) {
    const embedded = last && i === groups.length - 1 ? parseIPv4(group) : null;
    if (embedded === null && !/^[0-9a-f]{1,4}$/i.test(group)) return null;
    const value = Number.parseInt(group, 16);
    octets.push(...(embedded ?? [value >> 8, value & 255]));
  }
  return octets;
}

function isMapped(octets: Octets): boolean {
  return octets.length === 16 && octets.every((octet, i) => i >= 12 || octet === (i < 10 ? 0 : 255));
}

export interface Network {
  readonly octets: Octets;
  readonly bits: number;
}

/** "192.0.2.0/24", "2001:db8::/32" or one address; null when it is neither. */
export function parseNetwork(text: string): Network | null {
  const [address = '', prefix, more] = text.split('/');
  const octets = parseAddress(address);
  if (octets === null || more !== undefined) return null;
  const most = octets.length * 8;
  if (prefix === undefined) return { octets, bits: most };
  // A mapped address is written with the prefix of its IPv6 form.
  const shift = most === 32 && address.includes(':') ? 96 : 0;
  const bits = /^[0-9]{1,3}$/.test(prefix) ? Number(prefix) - shift : -1;
  return bits >= 0 && bits <= most ? { octets, bits } : null;
}

export function isIn(address: Octets, { octets, bits }: Network): boolean {
  if (address.length !== octets.length) return false;
  const whole = bits >> 3;
  for (let i = 0; i < whole; i++) if (address[i] !== octets[i]) return false;
  const mask = (0xff00 >> (bits & 7)) & 0xff;
  return ((address[whole] ?? 0) & mask) === ((octets[whole] ?? 0) & mask);
}

/** The first address of the network it is in, with the prefix: "192.0.2.0/24". */
export function networkOf(address: Octets, bits: number): string {
  const kept = address.map((octet, i) => octet & ((0xff00 >> Math.min(8, Math.max(0, bits - i * 8))) & 0xff));
  return `${addressText(kept)}/${bits}`;
}

/** The client's network for keys: /24 or /64; what is no address is its own network. */
export function clientNetwork(text: string): string {
  const address = parseAddress(text);
  return address === null ? text : networkOf(address, address.length === 4 ? 24 : 64);
}

/** Lower case, the longest run of zero groups left out. */
export function addressText(octets: Octets): string {
  if (octets.length === 4) return octets.join('.');
  const groups: string[] = [];
  for (let i = 0; i < 16; i += 2) groups.push((((octets[i] ?? 0) << 8) | (octets[i + 1] ?? 0)).toString(16));
  const text = groups.join(':');
  const zeros = [...text.matchAll(/\b0(?::0)+\b/g)].map(([run]) => run);
  const longest = zeros.reduce((best, run) => (run.length > best.length ? run : best), '');
  if (longest === '') return text;
  const at = `:${text}:`.indexOf(`:${longest}:`);
  const before = text.slice(0, at).replace(/:$/, '');
  const behind = text.slice(at + longest.length).replace(/^:/, '');
  return `${before}::${behind}`;
}

/** Labels of a reverse name: "1.2.0.192", or 32 nibbles. */
export function reversedLabels(octets: Octets): string {
  const labels =
    octets.length === 4
      ? octets.map(String)
      : octets.flatMap((octet) => [(octet >> 4).toString(16), (octet & 15).toString(16)]);
  return labels.reverse().join('.');
}
