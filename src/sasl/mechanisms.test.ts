// PLAIN, LOGIN and CRAM-MD5 with the examples of their documents, everything that is no response of theirs, and
// what all mechanisms have in common: which there are, what a fault of whoever checks passwords becomes, and that
// the end is the end.

import { describe, expect, it } from 'vitest';
import { begun, challengeIn, connectionWith, hmacMd5, knowing, lastStep } from '../../test/support/sasl.ts';
import type { SaslStep } from './exchange.ts';
import { MECHANISM_NAMES, startMechanism } from './mechanisms.ts';
import type { CredentialVerifier } from './verifier.ts';

const TIM = { tim: 'tanstaaftanstaaf' };
const CHALLENGE = '<1896.697170952@postoffice.reston.mci.net>';

const MALFORMED: SaslStep = { step: 'malformed', user: '' };
const accepted = (user: string): SaslStep => ({ step: 'accepted', user });
const rejected = (user: string): SaslStep => ({ step: 'rejected', user });

/** To whom nothing may be shown. */
const UNASKED: CredentialVerifier = {
  plain: () => expect.unreachable(),
  cramMd5: () => expect.unreachable(),
  scram: () => expect.unreachable(),
};

describe('startMechanism', () => {
  const start = (name: string, verifier: CredentialVerifier): boolean =>
    startMechanism({
      name,
      verifier,
      context: connectionWith(),
      random: () => '',
      clock: () => 0,
      fakeSaltKey: '',
    }) !== null;

  it('knows five', () => {
    const names = ['PLAIN', 'LOGIN', 'CRAM-MD5', 'SCRAM-SHA-256', 'SCRAM-SHA-256-PLUS'];
    expect(MECHANISM_NAMES).toEqual(names);
    expect(names.filter((name) => start(name, knowing({})))).toEqual(names);
  });

  it('has those of a verifier that takes passwords only', () => {
    const verifier: CredentialVerifier = { plain: async () => 'no' };
    expect(MECHANISM_NAMES.filter((name) => start(name, verifier))).toEqual(['PLAIN', 'LOGIN']);
  });

  it.each(['', 'plain', 'PLAIN ', 'EXTERNAL', 'SCRAM-SHA-1', 'constructor', '__proto__', 'toString'])(
    'has none of the name %j',
    (name) => expect(start(name, knowing({}))).toBe(false),
  );
});

describe('PLAIN (RFC 4616)', () => {
  const says = (message: string | null, verifier = knowing({ ...TIM, Kurt: 'xipj3plmq' })) =>
    begun({ name: 'PLAIN', verifier }).next(message);

  it.each([
    ['the first example of §4', '\0tim\0tanstaaftanstaaf', accepted('tim')],
    ['the second one, Kurt as Ursel', 'Ursel\0Kurt\0xipj3plmq', rejected('Kurt')],
    ['Kurt as Kurt', 'Kurt\0Kurt\0xipj3plmq', accepted('Kurt')],
    ['Kurt as kurt', 'kurt\0Kurt\0xipj3plmq', rejected('Kurt')],
    ['a wrong password', '\0tim\0tanstaaf', rejected('tim')],
    ['a user who does not exist', '\0tom\0tanstaaftanstaaf', rejected('tom')],
  ])('hears %s', async (_, message, step) => expect(await says(message)).toEqual(step));

  it('asks with nothing when there is no initial response', async () => {
    const exchange = begun({ name: 'PLAIN', verifier: knowing(TIM) });
    expect(await exchange.next(null)).toEqual({ step: 'challenge', octets: '' });
    expect(await exchange.next('\0tim\0tanstaaftanstaaf')).toEqual(accepted('tim'));
  });

  it('takes the longest name and password, and any octets', async () => {
    const user = `${'\xe4 ,='.repeat(63)}end`;
    const password = `${'\xff\t\x01'.repeat(341)}.`;
    expect([user.length, password.length]).toEqual([255, 1024]);
    const verifier = knowing({ [user]: password });
    expect(await says(`\0${user}\0${password}`, verifier)).toEqual(accepted(user));
  });

  it.each([
    ['nothing', ''],
    ['no NUL', 'tim'],
    ['one NUL', 'tim\0tanstaaftanstaaf'],
    ['three NULs', '\0tim\0tanstaaftanstaaf\0'],
    ['NUL in the password', '\0tim\0tanst\0aaf'],
    ['NULs only', '\0\0'],
    ['many NULs', '\0'.repeat(10_000)],
    ['no name', '\0\0tanstaaftanstaaf'],
    ['no name but somebody else’s', 'tim\0\0tanstaaftanstaaf'],
    ['no password', '\0tim\0'],
    ['a name that is too long', `\0${'a'.repeat(256)}\0x`],
    ['a password that is too long', `\0tim\0${'a'.repeat(1025)}`],
    ['a name with the end of a line in it', '\0tim\n\0x'],
    ['a name with DEL in it', '\0ti\x7fm\0x'],
  ])('takes %s for malformed, and asks nobody', async (_, message) => {
    expect(await says(message, UNASKED)).toEqual(MALFORMED);
  });
});

