// Fields of certificates (RFC 5280 §4.1): times in both forms, who has signed whom, and certificates with damage.

import { X509Certificate } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeCertificate } from '../../test/support/certificates.ts';
import { needs } from '../../test/support/needs.ts';
import { type Random, seededRandom } from '../../test/support/random.ts';
import { fieldsOf, hasSigned, isSelfIssued } from './certificate-fields.ts';

const encoded = (tag: number, ...contents: readonly (string | Buffer)[]): Buffer => {
  const inside = Buffer.concat(contents.map((each) => Buffer.from(each as string, 'latin1')));
  const { length } = inside;
  const header = length < 0x80 ? [tag, length] : [tag, 0x82, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.from(header), inside]);
};

const sequence = (...contents: readonly (string | Buffer)[]): Buffer => encoded(0x30, ...contents);
const utc = (text: string): Buffer => encoded(0x17, text);
const generalized = (text: string): Buffer => encoded(0x18, text);

interface Written {
  readonly issuer?: string;
  readonly subject?: string;
  readonly times?: readonly Buffer[];
  /** Object identifiers, and values. */
  readonly extensions?: readonly (readonly [string, Buffer])[];
}

const TIMES = [utc('250101000000Z'), utc('260101000000Z')];

/** As far as it is looked at. */
function written({ issuer = 'issuer', subject = 'subject', times = TIMES, extensions }: Written): Buffer {
  const list = extensions?.map(([name, value]) =>
    sequence(encoded(6, name), encoded(1, '\xff'), encoded(4, value)),
  );
  const signed = [
    ...[encoded(0xa0, encoded(2, '\x02')), encoded(2, '\x01'), sequence()],
    ...[sequence(issuer), sequence(...times), sequence(subject), sequence()],
    ...(list === undefined ? [] : [encoded(0xa3, sequence(...list))]),
  ];
  return sequence(sequence(...signed), sequence(), encoded(3, '\0'));
}

describe('times', () => {
  const time = (end: Buffer): string | null => {
    const fields = fieldsOf(written({ times: [utc('500101000000Z'), end] }));
    return fields && new Date(fields.notAfter).toISOString();
  };

  it.each([
    [utc('000229235959Z'), '2000-02-29T23:59:59.000Z'],
    [utc('491231235959Z'), '2049-12-31T23:59:59.000Z'],
    [utc('500101000000Z'), '1950-01-01T00:00:00.000Z'],
    [utc('991231235959Z'), '1999-12-31T23:59:59.000Z'],
    [generalized('20500101000000Z'), '2050-01-01T00:00:00.000Z'],
    [generalized('99991231235959Z'), '9999-12-31T23:59:59.000Z'],
    // no days of the calendar, and no times of day
    [utc('250229000000Z'), null],
    [utc('251301000000Z'), null],
    [utc('250100000000Z'), null],
    [utc('250101240000Z'), null],
    [utc('250101006000Z'), null],
    [utc('250101000060Z'), null],
    // what RFC 5280 does not have
    [utc('2501010000Z'), null],
    [utc('250101000000+0000'), null],
    [utc('250101000000'), null],
    [utc('20250101000000Z'), null],
    [utc(' 50101000000Z'), null],
    [utc('-10101000000Z'), null],
    [utc(''), null],
    [generalized('250101000000Z'), null],
    [generalized('00500101000000Z'), null],
    [generalized('20250101000000.5Z'), null],
    [generalized('20250101000000Z\n'), null],
    [encoded(0x0c, '20250101000000Z'), null],
  ])('%s', (text, expected) => expect(time(text)).toBe(expected));

  it('are two', () => {
    expect(fieldsOf(written({ times: [utc('250101000000Z')] }))).toBeNull();
    expect(fieldsOf(written({ times: [] }))).toBeNull();
  });
});

