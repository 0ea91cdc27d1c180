// Random octets, headers that are damaged and headers as they should be, with anything behind them. Whatever it is:
// nothing is thrown, the answer is the same however the octets are cut, and a header is not longer than it may be.

import { expect, it } from 'vitest';
import {
  type ProxyHeader,
  parseProxyHeader,
  V1_OCTETS,
  V2_BLOCK_OCTETS,
} from '../../src/serve/listener/proxy-header.ts';
import { parseIp, toOctets } from '../../src/text/index.ts';
import { FUZZ_SECONDS, fuzz, type Random } from '../support/random.ts';

const WORDS = [
  'PROXY',
  'TCP4',
  'TCP6',
  'UNKNOWN',
  '192.0.2.1',
  '2001:db8::1',
  '::',
  '25',
  '65536',
  '0',
  '',
] as const;
const ENDS = ['\r\n', '\r\n', '\n', '\r', ''] as const;
const SIGNATURE = '\r\n\r\n\0\r\nQUIT\n';

const LINES = [
  'PROXY TCP4 203.0.113.9 192.0.2.1 40000 25\r\n',
  'PROXY TCP6 2001:db8::9 ::ffff:192.0.2.1 40000 25\r\n',
  'PROXY UNKNOWN whatever\r\n',
] as const;

const length = (n: number): string => String.fromCharCode((n >> 8) & 255, n & 255);

function words(random: Random): string {
  const line = Array.from({ length: random.below(7) }, () => random.pick(WORDS)).join(' ');
  return (random.chance(0.7) ? `PROXY ${line}` : line) + random.pick(ENDS);
}

function tlvs(random: Random): string {
  const one = (): string => {
    const value = random.octets(random.below(9));
    const told = random.chance(0.9) ? value.length : random.below(70000);
    return String.fromCharCode(random.below(6)) + length(told) + value;
  };
  return Array.from({ length: random.below(5) }, one).join('');
}

function binary(random: Random): string {
  const family = random.pick([0x00, 0x11, 0x21, 0x31, random.below(256)]);
  const addresses = random.octets({ 17: 12, 33: 36, 49: 216 }[family] ?? random.below(40));
  const block = addresses + tlvs(random);
  const told = random.chance(0.9) ? block.length : random.below(70000);
  const command = random.pick([0x21, 0x21, 0x21, 0x20, random.below(256)]);
  return SIGNATURE + String.fromCharCode(command, family) + length(told) + block;
}

function damaged(random: Random, octets: string): string {
  const at = random.below(octets.length + 1);
  return octets.slice(0, at) + random.octets(random.below(3)) + octets.slice(at + random.below(3));
}

function input(random: Random): string {
  const made = [
    () => random.octets(random.below(200)),
    () => words(random),
    () => random.pick(LINES),
    () => binary(random),
  ][random.below(4)]?.() as string;
  const octets = random.chance(0.5) ? damaged(random, made) : made;
  return octets + (random.chance(0.3) ? random.octets(random.below(20)) : '');
}

function checkHeader(header: ProxyHeader): void {
  if (header.kind !== 'header') return;
  expect(header.octets).toBeLessThanOrEqual(Math.max(V1_OCTETS, 16 + V2_BLOCK_OCTETS));
  if (typeof header.connection === 'string') return;
  for (const { address, port } of Object.values(header.connection)) {
    expect(parseIp(address)).not.toBeNull();
    expect(Number.isInteger(port) && port >= 0 && port <= 65535).toBe(true);
  }
}

it(
  'PROXY headers, cut at every octet',
  () =>
    fuzz((random) => {
      const octets = toOctets(input(random));
      const whole = parseProxyHeader(octets);
      checkHeader(whole);
      let decided = false;
      for (let at = 0; at <= octets.length; at += 1) {
        const answer = parseProxyHeader(octets.subarray(0, at));
        if (answer.kind === 'more') expect(decided, `more again at ${at}`).toBe(false);
        else expect(answer).toEqual(whole);
        decided = answer.kind !== 'more';
        if (answer.kind === 'header') expect(at).toBeGreaterThanOrEqual(answer.octets);
      }
    }),
  (FUZZ_SECONDS + 30) * 1000,
);
