// The other end of a SASL exchange: what a client computes, with the runtime's cryptography instead of ours; a
// verifier that knows passwords; and a connection with what may be asked about it. All texts are octet strings.

import { createHash, createHmac, pbkdf2Sync } from 'node:crypto';
import {
  type CredentialVerifier,
  fromBase64,
  type MechanismOptions,
  type SaslContext,
  type SaslExchange,
  type SaslStep,
  type ScramVerifier,
  startMechanism,
  toBase64,
} from '../../src/sasl/index.ts';
import { fromOctets, toOctets } from '../../src/text/index.ts';

export const hmacMd5 = (key: string, text: string): string =>
  createHmac('md5', toOctets(key)).update(toOctets(text)).digest('hex');

const hmac = (key: string, text: string): string =>
  fromOctets(createHmac('sha256', toOctets(key)).update(toOctets(text)).digest());

const digest = (text: string): string => fromOctets(createHash('sha256').update(toOctets(text)).digest());

const salted = (password: string, salt: string, iterations: number): string =>
  fromOctets(pbkdf2Sync(toOctets(password), toOctets(salt), iterations, 32, 'sha256'));

export function scramKeys(password: string, salt: string, iterations: number): ScramVerifier {
  const secret = salted(password, salt, iterations);
  const storedKey = digest(hmac(secret, 'Client Key'));
  return { iterations, salt, storedKey, serverKey: hmac(secret, 'Server Key') };
}

/** Knows these passwords, by user. */
export function knowing(
  passwords: Readonly<Record<string, string>>,
  { salt = 'sixteen octets!!', iterations = 10 } = {},
): CredentialVerifier {
  const known = new Map(Object.entries(passwords));
  const keys = new Map(
    [...known].map(([user, password]) => [user, scramKeys(password, salt, iterations)] as const),
  );
  return {
    plain: async (user, password) => (known.get(user) === password ? 'yes' : 'no'),
    cramMd5: async (user, challenge, response) => {
      const password = known.get(user);
      return password !== undefined && hmacMd5(password, challenge) === response ? 'yes' : 'no';
    },
    scram: async (user) => keys.get(user) ?? null,
  };
}

/** A connection with channel binding data of these types. */
export function connectionWith(bindings: Readonly<Record<string, string>> = {}): SaslContext {
  return {
    secured: Object.keys(bindings).length > 0,
    channelBinding: (type) => bindings[type] ?? null,
    hostName: 'postoffice.reston.mci.net',
    remoteIp: '203.0.113.9',
    remotePort: '40000',
    localIp: '192.0.2.1',
    localPort: '25',
  };
}

/** @throws when there is no such mechanism */
export function begun(options: Partial<MechanismOptions> & { readonly name: string }): SaslExchange {
  const exchange = startMechanism({
    verifier: knowing({}),
    context: connectionWith(),
    random: () => 'aServersNonceThatIsLongEnough',
    clock: () => 697170952_000,
    fakeSaltKey: 'a key for the salts of nobody',
    ...options,
  });
  if (exchange === null) throw new Error(`there is no ${options.name}`);
  return exchange;
}

/** The step after the last of these responses. */
export async function lastStep(
  exchange: SaslExchange,
  ...responses: readonly (string | null)[]
): Promise<SaslStep> {
  let step: SaslStep = { step: 'challenge', octets: '' };
  for (const [index, response] of responses.entries()) {
    if (step.step !== 'challenge') throw new Error(`${step.step} before response ${index}`);
    step = await exchange.next(response);
  }
  return step;
}

/** @throws when the step is another one */
export function challengeIn(step: SaslStep): string {
  if (step.step !== 'challenge') throw new Error(`${step.step} instead of a challenge`);
  return step.octets;
}

export interface ScramClient {
  readonly password: string;
  /** The GS2 header, with the comma at its end. */
  readonly header: string;
  readonly bare: string;
  /** Channel binding data. */
  readonly data?: string;
  /** Behind r=, with the comma in front of them. */
  readonly extensions?: string;
  /** What to send in the place of the server's nonce. */
  readonly otherNonce?: (nonce: string) => string;
}

/** What a client says to the server's first message, and what it then wants to hear (RFC 5802 §3). */
export function scramFinal(
  { password, header, bare, data = '', extensions = '', otherNonce = (nonce) => nonce }: ScramClient,
  serverFirst: string,
): { readonly message: string; readonly expects: string } {
  const [, nonce = '', salt = '', count = ''] = /^r=([^,]*),s=([^,]*),i=([0-9]+)$/.exec(serverFirst) ?? [];
  const secret = salted(password, fromBase64(salt) ?? '', Number(count));
  const withoutProof = `c=${toBase64(header + data)},r=${otherNonce(nonce)}${extensions}`;
  const signed = `${bare},${serverFirst},${withoutProof}`;
  const clientKey = hmac(secret, 'Client Key');
  const signature = toOctets(hmac(digest(clientKey), signed));
  const proof = fromOctets(toOctets(clientKey).map((octet, index) => octet ^ (signature[index] as number)));
  return {
    message: `${withoutProof},p=${toBase64(proof)}`,
    expects: `v=${toBase64(hmac(hmac(secret, 'Server Key'), signed))}`,
  };
}
