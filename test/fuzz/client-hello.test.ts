// ClientHellos of real clients with damage of all kinds, and random octets. Whatever it is: nothing is thrown, an
// answer that was given for a part is the answer for the whole, and in how many records a message comes makes no
// difference.

import { beforeAll, expect, it } from 'vitest';
import { HELLO_OCTETS, type HelloParsed, parseClientHello } from '../../src/tls/client-hello.ts';
import { caughtHello, inRecords } from '../support/client-hellos.ts';
import { FUZZ_SECONDS, fuzz, type Random } from '../support/random.ts';

let hellos: [Uint8Array, ...Uint8Array[]];

beforeAll(async () => {
  hellos = [
    await caughtHello({ servername: 'mx.example.org' }),
    await caughtHello({ maxVersion: 'TLSv1.2', ciphers: 'ECDHE-ECDSA-AES128-GCM-SHA256' }),
    await caughtHello({ minVersion: 'TLSv1.3', ALPNProtocols: ['smtp'] }),
  ];
});

function damaged(random: Random, octets: Uint8Array): Uint8Array {
  const copy = Uint8Array.from(octets);
  for (let times = random.below(6); times > 0; times -= 1) {
    // What is damaged most often is what says how long something is.
    const at = random.below(random.chance(0.5) ? 80 : copy.length);
    if (at < copy.length) copy[at] = random.chance(0.5) ? random.below(256) : random.pick([0, 1, 2, 255]);
  }
  if (random.chance(0.2)) return copy.subarray(0, random.below(copy.length));
  if (random.chance(0.2))
    return Buffer.concat([copy, Buffer.from(random.octets(random.below(60)), 'latin1')]);
  return copy;
}

function anything(random: Random): Uint8Array {
  if (random.chance(0.8)) return damaged(random, random.pick(hellos));
  const octets = Buffer.from(random.octets(random.below(300)), 'latin1');
  return random.chance(0.5) ? octets : inRecords([...octets], 1 + random.below(100));
}

function check(octets: Uint8Array): HelloParsed {
  const parsed = parseClientHello(octets);
  if (parsed.kind === 'hello' && parsed.serverName !== null)
    expect(parsed.serverName).toMatch(/^[a-z0-9_.-]{1,253}$/);
  return parsed;
}

it(
  'any octets',
  () =>
    fuzz((random) => {
      const octets = anything(random);
      const whole = check(octets);
      let decided: HelloParsed = { kind: 'incomplete' };
      for (let end = 0; end <= octets.length; end += 1 + random.below(9)) {
        const part = check(octets.subarray(0, end));
        if (decided.kind !== 'incomplete') expect(part).toEqual(decided);
        decided = part;
      }
      if (decided.kind !== 'incomplete') expect(whole).toEqual(decided);
    }),
  (FUZZ_SECONDS + 30) * 1000,
);

it(
  'a damaged message, however it is cut into records',
  () =>
    fuzz((random) => {
      const message = [...damaged(random, random.pick(hellos).subarray(5))];
      const whole = check(inRecords(message));
      for (const size of [1 + random.below(5), 1 + random.below(600)])
        expect(check(inRecords(message, size))).toEqual(whole);
      expect(message.length).toBeLessThan(HELLO_OCTETS);
    }),
  (FUZZ_SECONDS + 30) * 1000,
);
