// SCRAM-SHA-256 and SCRAM-SHA-256-PLUS: the exchange of RFC 7677 §3, exchanges with a client that computes with
// the runtime's cryptography, messages that are none, attempts to have less than the channel could give, and users
// who do not exist.

import { describe, expect, it } from 'vitest';
import {
  begun,
  challengeIn,
  connectionWith,
  knowing,
  lastStep,
  scramFinal,
  scramKeys,
} from '../../test/support/sasl.ts';
import { fromBase64, toBase64 } from './base64.ts';
import type { SaslStep } from './exchange.ts';
import type { MechanismOptions } from './mechanisms.ts';
import type { CredentialVerifier, ScramVerifier } from './verifier.ts';

const PLAIN_CHANNEL = connectionWith();
const BOUND = connectionWith({
  'tls-exporter': 'exported\0\xff',
  'tls-server-end-point': 'hash,of=certificate',
});
const USER = knowing({ user: 'pencil' });

const MALFORMED: SaslStep = { step: 'malformed', user: '' };
const REJECTED: SaslStep = { step: 'rejected', user: 'user' };

describe('the exchange of RFC 7677 §3', () => {
  const FIRST = 'n,,n=user,r=rOprNGfwEbeRWgbNEkqO';
  const NONCE = 'rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0';
  const FINAL = `c=biws,r=${NONCE},p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=`;
  const verifier = knowing(
    { user: 'pencil' },
    { salt: fromBase64('W22ZaJ0SNY7soEsUEjb6gQ==') ?? '', iterations: 4096 },
  );
  const start = () =>
    begun({ name: 'SCRAM-SHA-256', verifier, random: () => '%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0' });

  it.each([
    ['with an initial response', [FIRST]],
    ['without one', [null, FIRST]],
  ])('goes as it is there, %s', async (_, opening) => {
    const exchange = start();
    expect(await lastStep(exchange, ...opening)).toEqual({
      step: 'challenge',
      octets: `r=${NONCE},s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096`,
    });
    expect(await exchange.next(FINAL)).toEqual({
      step: 'accepted',
      user: 'user',
      data: 'v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=',
    });
  });

  it('begins with an empty challenge', async () => {
    expect(await start().next(null)).toEqual({ step: 'challenge', octets: '' });
  });

  it.each([
    ['another proof', FINAL.replace('p=d', 'p=e')],
    ['another nonce', FINAL.replace('$k0', '$k1')],
    ['the nonce without the server’s part', FINAL.replace('%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0', '')],
    ['a nonce with something behind it', FINAL.replace('$k0', '$k00')],
    ['another header (y,,)', FINAL.replace('biws', 'eSws')],
    ['a header with data behind it', FINAL.replace('biws', toBase64('n,,data'))],
    ['an extension that the proof does not know', FINAL.replace(',p=', ',x=y,p=')],
  ])('is rejected with %s', async (_, final) => {
    expect(await lastStep(start(), FIRST, final)).toEqual(REJECTED);
  });

  it.each([
    ['nothing', ''],
    ['no proof', FINAL.slice(0, FINAL.indexOf(',p='))],
    ['the proof only', FINAL.slice(FINAL.indexOf('p='))],
    ['no channel', FINAL.slice(FINAL.indexOf('r='))],
    ['an empty channel', FINAL.replace('biws', '')],
    ['a channel that is not base64', FINAL.replace('biws', 'n,,')],
    ['a channel in another base64', FINAL.replace('biws', 'bi==')],
    ['no nonce', FINAL.replace(`r=${NONCE},`, '')],
    ['an empty nonce', FINAL.replace(NONCE, '')],
    ['another order', `r=${NONCE},c=biws,${FINAL.slice(FINAL.indexOf('p='))}`],
    ['a proof that is not base64', FINAL.replace('VQ=', 'VQ')],
    ['a proof with white space', `${FINAL}\n`],
    ['a short proof', FINAL.replace(/p=.*/, 'p=dHzb')],
    ['a long proof', FINAL.replace('p=', 'p=dHzb')],
    ['something behind the proof', `${FINAL},x=y`],
    ['two proofs', `${FINAL},${FINAL.slice(FINAL.indexOf('p='))}`],
    ['a mandatory extension (§5.1)', FINAL.replace(',p=', ',m=x,p=')],
    ['an extension without a value', FINAL.replace(',p=', ',x=,p=')],
    ['an extension without a name', FINAL.replace(',p=', ',,p=')],
    ['a second nonce', FINAL.replace(',p=', ',r=x,p=')],
    ['NUL', FINAL.replace(',p=', ',x=\0,p=')],
    ['too much', FINAL.replace(',p=', `,x=${'y'.repeat(4096)},p=`)],
    ['capital letters', FINAL.replace('c=', 'C=')],
  ])('ends with %s as malformed', async (_, final) => {
    expect(await lastStep(start(), FIRST, final)).toEqual(MALFORMED);
  });
});

interface Played {
  readonly header: string;
  readonly password?: string;
  readonly name?: string;
  readonly data?: string;
  readonly extensions?: string;
}

