// Random SASL dialogues with the session in memory: right logins, wrong ones, damaged ones and noise, by every mechanism, before and
// after STARTTLS, cut into reads at random. Whatever comes in: every reply is well formed, nothing goes wrong inside, the
// log knows no password, and nobody is logged in who has not sent the password, or the proof of knowing it.

import { expect, it } from 'vitest';
import {
  fromBase64,
  MECHANISM_NAMES,
  type MechanismName,
  startMechanism,
  toBase64,
} from '../../src/sasl/index.ts';
import { type Channel, type SessionConfig, type SessionEvent, session } from '../../src/session/index.ts';
import { toOctets } from '../../src/text/index.ts';
import { memoryQueue } from '../support/memory-queue.ts';
import { startedTls } from '../support/memory-security.ts';
import { FUZZ_SECONDS, fuzz, type Random } from '../support/random.ts';
import { hmacMd5, knowing, scramFinal } from '../support/sasl.ts';
import { WILLING_QUEUE } from '../support/scenario.ts';
import { NO_RULES } from '../support/services.ts';
import { CONFIG } from '../support/session-config.ts';

const USER = 'joe@example.com';
const PASSWORD = 'Xyzzy-open-sesame-4711';
const WRONG = 'Xyzzy-open-sesame-4712';
/** Of the certificate that startedTls() tells of. */
const BINDING = 'of this certificate';

const verifier = knowing({ [USER]: PASSWORD }, { iterations: 2 });

const NO_FILES = {
  certificates: [],
  clientCa: null,
  clientCrl: null,
  ciphersFile: null,
  ciphers: null,
  clientsFile: null,
  ticketKeys: null,
};

const NOISE = [
  '',
  '*',
  '=',
  '==',
  'A',
  'AA==',
  '\0',
  '\xff',
  ' ',
  'QUIT',
  'AUTH PLAIN',
  '\t*',
  '* ',
] as const;

/** A right or wrong client in the middle of an exchange: what it would say to a challenge, decoded. */
type Answer = (challenge: string | null) => string;

/** @param sent is told of everything that proves the password */
function answers(name: MechanismName, password: string, proves: (text: string) => void): Answer {
  const plus = name === 'SCRAM-SHA-256-PLUS';
  const header = plus ? 'p=tls-server-end-point,,' : 'n,,';
  const bare = `n=${USER},r=abcdefgh`;
  const proving = (text: string): string => {
    if (password === PASSWORD) proves(text);
    return text;
  };
  switch (name) {
    case 'PLAIN':
      return () => proving(`\0${USER}\0${password}`);
    case 'LOGIN':
      return (challenge) => (challenge === 'Password:' ? proving(password) : USER);
    case 'CRAM-MD5':
      return (challenge) => proving(`${USER} ${hmacMd5(password, challenge ?? '')}`);
    default:
      return (challenge) => {
        if (challenge === null || challenge === '') return header + bare;
        if (!challenge.startsWith('r=')) return '';
        const data = plus ? BINDING : '';
        return proving(scramFinal({ password, header, bare, data }, challenge).message);
      };
  }
}

function damaged(random: Random, text: string): string {
  const at = random.below(text.length + 1);
  const gone = random.below(4);
  return text.slice(0, at) + random.pick([random.octets(random.below(3)), ...NOISE]) + text.slice(at + gone);
}

interface Client extends Channel {
  output(): string;
  /** All that has been sent in lines of base64 and has proved the password. */
  readonly proofs: readonly string[];
}

const MOVES = 30;

