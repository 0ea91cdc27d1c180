// Every mechanism, with noise and with good responses that have been damaged: no call of next() rejects or hangs,
// no dialogue has more than three challenges, and nobody is let in who has not sent what the right client sends.

import { expect, it } from 'vitest';
import { FUZZ_SECONDS, fuzz, type Random } from '../../test/support/random.ts';
import { begun, connectionWith, hmacMd5, knowing, scramFinal } from '../../test/support/sasl.ts';
import type { SaslStep } from './exchange.ts';
import { MECHANISM_NAMES, type MechanismName } from './mechanisms.ts';

const USER = 'user';
const PASSWORD = 'pencil';
const DATA = 'exported';
const verifier = knowing({ [USER]: PASSWORD }, { iterations: 2 });
const context = connectionWith({ 'tls-exporter': DATA });
const STEPS = ['challenge', 'accepted', 'rejected', 'malformed', 'unavailable'];

const PIECES = [
  '\0',
  ',',
  '=',
  '=2C',
  '=3D',
  'n,,',
  'y,,',
  'p=',
  'm=x,',
  ',m=x',
  'a=',
  ' ',
  '\n',
  'AA==',
] as const;

function damaged(random: Random, response: string): string {
  let text = response;
  for (let times = 1 + random.below(3); times > 0; times--) {
    const at = random.below(text.length + 1);
    const gone = random.chance(0.6) ? random.below(4) : 0;
    const put = random.chance(0.7) ? random.pick([random.octets(1), random.pick(PIECES)]) : '';
    text = text.slice(0, at) + put + text.slice(at + gone);
  }
  return text;
}

/** What the right client says to a challenge; null: no initial response. */
type Client = (challenge: string | null) => string | null;

function client(name: MechanismName): Client {
  const plus = name === 'SCRAM-SHA-256-PLUS';
  const header = plus ? 'p=tls-exporter,,' : 'n,,';
  const bare = `n=${USER},r=abcdefgh`;
  const scram: Client = (challenge) => {
    if (!challenge) return header + bare;
    return scramFinal({ password: PASSWORD, header, bare, data: plus ? DATA : '' }, challenge).message;
  };
  const clients: Record<MechanismName, Client> = {
    PLAIN: () => `\0${USER}\0${PASSWORD}`,
    LOGIN: (challenge) => (challenge === 'Password:' ? PASSWORD : USER),
    'CRAM-MD5': (challenge) => (challenge === null ? null : `${USER} ${hmacMd5(PASSWORD, challenge)}`),
    'SCRAM-SHA-256': scram,
    'SCRAM-SHA-256-PLUS': scram,
  };
  return clients[name];
}

// Two ways to write the same are no damage: who one acts for, and the case of a digest.
function sameMeaning(name: MechanismName, right: string | null, said: string | null): boolean {
  if (right === said) return true;
  if (name === 'PLAIN') return said === USER + right;
  if (name !== 'CRAM-MD5' || right === null || said === null) return false;
  return said.startsWith(USER) && said.toLowerCase() === right;
}

async function round(random: Random, name: MechanismName): Promise<void> {
  const exchange = begun({ name, verifier, context, random: () => 'aServersNonceThatIsLongEnough' });
  const speak = client(name);
  const [noise, damage] = [random.chance(0.2), random.chance(0.9)];
  let intact = true;
  let challenge: string | null = null;
  const said: (string | null)[] = [];
  for (;;) {
    const right = speak(challenge);
    const bad = noise ? random.octets(random.below(80)) : damaged(random, right ?? '');
    const response = damage && random.chance(0.6) ? bad : right;
    intact &&= sameMeaning(name, right, response);
    said.push(response);
    const step: SaslStep = await exchange.next(response);
    expect(STEPS).toContain(step.step);
    if (step.step === 'challenge') {
      expect(said.length, JSON.stringify(said)).toBeLessThanOrEqual(3);
      challenge = step.octets;
      continue;
    }
    expect(step.step === 'accepted', `${name} ${JSON.stringify(said)}`).toBe(intact);
    return;
  }
}

it(
  'holds for all of them',
  async () => {
    await fuzz(async (random) => {
      for (let times = 0; times < 20; times++)
        await round(random, random.pick(['PLAIN', ...MECHANISM_NAMES]));
    });
  },
  (FUZZ_SECONDS + 20) * 1000,
);