/** A whole exchange, and whether the server has proved itself where it accepts. */
async function play(
  { header, password = 'pencil', name = 'user', data = '', extensions = '' }: Played,
  options: Partial<MechanismOptions> & { readonly name: string },
): Promise<SaslStep> {
  const exchange = begun({ verifier: USER, ...options });
  const bare = `n=${name},r=aClientsNonce${extensions}`;
  const step = await exchange.next(header + bare);
  if (step.step !== 'challenge') return step;
  const { message, expects } = scramFinal({ password, header, bare, data, extensions }, step.octets);
  const last = await exchange.next(message);
  if (last.step === 'accepted') expect(last.data).toBe(expects);
  return last;
}

describe('SCRAM-SHA-256', () => {
  const name = 'SCRAM-SHA-256';

  it.each([
    ['that cannot bind, where nothing can be bound', { header: 'n,,' }, PLAIN_CHANNEL, 'accepted'],
    ['that can bind, where nothing can be bound', { header: 'y,,' }, PLAIN_CHANNEL, 'accepted'],
    ['that cannot bind, where it could be', { header: 'n,,' }, BOUND, 'accepted'],
    ['that was told we cannot bind (§6)', { header: 'y,,' }, BOUND, 'rejected'],
    [
      'that was told so, with tls-exporter only',
      { header: 'y,,' },
      connectionWith({ 'tls-exporter': 'x' }),
      'rejected',
    ],
    [
      'that was told so, with tls-server-end-point only',
      { header: 'y,,' },
      connectionWith({ 'tls-server-end-point': 'x' }),
      'rejected',
    ],
    ['that binds', { header: 'p=tls-exporter,,', data: 'exported\0\xff' }, BOUND, 'malformed'],
    ['that acts for itself', { header: 'n,a=user,' }, PLAIN_CHANNEL, 'accepted'],
    ['that acts for somebody else', { header: 'n,a=admin,' }, PLAIN_CHANNEL, 'rejected'],
    ['with extensions (§5.1)', { header: 'n,,', extensions: ',x=y,Z=a=b' }, PLAIN_CHANNEL, 'accepted'],
    ['with a wrong password', { header: 'n,,', password: 'pencils' }, PLAIN_CHANNEL, 'rejected'],
    ['that adds binding data', { header: 'n,,', data: 'exported\0\xff' }, BOUND, 'rejected'],
  ])('with a client %s', async (_, client, context, outcome) => {
    expect((await play(client, { name, context })).step).toBe(outcome);
  });

  it.each([
    ['a=2Cb', 'a,b'],
    ['a=3Db', 'a=b'],
    ['=3D2C', '=2C'],
    ['=2C=3D=2C', ',=,'],
    ['J\xc3\xb6rg', 'J\xc3\xb6rg'],
    ['a b', 'a b'],
  ])('reads the name %s', async (written, user) => {
    const verifier = knowing({ [user]: 'pencil' });
    const step = await play({ header: `n,a=${written},`, name: written }, { name, verifier });
    expect(step).toMatchObject({ step: 'accepted', user });
  });

  it.each(['caf\xc3\xa9', 'p\xffs', 'a'.repeat(100), ' '])('takes the password %j', async (password) => {
    const verifier = knowing({ user: password }, { iterations: 5000 });
    expect((await play({ header: 'n,,', password }, { name, verifier })).step).toBe('accepted');
  });

  it.each([
    ['without the server’s part', () => 'abc'],
    ['with another end', (nonce: string) => `${nonce.slice(0, -1)}?`],
    ['with more behind it', (nonce: string) => `${nonce}x`],
  ])('refuses a good proof over the nonce %s', async (_, otherNonce) => {
    const exchange = begun({ name, verifier: USER });
    const client = { password: 'pencil', header: 'n,,', bare: 'n=user,r=abc', otherNonce };
    const { message } = scramFinal(client, challengeIn(await exchange.next('n,,n=user,r=abc')));
    expect(await exchange.next(message)).toEqual(REJECTED);
  });

  it('refuses a proof of another exchange', async () => {
    let count = 0;
    const start = () => begun({ name, verifier: USER, random: () => `nonce${count++}` });
    const client = { password: 'pencil', header: 'n,,', bare: 'n=user,r=abc' };
    const [one, other] = [start(), start()];
    const { message } = scramFinal(client, challengeIn(await one.next('n,,n=user,r=abc')));
    const nonce = /r=[^,]*/.exec(challengeIn(await other.next('n,,n=user,r=abc')))?.[0] ?? '';
    expect(await one.next(message)).toMatchObject({ step: 'accepted' });
    expect(await other.next(message.replace(/r=[^,]*/, nonce))).toEqual(REJECTED);
  });

  it.each([
    ['no salt', { salt: '' }],
    ['no iterations', { iterations: 0 }],
    ['half an iteration', { iterations: 0.5 }],
    ['iterations without a number', { iterations: Number.NaN }],
    ['a short StoredKey', { storedKey: '' }],
    ['a short ServerKey', { serverKey: 'x' }],
  ])('cannot tell with keys that have %s', async (_, damage: Partial<ScramVerifier>) => {
    const keys = { ...scramKeys('pencil', 'salt', 1), ...damage };
    const verifier: CredentialVerifier = { plain: async () => 'no', scram: async () => keys };
    expect(await play({ header: 'n,,' }, { name, verifier })).toMatchObject({
      step: 'unavailable',
      user: 'user',
    });
  });
});