describe('LOGIN', () => {
  it('asks for a name and for a password', async () => {
    const exchange = begun({ name: 'LOGIN', verifier: knowing(TIM) });
    expect(await exchange.next(null)).toEqual({ step: 'challenge', octets: 'Username:' });
    expect(await exchange.next('tim')).toEqual({ step: 'challenge', octets: 'Password:' });
    expect(await exchange.next('tanstaaftanstaaf')).toEqual(accepted('tim'));
  });

  it('takes the initial response for the name', async () => {
    const exchange = begun({ name: 'LOGIN', verifier: knowing(TIM) });
    expect(await exchange.next('tim')).toEqual({ step: 'challenge', octets: 'Password:' });
    expect(await exchange.next('tanstaaf')).toEqual(rejected('tim'));
  });

  it.each([
    ['an empty name', ['']],
    ['an empty name when asked', [null, '']],
    ['a name with NUL', ['tim\0']],
    ['a name that is too long', ['a'.repeat(256)]],
    ['a name with a tab', ['t\tim']],
    ['an empty password', ['tim', '']],
    ['a password with NUL', ['tim', 'tanstaaftanstaaf\0']],
    ['a password that is too long', ['tim', 'a'.repeat(1025)]],
  ])('takes %s for malformed, and asks nobody', async (_, responses) => {
    expect(await lastStep(begun({ name: 'LOGIN', verifier: UNASKED }), ...responses)).toEqual(MALFORMED);
  });
});

