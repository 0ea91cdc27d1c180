// What a client is counted by, as two 32-bit numbers made from its address without leaving any garbage, because this is done
// for every connection. IPv4: the address. IPv6: its /64, which is what one customer gets and can choose
// addresses from as he likes. An IPv4 address inside IPv6 ("::ffff:192.0.2.1") is IPv4; a zone ("%eth0") is left
// out. What is no address has no key. Reads what parseIp() reads (RFC 4291 §2.2), and the test holds it to that.

/** Filled by readAddressKey() and handed on; whoever keeps one copies it. */
export interface AddressKey {
  high: number;
  low: number;
}

/** In the upper half of an IPv4 key: the first 32 bits of a multicast address, which no client has. */
const IPV4 = -1;

/** The bits of an IPv4 address that say its /24. */
const NETWORK_MASK = ~0xff;

const GROUPS = 8;
const MAPPED_MARK = 0xffff;

const DOT = 0x2e;
const COLON = 0x3a;
const PERCENT = 0x25;
const ZERO = 0x30;
const LETTER_A = 0x61;
/** Makes a letter small, and leaves a digit a digit. */
const SMALL = 0x20;

const groups = new Int32Array(GROUPS);

/** @returns false when the text is no address; the key is then worth nothing */
export function readAddressKey(ip: string, key: AddressKey): boolean {
  if (ip.indexOf(':') < 0) return readIPv4(ip, 0, key);
  if (!readIPv6(ip, key)) return false;
  if (isMapped()) {
    key.high = IPV4;
    key.low = pair(6);
  } else {
    key.high = pair(0);
    key.low = pair(2);
  }
  return true;
}

/** IPv4: the /24; IPv6: the /64, the key itself. */
export function readNetworkKey(address: Readonly<AddressKey>, network: AddressKey): void {
  network.high = address.high;
  network.low = address.high === IPV4 ? address.low & NETWORK_MASK : address.low;
}

const group = (index: number): number => groups[index] as number;

const pair = (index: number): number => (group(index) << 16) | group(index + 1);

function isMapped(): boolean {
  for (let index = 0; index < 5; index += 1) if (group(index) !== 0) return false;
  return group(5) === MAPPED_MARK;
}

// From `start` to the end of the text.
function readIPv4(ip: string, start: number, key: AddressKey): boolean {
  let value = 0;
  let parts = 1;
  let digits = 0;
  let part = 0;
  for (let at = start; at < ip.length; at += 1) {
    const code = ip.charCodeAt(at);
    if (code === DOT) {
      if (digits === 0 || parts === 4) return false;
      value = (value << 8) | part;
      parts += 1;
      digits = 0;
      part = 0;
      continue;
    }
    const digit = code - ZERO;
    // No leading zeros: some read them as octal.
    if (digit < 0 || digit > 9 || (digits > 0 && part === 0)) return false;
    digits += 1;
    part = part * 10 + digit;
    if (part > 255) return false;
  }
  key.high = IPV4;
  key.low = (value << 8) | part;
  return parts === 4 && digits > 0;
}

// Into `groups`; `key` is used on the way.
function readIPv6(ip: string, key: AddressKey): boolean {
  let count = 0;
  let gap = -1;
  let at = 0;
  if (ip.charCodeAt(0) === COLON && ip.charCodeAt(1) === COLON) {
    gap = 0;
    at = 2;
  }
  while (at < ip.length && ip.charCodeAt(at) !== PERCENT) {
    const end = endOfGroup(ip, at);
    const next = end < ip.length ? ip.charCodeAt(end) : PERCENT;
    if (next === DOT) {
      if (count > GROUPS - 2 || !readIPv4(ip, at, key)) return false;
      groups[count] = key.low >>> 16;
      groups[count + 1] = key.low & 0xffff;
      count += 2;
      break;
    }
    if (end === at || count === GROUPS) return false;
    groups[count] = valueOfGroup(ip, at, end);
    count += 1;
    at = end;
    if (next === PERCENT) break;
    if (next !== COLON) return false;
    at += 1;
    if (ip.charCodeAt(at) === COLON) {
      if (gap >= 0) return false;
      gap = count;
      at += 1;
    } else if (at === ip.length) return false;
  }
  return gap < 0 ? count === GROUPS : spread(count, gap);
}

// Where the hexadecimal digits end: four at most.
function endOfGroup(ip: string, start: number): number {
  let at = start;
  while (at < ip.length && at - start < 4 && hexDigit(ip.charCodeAt(at)) >= 0) at += 1;
  return at;
}

function valueOfGroup(ip: string, start: number, end: number): number {
  let value = 0;
  for (let at = start; at < end; at += 1) value = (value << 4) | hexDigit(ip.charCodeAt(at));
  return value;
}

function hexDigit(code: number): number {
  if (code >= ZERO && code <= ZERO + 9) return code - ZERO;
  const letter = (code | SMALL) - LETTER_A;
  return letter >= 0 && letter < 6 ? letter + 10 : -1;
}

// Puts the zeros of "::" where they belong; it stands for one group at least.
function spread(count: number, gap: number): boolean {
  if (count >= GROUPS) return false;
  groups.copyWithin(GROUPS - (count - gap), gap, count);
  groups.fill(0, gap, GROUPS - (count - gap));
  return true;
}
