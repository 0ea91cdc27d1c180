// SHA-256 as hexadecimal digits (FIPS 180-4 §6.2), for keys and names of files: clients choose parts of a key, and must not be able
// to choose whose file it lands in. Our own, because the first use of the runtime's costs milliseconds; not for keeping
// passwords. (SCRAM's proofs are made with it; what is slow in them, and what is kept, is not.) Pure; time and memory linear in the input.

const BLOCK = 64;

interface Constants {
  readonly rounds: Uint32Array;
  readonly start: Uint32Array;
}

let known: Constants | null = null;

// Made by the first use: who loads this file for its neighbours' sake pays nothing for it.
function constants(): Constants {
  known ??= { rounds: rootsOfPrimes(64, 3), start: rootsOfPrimes(8, 2) };
  return known;
}

/** First 32 bits of the fractional parts of the roots of the first primes. */
function rootsOfPrimes(count: number, degree: number): Uint32Array {
  const roots = new Uint32Array(count);
  for (let candidate = 2, found = 0; found < count; candidate++) {
    if (!isPrime(candidate)) continue;
    const root = candidate ** (1 / degree);
    roots[found++] = Math.floor((root - Math.floor(root)) * 2 ** 32);
  }
  return roots;
}

function isPrime(candidate: number): boolean {
  for (let divisor = 2; divisor * divisor <= candidate; divisor++)
    if (candidate % divisor === 0) return false;
  return true;
}

export function sha256(octets: Uint8Array): string {
  const blocks = Math.ceil((octets.length + 9) / BLOCK);
  const padded = new Uint8Array(blocks * BLOCK);
  padded.set(octets);
  padded[octets.length] = 0x80;
  const view = new DataView(padded.buffer);
  view.setBigUint64(padded.length - 8, BigInt(octets.length) * 8n);
  const { rounds, start } = constants();
  const hash = new Uint32Array(start);
  const schedule = new Uint32Array(64);
  for (let block = 0; block < blocks; block++) {
    for (let i = 0; i < 16; i++) schedule[i] = view.getUint32(block * BLOCK + i * 4);
    absorb(hash, schedule, rounds);
  }
  return [...hash].map((word) => word.toString(16).padStart(8, '0')).join('');
}

const turned = (word: number, bits: number): number => (word >>> bits) | (word << (32 - bits));
const word = (words: Uint32Array, index: number): number => words[index] as number;

function absorb(hash: Uint32Array, schedule: Uint32Array, rounds: Uint32Array): void {
  for (let i = 16; i < 64; i++) {
    const early = word(schedule, i - 15);
    const late = word(schedule, i - 2);
    const small = turned(early, 7) ^ turned(early, 18) ^ (early >>> 3);
    const large = turned(late, 17) ^ turned(late, 19) ^ (late >>> 10);
    schedule[i] = word(schedule, i - 16) + small + word(schedule, i - 7) + large;
  }
  let [a = 0, b = 0, c = 0, d = 0, e = 0, f = 0, g = 0, h = 0] = hash;
  for (let i = 0; i < 64; i++) {
    const choice = (e & f) ^ (~e & g);
    const first =
      (h + (turned(e, 6) ^ turned(e, 11) ^ turned(e, 25)) + choice + word(rounds, i) + word(schedule, i)) | 0;
    const majority = (a & b) ^ (a & c) ^ (b & c);
    const second = ((turned(a, 2) ^ turned(a, 13) ^ turned(a, 22)) + majority) | 0;
    [h, g, f, e, d, c, b, a] = [g, f, e, (d + first) | 0, c, b, a, (first + second) | 0];
  }
  [a, b, c, d, e, f, g, h].forEach((value, i) => {
    hash[i] = word(hash, i) + value;
  });
}