describe('CRAM-MD5 (RFC 2195)', () => {
  const started = (verifier = knowing({ ...TIM, 'two words': 'secret' })) =>
    begun({ name: 'CRAM-MD5', verifier, random: () => '1896', clock: () => 697170952_999 });

  it('has the challenge of the example of §2', async () => {
    expect(await started().next(null)).toEqual({ step: 'challenge', octets: CHALLENGE });
  });

  it.each([
    ['the example of §2', 'tim b913a602c7eda7a495b4e6e7334d3890', accepted('tim')],
    ['capital letters', 'tim B913A602C7EDA7A495B4E6E7334D3890', accepted('tim')],
    ['a name of two words', `two words ${hmacMd5('secret', CHALLENGE)}`, accepted('two words')],
    ['another digest', 'tim b913a602c7eda7a495b4e6e7334d3891', rejected('tim')],
    ['another name', 'tom b913a602c7eda7a495b4e6e7334d3890', rejected('tom')],
    ['one space more', 'tim  b913a602c7eda7a495b4e6e7334d3890', rejected('tim ')],
  ])('hears %s', async (_, response, step) => {
    expect(await lastStep(started(), null, response)).toEqual(step);
  });

  it('makes a challenge of its own each time', async () => {
    let count = 0;
    const challenges: string[] = [];
    for (let i = 0; i < 2; i++) {
      const exchange = begun({ name: 'CRAM-MD5', random: () => `random${count++}` });
      challenges.push(challengeIn(await exchange.next(null)));
    }
    expect(new Set(challenges).size).toBe(2);
  });

  it.each([
    ['an initial response', ['tim b913a602c7eda7a495b4e6e7334d3890']],
    ['an empty initial response', ['']],
    ['nothing', [null, '']],
    ['a space', [null, ' ']],
    ['a name only', [null, 'tim']],
    ['a digest only', [null, 'b913a602c7eda7a495b4e6e7334d3890']],
    ['an empty name', [null, ' b913a602c7eda7a495b4e6e7334d3890']],
    ['a digest that is too short', [null, 'tim b913a602c7eda7a495b4e6e7334d389']],
    ['a digest that is too long', [null, 'tim b913a602c7eda7a495b4e6e7334d38900']],
    ['a digest with other letters', [null, 'tim g913a602c7eda7a495b4e6e7334d3890']],
    ['the end of a line', [null, 'tim b913a602c7eda7a495b4e6e7334d3890\n']],
    ['a tab', [null, 'tim\tb913a602c7eda7a495b4e6e7334d3890']],
    ['NUL in the name', [null, 'ti\0m b913a602c7eda7a495b4e6e7334d3890']],
    ['a name that is too long', [null, `${'a'.repeat(256)} b913a602c7eda7a495b4e6e7334d3890`]],
  ])('takes %s for malformed, and asks nobody', async (_, responses) => {
    expect(await lastStep(started(UNASKED), ...responses)).toEqual(MALFORMED);
  });
});

describe('every mechanism', () => {
  const FIRST_MESSAGES: Readonly<Record<string, readonly (string | null)[]>> = {
    PLAIN: ['\0tim\0x'],
    LOGIN: ['tim', 'x'],
    'CRAM-MD5': [null, 'tim b913a602c7eda7a495b4e6e7334d3890'],
    'SCRAM-SHA-256': ['n,,n=tim,r=x'],
    'SCRAM-SHA-256-PLUS': ['p=tls-exporter,,n=tim,r=x'],
  };
  const each = Object.entries(FIRST_MESSAGES);
  const context = connectionWith({ 'tls-exporter': 'data' });

  it.each(each)('%s passes on that nobody can tell', async (name, responses) => {
    const unavailable = async () => ({ unavailable: 'the file cannot be read' });
    const verifier = { plain: unavailable, cramMd5: unavailable, scram: unavailable };
    const step = await lastStep(begun({ name, verifier, context }), ...responses);
    expect(step).toEqual({ step: 'unavailable', user: 'tim', why: 'the file cannot be read' });
  });

  it.each(each)('%s lets nobody in when the check fails', async (name, responses) => {
    const fails = async () => {
      throw new Error('out of order');
    };
    const throws = () => {
      throw null;
    };
    for (const [check, why] of [
      [fails, 'out of order'],
      [throws, 'null'],
    ] as const) {
      const verifier = { plain: check, cramMd5: check, scram: check };
      const step = await lastStep(begun({ name, verifier, context }), ...responses);
      expect(step).toEqual({ step: 'unavailable', user: '', why });
    }
  });

  it.each(each)('%s answers nothing else after its last step, nor after abort()', async (name, responses) => {
    const ended = begun({ name, context });
    for (const response of [...responses, 'no message of any mechanism']) await ended.next(response);
    const left = begun({ name, context });
    left.abort();
    for (const response of responses) {
      expect(await ended.next(response)).toEqual(MALFORMED);
      expect(await left.next(response)).toEqual(MALFORMED);
    }
  });

  it.each(each)('%s keeps two exchanges apart', async (name, responses) => {
    const [one, other] = [begun({ name, context }), begun({ name, context })];
    for (const response of responses) expect(await one.next(response)).toEqual(await other.next(response));
  });
});