describe('who has signed', () => {
  const SUBJECT_KEY = '\x55\x1d\x0e';
  const USAGE = '\x55\x1d\x0f';
  const AUTHORITY_KEY = '\x55\x1d\x23';
  const signer = (...extensions: readonly (readonly [string, Buffer])[]): Buffer =>
    written({ issuer: 'root', subject: 'ca', extensions });
  const signed = (...extensions: readonly (readonly [string, Buffer])[]): Buffer =>
    written({ issuer: 'ca', subject: 'host', extensions });
  const named = encoded(4, 'key 1');
  const byKey = sequence(encoded(0x80, 'key 1'));

  it.each([
    ['of that name', signer(), signed(), true],
    ['of another', signed(), signer(), false],
    ['with that key', signer([SUBJECT_KEY, named]), signed([AUTHORITY_KEY, byKey]), true],
    ['whose key has no name', signer(), signed([AUTHORITY_KEY, byKey]), false],
    ['without being asked for the key', signer([SUBJECT_KEY, named]), signed(), true],
    ['with another key', signer([SUBJECT_KEY, encoded(4, 'key 2')]), signed([AUTHORITY_KEY, byKey]), false],
    [
      'who is asked for more than the key',
      signer([SUBJECT_KEY, named]),
      signed([AUTHORITY_KEY, sequence(encoded(0x80, 'key 1'), encoded(0x82, '\x01'))]),
      false,
    ],
    ['who may', signer([USAGE, encoded(3, '\x01\x06')]), signed(), true],
    ['who may not', signer([USAGE, encoded(3, '\x05\xa0')]), signed(), false],
    ['who may nothing', signer([USAGE, encoded(3, '\0')]), signed(), false],
  ])('%s', (_, one, other, expected) => {
    const [first, second] = [fieldsOf(one), fieldsOf(other)];
    if (first === null || second === null) throw new Error('cannot be read');
    expect(hasSigned(first, second)).toBe(expected);
  });

  it('itself', () => {
    const own = fieldsOf(written({ issuer: 'ca', subject: 'ca' }));
    const other = fieldsOf(written({ issuer: 'ca', subject: 'CA' }));
    expect([own && isSelfIssued(own), other && isSelfIssued(other)]).toEqual([true, false]);
  });

  it('is not told of one that has the same twice, or with octets behind it', () => {
    expect(fieldsOf(signer([SUBJECT_KEY, named], [SUBJECT_KEY, named]))).toBeNull();
    expect(fieldsOf(Buffer.concat([signer(), Buffer.from([0])]))).toBeNull();
  });
});

needs('openssl').describe('certificates', () => {
  let scratch: string;
  let certificates: [Buffer, ...Buffer[]];

  beforeAll(() => {
    scratch = mkdtempSync(join(tmpdir(), 'mvmtr-test-'));
    const ca = makeCertificate(scratch, { name: 'ca', kind: 'ec', names: [], days: 20_000 });
    const leaf = makeCertificate(scratch, { name: 'leaf', kind: 'rsa', names: ['a.example'], issuer: ca });
    certificates = [derOf(leaf.certText), derOf(ca.certText)];
  });

  afterAll(() => rmSync(scratch, { recursive: true }));

  const derOf = (text: string): Buffer => Buffer.from(text.replace(/-----[^\n]+/g, ''), 'base64');

  it('have what node:crypto finds in them', () => {
    const [leaf, ca] = certificates.map((der) => fieldsOf(der));
    if (!leaf || !ca) throw new Error('cannot be read');
    expect([hasSigned(ca, leaf), hasSigned(leaf, ca), isSelfIssued(ca), isSelfIssued(leaf)]).toEqual([
      true,
      false,
      true,
      false,
    ]);
    for (const der of certificates) sameTimes(der);
    expect(new Date(ca.notAfter).getUTCFullYear()).toBeGreaterThan(2049);
  });

  it('that are cut off are none', () => {
    const [der] = certificates;
    for (let length = 0; length < der.length; length += 1)
      expect(fieldsOf(der.subarray(0, length))).toBeNull();
  });

  it.each([1, 2, 3, 4])('with damage have the same times for node:crypto, or none (seed %i)', (seed) => {
    const random = seededRandom(seed);
    for (let times = 0; times < 2000; times += 1) sameTimes(damaged(random, random.pick(certificates)));
  });
});

function damaged(random: Random, der: Buffer): Buffer {
  const copy = Buffer.from(der);
  for (let times = 1 + random.below(3); times > 0; times -= 1)
    copy[random.below(random.chance(0.7) ? 250 : copy.length)] = random.pick([
      random.below(256),
      0x30,
      0x31,
      0x80,
    ]);
  return random.chance(0.1) ? copy.subarray(0, random.below(copy.length)) : copy;
}

function sameTimes(der: Buffer): void {
  const fields = fieldsOf(der);
  if (fields === null) return;
  let other: X509Certificate;
  try {
    other = new X509Certificate(der);
  } catch {
    return; // the TLS library says so too
  }
  const { notBefore, notAfter } = fields;
  expect([notBefore, notAfter]).toEqual([Date.parse(other.validFrom), Date.parse(other.validTo)]);
}