/** A client that makes up what it says from what it has heard. */
function randomClient(random: Random): Client {
  const proofs: string[] = [];
  let output = '';
  let moves = random.below(MOVES);
  let left = '';
  let answer: Answer = () => '';

  const begin = (): string => {
    const name = random.pick(MECHANISM_NAMES as readonly [MechanismName, ...MechanismName[]]);
    answer = answers(name, random.pick([PASSWORD, WRONG]), (text) => void proofs.push(text));
    const verb = random.pick(['AUTH', 'auth', 'AuTh']);
    const initial = name !== 'CRAM-MD5' && random.chance(0.5) ? ` ${encoded(answer(null))}` : '';
    return `${verb} ${random.chance(0.9) ? name : damaged(random, name)}${initial}`;
  };
  const encoded = (text: string): string => {
    const dice = random.below(10);
    if (dice === 0) return damaged(random, toBase64(text));
    return toBase64(dice === 1 ? damaged(random, text) : text);
  };
  const respond = (challenge: string): string => {
    const dice = random.below(20);
    if (dice === 0) return random.pick(NOISE);
    if (dice === 1) return toBase64(random.octets(random.below(200)));
    if (dice === 2) return 'x'.repeat(random.below(20_000));
    return encoded(answer(fromBase64(challenge) ?? ''));
  };
  const command = (): string =>
    random.chance(0.6)
      ? begin()
      : random.pick([
          'EHLO client.example.net',
          'HELO client.example.net',
          'STARTTLS',
          'MAIL FROM:<sender@example.net> AUTH=<>',
          'RCPT TO:<user@example.org>',
          'RSET',
          'NOOP',
          'AUTH',
          '*',
          '=',
        ]);
  const say = (): string => {
    const challenge = /(?:^|\r\n)334 ([^\r]*)\r\n$/.exec(output)?.[1];
    const line = challenge === undefined ? command() : respond(challenge);
    // Sometimes more than was asked for, at once.
    const more = random.chance(0.05) ? `NOOP\r\n${random.pick(NOISE)}\r\n` : '';
    return `${line}\r\n${more}`;
  };
  return {
    proofs,
    output: () => output,
    async read() {
      if (left === '') {
        if (moves === 0) return 'end';
        moves -= 1;
        left = say();
      }
      const size = random.chance(0.3) ? 1 + random.below(3) : left.length;
      const octets = toOctets(left.slice(0, size));
      left = left.slice(size);
      return octets;
    },
    write(text) {
      output += text;
      return true;
    },
  };
}

interface Seen {
  readonly events: readonly SessionEvent[];
  /** Who was logged in, and with how many proofs sent before. */
  readonly logins: readonly (readonly [user: string | null, proofs: number])[];
}

async function play(client: Client, inClear: boolean): Promise<Seen> {
  const events: SessionEvent[] = [];
  const logins: (readonly [string | null, number])[] = [];
  let now = 0;
  const config: SessionConfig = {
    ...CONFIG,
    tls: NO_FILES,
    auth: { mechanisms: MECHANISM_NAMES, inClear },
    verbose: true,
  };
  await session(config, {
    ...NO_RULES,
    channel: client,
    queue: memoryQueue({ script: WILLING_QUEUE, canRun: true, advance: () => {} }),
    clock: () => now,
    log: (event) => void events.push(event),
    async sleep(seconds) {
      now += seconds * 1000;
    },
    tls: async () => ({ start: async (channel) => startedTls(channel) }),
    authenticator: async () => ({
      start: (name, context) =>
        startMechanism({
          name,
          verifier,
          context,
          random: () => 'aServersNonceThatIsLongEnough',
          clock: () => now,
          fakeSaltKey: 'a key for the salts of nobody',
        }),
    }),
    loggedIn: (user) => void logins.push([user, client.proofs.length]),
  });
  return { events, logins };
}

const REPLY_LINE = /^[2-5][0-9]{2}[ -][\x20-\x7e]*$/;

function check(client: Client, { events, logins }: Seen): void {
  const output = client.output();
  expect(output.endsWith('\r\n')).toBe(true);
  const lines = output.slice(0, -2).split('\r\n');
  expect(lines.filter((line) => !REPLY_LINE.test(line))).toEqual([]);
  expect(lines.filter((line) => line.startsWith('451 4.3.0'))).toEqual([]);
  expect(events.filter((event) => event.event === 'fault')).toEqual([]);
  expect(events.filter((event) => event.event === 'end').length).toBe(1);
  let used = 0;
  for (const [user, proofs] of logins) {
    if (user === null) continue;
    expect(user).toBe(USER);
    expect(proofs).toBeGreaterThan(used);
    used = proofs;
  }
  const accepted = events.filter((event) => event.event === 'auth' && event.result === 'ok');
  expect(lines.filter((line) => line.startsWith('235 ')).length).toBe(accepted.length);
  expect(logins.filter(([user]) => user !== null).length).toBe(accepted.length);
  const log = JSON.stringify(events);
  for (const secret of [PASSWORD, WRONG].flatMap(wordsOf)) expect(log).not.toContain(secret);
}

const wordsOf = (password: string): readonly string[] => [
  password,
  toBase64(password),
  toBase64(`\0${USER}\0${password}`),
];

it.each([
  ['with TLS only', false],
  ['in the clear too', true],
])(
  'logs in nobody without a password, %s',
  async (_, inClear) => {
    let loggedIn = 0;
    let refused = 0;
    await fuzz(async (random) => {
      const client = randomClient(random);
      const seen = await play(client, inClear);
      check(client, seen);
      loggedIn += seen.logins.length;
      refused += client.output().split('\r\n535 ').length - 1;
    });
    if (process.env.MVMTR_FUZZ_SEED === undefined) expect(Math.min(loggedIn, refused)).toBeGreaterThan(0);
  },
  (FUZZ_SECONDS + 30) * 1000,
);
