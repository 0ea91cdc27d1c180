// What control/smtpusers has in the place of passwords: scrypt (RFC 7914) in the usual modular form, and SCRAM-SHA-256's keys (RFC 5802
// §3) in the form Dovecot has them. Made here and compared here. Octet strings.

import { createHash, createHmac, pbkdf2, randomBytes, scrypt, timingSafeEqual } from 'node:crypto';
import type { ScramVerifier } from '../sasl/index.ts';
import { fromOctets, toOctets } from '../text/index.ts';

/** 2^15 rounds of 1 KB: 32 MB and about 60 ms for each check. */
const SCRYPT_LOG_ROUNDS = 15;
/** A file must not be able to ask for more. */
const MOST_LOG_ROUNDS = 20;
const MOST_SCRYPT_OCTETS = 2 ** 30;
const MOST_LANES = 16;
const SCRYPT_BLOCKS = 8;
const SALT_OCTETS = 16;
const HASH_OCTETS = 32;
/** Of a hash that others have made: shorter ones are guessed, longer ones prove no more. */
const LEAST_HASH_OCTETS = 16;
const MOST_HASH_OCTETS = 64;

/** RFC 7677 §4 asks for 4096 at least. */
export const SCRAM_ITERATIONS = 10_000;
const MOST_ITERATIONS = 10_000_000;

export interface ScryptVerifier {
  readonly logRounds: number;
  readonly blocks: number;
  readonly lanes: number;
  readonly salt: Uint8Array;
  readonly hash: Uint8Array;
}

const SCRYPT_FORM =
  /^\$scrypt\$ln=([0-9]{1,2}),r=([0-9]{1,2}),p=([0-9]{1,2})\$([A-Za-z0-9+/]+)\$([A-Za-z0-9+/]+)$/;
const SCRAM_FORM = /^\{SCRAM-SHA-256\}([0-9]{1,8}),([A-Za-z0-9+/=]+),([A-Za-z0-9+/=]+),([A-Za-z0-9+/=]+)$/;

/** null: not one of these. */
export function parseScrypt(text: string): ScryptVerifier | null {
  const [, rounds, blocks, lanes, salt = '', hash = ''] = SCRYPT_FORM.exec(text) ?? [];
  if (rounds === undefined) return null;
  const verifier = {
    logRounds: Number(rounds),
    blocks: Number(blocks),
    lanes: Number(lanes),
    salt: Buffer.from(salt, 'base64'),
    hash: Buffer.from(hash, 'base64'),
  };
  return isBearable(verifier) ? verifier : null;
}

function isBearable({ logRounds, blocks, lanes, hash }: ScryptVerifier): boolean {
  if (logRounds < 1 || logRounds > MOST_LOG_ROUNDS || lanes < 1 || lanes > MOST_LANES) return false;
  if (blocks < 1 || 128 * 2 ** logRounds * blocks > MOST_SCRYPT_OCTETS) return false;
  return hash.length >= LEAST_HASH_OCTETS && hash.length <= MOST_HASH_OCTETS;
}

export function parseScram(text: string): ScramVerifier | null {
  const [, iterations, ...fields] = SCRAM_FORM.exec(text) ?? [];
  const [salt = '', storedKey = '', serverKey = ''] = fields.map((field) =>
    Buffer.from(field, 'base64').toString('latin1'),
  );
  const count = Number(iterations ?? 0);
  const isGood = storedKey.length === HASH_OCTETS && serverKey.length === HASH_OCTETS;
  if (count < 1 || count > MOST_ITERATIONS || !isGood) return null;
  return { iterations: count, salt, storedKey, serverKey };
}

export async function makeScrypt(password: string): Promise<string> {
  const salt = randomBytes(SALT_OCTETS);
  const cost = { logRounds: SCRYPT_LOG_ROUNDS, blocks: SCRYPT_BLOCKS, lanes: 1 };
  const hash = await derived(password, { ...cost, salt, hash: new Uint8Array(HASH_OCTETS) });
  return `$scrypt$ln=${cost.logRounds},r=${cost.blocks},p=${cost.lanes}$${unpadded(salt)}$${unpadded(hash)}`;
}

export async function makeScram(password: string): Promise<string> {
  const salt = randomBytes(SALT_OCTETS);
  const { storedKey, serverKey } = await scramKeys(password, fromOctets(salt), SCRAM_ITERATIONS);
  const words = [fromOctets(salt), storedKey, serverKey].map((octets) =>
    Buffer.from(octets, 'latin1').toString('base64'),
  );
  return `{SCRAM-SHA-256}${SCRAM_ITERATIONS},${words.join(',')}`;
}

export async function isScrypt(password: string, verifier: ScryptVerifier): Promise<boolean> {
  const hash = await derived(password, verifier);
  return timingSafeEqual(hash, verifier.hash);
}

export async function isScram(password: string, verifier: ScramVerifier): Promise<boolean> {
  const { storedKey } = await scramKeys(password, verifier.salt, verifier.iterations);
  return timingSafeEqual(toOctets(storedKey), toOctets(verifier.storedKey));
}

/** For a user who does not exist: costs what a check costs. */
export const NOBODYS: ScryptVerifier = {
  logRounds: SCRYPT_LOG_ROUNDS,
  blocks: SCRYPT_BLOCKS,
  lanes: 1,
  salt: new Uint8Array(SALT_OCTETS),
  hash: new Uint8Array(HASH_OCTETS),
};

function derived(password: string, verifier: ScryptVerifier): Promise<Buffer> {
  const { logRounds, blocks, lanes, salt, hash } = verifier;
  const N = 2 ** logRounds;
  // Twice of what it takes: the library counts a little more.
  const options = { N, r: blocks, p: lanes, maxmem: 256 * N * blocks + 2 ** 20 };
  return new Promise((resolve, reject) => {
    scrypt(toOctets(password), salt, hash.length, options, (error, key) =>
      error ? reject(error) : resolve(key),
    );
  });
}

function scramKeys(
  password: string,
  salt: string,
  iterations: number,
): Promise<Pick<ScramVerifier, 'storedKey' | 'serverKey'>> {
  return new Promise((resolve, reject) => {
    pbkdf2(toOctets(password), toOctets(salt), iterations, HASH_OCTETS, 'sha256', (error, salted) => {
      if (error) return reject(error);
      const keyed = (text: string): Buffer => createHmac('sha256', salted).update(text).digest();
      const storedKey = createHash('sha256').update(keyed('Client Key')).digest();
      return resolve({ storedKey: fromOctets(storedKey), serverKey: fromOctets(keyed('Server Key')) });
    });
  });
}

const unpadded = (octets: Uint8Array): string => Buffer.from(octets).toString('base64').replace(/=+$/, '');