describe('SCRAM-SHA-256-PLUS', () => {
  const name = 'SCRAM-SHA-256-PLUS';
  const exported = { header: 'p=tls-exporter,,', data: 'exported\0\xff' };

  it.each([
    ['tls-exporter (RFC 9266)', exported, BOUND, 'accepted'],
    [
      'tls-server-end-point (RFC 5929 §4)',
      { header: 'p=tls-server-end-point,,', data: 'hash,of=certificate' },
      BOUND,
      'accepted',
    ],
    ['tls-exporter for itself', { ...exported, header: 'p=tls-exporter,a=user,' }, BOUND, 'accepted'],
    ['tls-exporter for somebody else', { ...exported, header: 'p=tls-exporter,a=root,' }, BOUND, 'rejected'],
    ['a wrong password', { ...exported, password: 'pen' }, BOUND, 'rejected'],
    ['the data of another connection', { ...exported, data: 'exported\0\xfe' }, BOUND, 'rejected'],
    ['no data', { ...exported, data: '' }, BOUND, 'rejected'],
    ['the data of the other type', { ...exported, data: 'hash,of=certificate' }, BOUND, 'rejected'],
    ['a type that is not to be had', { header: 'p=tls-unique,,', data: 'x' }, BOUND, 'rejected'],
    ['a type of every object', { header: 'p=constructor,,', data: 'x' }, BOUND, 'rejected'],
    ['data where there are none', exported, PLAIN_CHANNEL, 'rejected'],
    ['empty data', { ...exported, data: '' }, { ...PLAIN_CHANNEL, channelBinding: () => '' }, 'rejected'],
    ['no binding (n)', { header: 'n,,' }, BOUND, 'malformed'],
    ['no binding, out of doubt (y)', { header: 'y,,' }, BOUND, 'malformed'],
    ['a type without a name', { header: 'p=,,' }, BOUND, 'malformed'],
    ['a type with a space', { header: 'p=tls exporter,,' }, BOUND, 'malformed'],
    ['no type', { header: 'p,,' }, BOUND, 'malformed'],
  ])('with %s', async (_, client, context, outcome) => {
    expect((await play(client, { name, context })).step).toBe(outcome);
  });

  it('cannot tell when the channel fails', async () => {
    const channelBinding = () => {
      throw new Error('the connection is gone');
    };
    const step = await play(exported, { name, context: { ...BOUND, channelBinding } });
    expect(step).toEqual({ step: 'unavailable', user: '', why: 'the connection is gone' });
  });
});

describe('a user who does not exist', () => {
  const first = (user: string, options: Partial<MechanismOptions> = {}) =>
    begun({
      name: 'SCRAM-SHA-256',
      verifier: knowing({ user: 'pencil' }, { iterations: 4096 }),
      ...options,
    }).next(`n,,n=${user},r=abc`);
  const salt = async (...of: Parameters<typeof first>): Promise<string> =>
    /,s=([^,]*),/.exec(challengeIn(await first(...of)))?.[1] ?? '';

  it('is answered as one who does, and rejected as one with another password', async () => {
    const shape = (step: SaslStep) => challengeIn(step).replace(/s=[A-Za-z0-9+/]{22}==/, 's=salt');
    expect(shape(await first('nobody'))).toBe(shape(await first('user')));
    const options = { name: 'SCRAM-SHA-256' };
    const outcomes = await Promise.all(
      ['nobody', 'user'].map((name) => play({ header: 'n,,', name, password: 'x' }, options)),
    );
    expect(outcomes).toEqual([{ step: 'rejected', user: 'nobody' }, REJECTED]);
  });

  it.each([
    ['a nonce that is not ours', 'c=biws,r=abc,p=', 'rejected'],
    ['no proof', 'c=biws,r=abc', 'malformed'],
  ])('is the same with %s', async (_, final, outcome) => {
    for (const user of ['user', 'nobody']) {
      const exchange = begun({ name: 'SCRAM-SHA-256', verifier: USER });
      const proof = outcome === 'rejected' ? toBase64('x'.repeat(32)) : '';
      expect((await lastStep(exchange, `n,,n=${user},r=abc`, final + proof)).step).toBe(outcome);
    }
  });

  it('has one salt for good, and of its own', async () => {
    const once = await salt('nobody');
    expect(await salt('nobody', { random: () => 'another' })).toBe(once);
    expect(await salt('somebody')).not.toBe(once);
    expect(await salt('nobody', { fakeSaltKey: 'another key' })).not.toBe(once);
  });

  it('has as many iterations as the caller wants', async () => {
    expect(challengeIn(await first('nobody'))).toMatch(/,i=4096$/);
    expect(challengeIn(await first('nobody', { fakeIterations: 10_000 }))).toMatch(/,i=10000$/);
  });
});
