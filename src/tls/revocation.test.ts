// Lists of revoked certificates (RFC 5280 §5), made by openssl: which certificates count by them, and lists that are none of use.

import { X509Certificate } from 'node:crypto';
import { afterAll, beforeAll, expect, it } from 'vitest';
import {
  type Made,
  makeCertificate,
  makeRevocationList,
  type WantedList,
} from '../../test/support/certificates.ts';
import { removeDirectory, scratchDirectory } from '../../test/support/home.ts';
import { needs } from '../../test/support/needs.ts';
import { seededRandom } from '../../test/support/random.ts';
import { fieldsOf } from './certificate-fields.ts';
import { octetsIn, pemBlocks } from './pem.ts';
import { isUnrevoked, type RevocationList, revocationListOf, staleSince } from './revocation.ts';

const { describe } = needs('openssl');

/** An hour from now: lists that are made now count. */
const SOON = Date.now() + 3_600_000;
const BEFORE = '20200101000000Z';
const EARLIER = '20210101000000Z';
const LATER = '20490101000000Z';

let scratch: string;
let root: Made;
let stranger: Made;
let middle: Made;
let good: Made;
let bad: Made;
let below: Made;

const derOf = ({ certText }: Made): Buffer => new X509Certificate(certText).raw;
const listOctets = (wanted: WantedList): Uint8Array =>
  pemBlocks(makeRevocationList(scratch, wanted)).map(octetsIn)[0] ?? new Uint8Array(0);
const listOf = (wanted: WantedList): RevocationList => {
  const list = revocationListOf(listOctets(wanted));
  if (list === null) throw new Error('not understood');
  return list;
};

interface Known {
  readonly authorities?: readonly Made[];
  readonly lists: readonly RevocationList[];
  readonly time?: number;
}

function isGood(certificate: Made, { authorities = [root, middle], lists, time = SOON }: Known): boolean {
  const fields = authorities.map((made) => fieldsOf(derOf(made))).filter((each) => each !== null);
  expect(fields.length).toBe(authorities.length);
  return isUnrevoked(derOf(certificate), { authorities: fields, lists }, time);
}

describe('a list of revoked certificates', () => {
  beforeAll(() => {
    scratch = scratchDirectory();
    root = makeCertificate(scratch, { name: 'root', kind: 'ec', names: [] });
    stranger = makeCertificate(scratch, { name: 'stranger', kind: 'ec', names: [] });
    middle = makeCertificate(scratch, { name: 'middle', kind: 'rsa', names: [], issuer: root });
    const client = (name: string, issuer: Made): Made =>
      makeCertificate(scratch, { name, kind: 'ec', names: [], email: `${name}@example.net`, issuer });
    [good, bad, below] = [client('good', root), client('bad', root), client('below', middle)];
  });
  afterAll(() => removeDirectory(scratch));

  it('has those that are no good any more', () => {
    const lists = [listOf({ issuer: root, revoked: [bad, below] })];
    expect(isGood(good, { lists })).toBe(true);
    expect(isGood(bad, { lists })).toBe(false);
  });

  it('may be empty', () => {
    const lists = [listOf({ issuer: root })];
    expect(isGood(good, { lists })).toBe(true);
  });

  it('is wanted of whoever has signed the certificate', () => {
    expect(isGood(good, { lists: [] })).toBe(false);
    expect(isGood(good, { lists: [listOf({ issuer: stranger }), listOf({ issuer: middle })] })).toBe(false);
  });

  it('is wanted of all up to the root', () => {
    const [ofRoot, ofMiddle] = [listOf({ issuer: root }), listOf({ issuer: middle })];
    expect(isGood(below, { lists: [ofRoot, ofMiddle] })).toBe(true);
    expect(isGood(below, { lists: [ofRoot] })).toBe(false);
    expect(isGood(below, { lists: [ofMiddle] })).toBe(false);
    expect(isGood(below, { lists: [ofRoot, listOf({ issuer: middle, revoked: [below] })] })).toBe(false);
    expect(isGood(below, { lists: [ofMiddle, listOf({ issuer: root, revoked: [middle] })] })).toBe(false);
  });

  it('is of no use for who has signed and is not known', () => {
    const lists = [listOf({ issuer: root }), listOf({ issuer: middle })];
    expect(isGood(below, { lists, authorities: [root] })).toBe(false);
    expect(isGood(below, { lists, authorities: [] })).toBe(false);
  });

  it('counts for its time only', () => {
    const list = listOf({ issuer: root, from: BEFORE, until: EARLIER });
    const lists = [list];
    expect(isGood(good, { lists, time: Date.UTC(2020, 5) })).toBe(true);
    expect(isGood(good, { lists, time: Date.UTC(2019, 5) })).toBe(false);
    expect(isGood(good, { lists, time: Date.UTC(2021, 0) })).toBe(false);
    expect(isGood(good, { lists: [list, listOf({ issuer: root, from: BEFORE, until: LATER })] })).toBe(true);
  });

  it('does not take back what another one of the same signer says', () => {
    const lists = [listOf({ issuer: root }), listOf({ issuer: root, revoked: [bad] })];
    expect(isGood(bad, { lists })).toBe(false);
    expect(isGood(bad, { lists: lists.toReversed() })).toBe(false);
  });

  it('is stale when a new one is due', () => {
    const [ended, current] = [
      listOf({ issuer: root, from: BEFORE, until: EARLIER }),
      listOf({ issuer: root, from: BEFORE, until: LATER }),
    ];
    expect(staleSince({ authorities: [], lists: [current, ended] }, SOON)).toBe(Date.UTC(2021, 0));
    expect(staleSince({ authorities: [], lists: [current] }, SOON)).toBeNull();
  });

  it('that is of some certificates only is not understood', () => {
    const extensions = ['issuingDistributionPoint=critical,@point'];
    expect(revocationListOf(listOctets({ issuer: root, extensions }))).toBeNull();
    expect(revocationListOf(listOctets({ issuer: root, revoked: [bad], extensions }))).toBeNull();
  });

  it('that has something uncritical about it is', () => {
    const extensions = ['authorityKeyIdentifier=keyid'];
    expect(isGood(good, { lists: [listOf({ issuer: root, extensions })] })).toBe(true);
    expect(isGood(bad, { lists: [listOf({ issuer: root, revoked: [bad], extensions })] })).toBe(false);
  });

  it('is not understood when it is a certificate, or ends too soon', () => {
    const octets = listOctets({ issuer: root, revoked: [bad] });
    expect(revocationListOf(derOf(root))).toBeNull();
    for (let end = 0; end < octets.length; end += 1)
      expect(revocationListOf(octets.subarray(0, end))).toBeNull();
  });

  it('with damage never lets somebody in whom nobody has signed, and never throws', () => {
    const octets = listOctets({ issuer: root, revoked: [bad] });
    const random = seededRandom(5280);
    for (let round = 0; round < 3000; round += 1) {
      const damaged = octets.slice();
      damaged[random.below(damaged.length)] = random.below(256);
      const list = revocationListOf(damaged);
      if (list !== null) expect(isGood(below, { lists: [list] })).toBe(false);
    }
  });
});
