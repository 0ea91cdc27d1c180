// What is in force when files change, one after the other or both, are of no use, or were never any; when contexts
// are made, and what is complained of. Contexts are what they would be made of; those of the real library are tried
// at the end.

import { createPrivateKey, X509Certificate } from 'node:crypto';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createSecureContext } from 'node:tls';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { asNobody } from '../../test/support/as-nobody.ts';
import { type Made, makeCertificate, makeRevocationList } from '../../test/support/certificates.ts';
import { needs } from '../../test/support/needs.ts';
import type { Hello } from './client-hello.ts';
import type { ContextParts } from './contexts.ts';
import type { TlsFiles } from './files.ts';
import { type Loaded, openTlsStore, type TlsStore } from './store.ts';
import { ROTATE_SECONDS } from './tickets.ts';

const HELLO: Hello = { serverName: null, ecdsa: true };
const NO_FILES: TlsFiles = {
  certificates: [],
  clientCa: null,
  clientCrl: null,
  ciphersFile: null,
  ciphers: null,
  clientsFile: null,
  ticketKeys: null,
};

let certificates: string;
let one: Made;
let two: Made;
let rsa: Made;
let ca: Made;
let over: Made;

let home: string;
let made: ContextParts[];
let complaints: string[];
let refuses: (parts: ContextParts) => boolean;
let time: number;
let store: TlsStore<ContextParts>;

function make(parts: ContextParts): ContextParts {
  if (!new X509Certificate(parts.cert).checkPrivateKey(createPrivateKey(parts.key)))
    throw new Error('error:05800074:x509 certificate routines::key values mismatch');
  made.push(parts);
  if (refuses(parts)) throw new Error('error:0A00018F:SSL routines::ee key too small');
  return parts;
}

const at = (name: string): string => join(home, name);

/** In the place of what was there, as most programs do it: a new file gets the name. */
function put(name: string, ...texts: readonly string[]): void {
  writeFileSync(at(`${name}.new`), texts.join(''));
  renameSync(at(`${name}.new`), at(name));
}

const server = (...names: readonly string[]): TlsFiles => ({
  ...NO_FILES,
  certificates: names.map((name) => ({ cert: at(name), key: null })),
});

function loaded(files: TlsFiles): Loaded<ContextParts> {
  const current = store.current(files);
  if ('problem' in current) throw new Error(current.problem);
  return current;
}

function problem(files: TlsFiles): string {
  const current = store.current(files);
  return 'problem' in current ? current.problem.replaceAll(`${home}/`, '') : 'none';
}

/** The chain that a client gets. */
function chain(files: TlsFiles, hello = HELLO): string {
  const chosen = loaded(files).choose(hello);
  if ('problem' in chosen) return chosen.problem.replaceAll(`${home}/`, '');
  expect(chosen.context.cert).toBe(chosen.certificate.chain);
  expect(chosen.context.key).toBe(chosen.certificate.key);
  return chosen.context.cert;
}

const told = (): readonly string[] => complaints.splice(0).map((text) => text.replaceAll(`${home}/`, ''));

needs('openssl').describe('what is in force', () => {
  beforeAll(() => {
    certificates = mkdtempSync(join(tmpdir(), 'mvmtr-test-'));
    const wanted = { kind: 'ec', names: ['mx.example.org'] } as const;
    one = makeCertificate(certificates, { ...wanted, name: 'one' });
    two = makeCertificate(certificates, { ...wanted, name: 'two', names: ['two.example.org'] });
    rsa = makeCertificate(certificates, { ...wanted, name: 'rsa', kind: 'rsa' });
    ca = makeCertificate(certificates, { name: 'ca', kind: 'ec', names: [] });
    over = makeCertificate(certificates, { ...wanted, name: 'over', days: -1 });
  });

  beforeEach(() => {
    home = mkdtempSync(join(tmpdir(), 'mvmtr-test-'));
    chmodSync(home, 0o755);
    made = [];
    complaints = [];
    refuses = () => false;
    time = Date.now();
    store = openTlsStore(make, (text) => complaints.push(text), { now: () => time });
  });

  afterEach(() => rmSync(home, { recursive: true }));
  afterAll(() => rmSync(certificates, { recursive: true }));

  it('stays the same while nothing changes', () => {
    put('cert', one.keyText, one.chainText);
    const files = server('cert');
    const first = loaded(files);
    time += 60_000;
    const second = loaded(files);
    expect(loaded({ ...files })).toBe(second);
    expect(chain(files)).toBe(one.certText);
    expect(first.asksForClientCertificate).toBe(false);
    expect(first.clients).toEqual([]);
    expect(made).toEqual([
      { cert: one.certText, key: one.keyText, clientCa: null, ciphers: null, ticketKeys: null },
    ]);
    expect(told()).toEqual([]);
  });

  describe('when a certificate changes', () => {
    it.each([
      ['by another file of the name', (text: string) => put('cert', text)],
      ['in its place', (text: string) => writeFileSync(at('cert'), text)],
    ])('%s', (_, write) => {
      write(one.keyText + one.chainText);
      const before = loaded(server('cert')).choose(HELLO);
      write(`${two.keyText}${two.chainText}\n`);
      expect(chain(server('cert'))).toBe(two.certText);
      expect(before).toMatchObject({ context: { cert: one.certText } });
      expect(told()).toEqual([]);
    });

    it('and then its key, the old pair is used in between', () => {
      const files = { ...NO_FILES, certificates: [{ cert: at('cert'), key: at('key') }] };
      put('cert', one.chainText);
      put('key', one.keyText);
      expect(chain(files)).toBe(one.certText);
      put('cert', two.chainText);
      for (let times = 0; times < 3; times += 1) expect(chain(files)).toBe(one.certText);
      expect(told()).toEqual([
        'what was read before stays in force: key has the private key of another certificate than CN=two, and needs the right one',
      ]);
      put('key', two.keyText);
      expect(chain(files)).toBe(two.certText);
      expect(told()).toEqual([]);
      expect(made).toHaveLength(2);
    });

    it('to nothing, the old one is used, and it is told once each time', () => {
      put('cert', one.keyText, one.chainText);
      const files = server('cert');
      loaded(files);
      for (let times = 0; times < 2; times += 1) {
        rmSync(at('cert'));
        expect(chain(files)).toBe(one.certText);
        time += 10_000;
        expect(chain(files)).toBe(one.certText);
        expect(told()).toEqual(['what was read before stays in force: cert does not exist']);
        writeFileSync(at('cert'), 'x');
        expect(chain(files)).toBe(one.certText);
        expect(told()).toEqual([
          'what was read before stays in force: cert has no certificate in it, and needs one as PEM',
        ]);
        put('cert', one.keyText, one.chainText);
        expect(chain(files)).toBe(one.certText);
        expect(told()).toEqual([]);
      }
      expect(made).toHaveLength(1);
    });
  });

  describe('when there was never a good one', () => {
    it('is nothing', () => {
      const files = server('cert');
      expect(problem(files)).toBe('cert does not exist');
      writeFileSync(at('cert'), one.certText);
      expect(problem(files)).toBe('cert has no private key for certificate CN=one, and needs it');
      expect(problem(files)).toBe('cert has no private key for certificate CN=one, and needs it');
      expect(problem(NO_FILES)).toBe('no file with a certificate is named');
      expect(told()).toEqual([]);
      expect(made).toEqual([]);
      put('cert', one.keyText, one.chainText);
      expect(chain(files)).toBe(one.certText);
    });

    const asRoot = process.geteuid?.() === 0 ? it : it.skip;
    asRoot('what went wrong for another reason is tried again', () => {
      put('cert', one.keyText, one.chainText);
      chmodSync(at('cert'), 0o600);
      const files = server('cert');
      time += 1000;
      expect(asNobody(() => problem(files))).toBe(
        'cert cannot be read by user 65534, who needs the right to',
      );
      expect(problem(files)).toContain('65534');
      time += 1000;
      expect(chain(files)).toBe(one.certText);
    });
  });

  it('of several certificates, is what suits a client', () => {
    put('cert', rsa.keyText, rsa.chainText);
    put('more', one.keyText, one.chainText, two.keyText, two.chainText);
    const files = server('cert', 'more');
    expect(chain(files)).toBe(one.certText);
    expect(chain(files, { serverName: 'two.example.org', ecdsa: true })).toBe(two.certText);
    expect(chain(files, { serverName: 'two.example.org', ecdsa: false })).toBe(rsa.certText);
  });

  describe('contexts', () => {
    it('are made when they are wanted, the likely one at first', () => {
      put('cert', rsa.keyText, rsa.chainText, one.keyText, one.chainText, two.keyText, two.chainText);
      const files = server('cert');
      loaded(files);
      expect(made.map(({ cert }) => cert)).toEqual([one.certText]);
      for (let times = 0; times < 2; times += 1) chain(files, { serverName: null, ecdsa: false });
      expect(made.map(({ cert }) => cert)).toEqual([one.certText, rsa.certText]);
    });

    it('are made before they replace others, and those stay for which nothing has changed', () => {
      put('cert', one.keyText, one.chainText);
      put('more', two.keyText, two.chainText);
      const files = server('cert', 'more');
      loaded(files);
      put('more', rsa.keyText, rsa.chainText);
      loaded(files);
      expect(made.map(({ cert }) => cert)).toEqual([one.certText, rsa.certText]);
    });

    it('that the library refuses are a problem at once, if it is the likely one', () => {
      put('cert', one.keyText, one.chainText);
      refuses = () => true;
      expect(problem(server('cert'))).toBe(
        'certificate CN=one in cert: the TLS library says "error:0A00018F:SSL routines::ee key too small"',
      );
      refuses = () => false;
      put('cert', one.keyText, one.chainText);
      expect(chain(server('cert'))).toBe(one.certText);
    });

    it('that the library refuses are a problem of those who would get them', () => {
      put('cert', one.keyText, one.chainText, rsa.keyText, rsa.chainText);
      refuses = ({ cert }) => cert === rsa.certText;
      const files = server('cert');
      expect(chain(files)).toBe(one.certText);
      for (let times = 0; times < 2; times += 1)
        expect(chain(files, { serverName: null, ecdsa: false })).toMatch(
          /^certificate CN=rsa in cert: .*too small"$/,
        );
      expect(made).toHaveLength(2);
    });

    it('that the library refuses do not replace any', () => {
      put('cert', one.keyText, one.chainText);
      const files = server('cert');
      loaded(files);
      refuses = ({ cert }) => cert === rsa.certText;
      put('cert', two.keyText, two.chainText, rsa.keyText, rsa.chainText);
      expect(chain(files)).toBe(one.certText);
      expect(chain(files, { serverName: 'two.example.org', ecdsa: true })).toBe(one.certText);
      expect(told()).toEqual([
        expect.stringMatching(
          /^what was read before stays in force: certificate CN=rsa in cert: .*too small"$/,
        ),
      ]);
    });
  });

  describe('of the other files', () => {
    const files = (): TlsFiles => ({
      ...server('cert'),
      clientCa: at('ca'),
      clientCrl: at('crl'),
      ciphersFile: at('ciphers'),
      clientsFile: at('clients'),
    });
    beforeEach(() => put('cert', one.keyText, one.chainText));

    it('is nothing where they are missing', () => {
      expect(loaded(files())).toMatchObject({ asksForClientCertificate: false, clients: [] });
      expect(made).toMatchObject([{ clientCa: null, ciphers: null }]);
    });

    it('is what they have, from the moment they are there', () => {
      loaded(files());
      put('ca', 'Ours\n', ca.certText);
      put('ciphers', '# ours\n ECDHE+AESGCM \n\nECDHE+CHACHA20\n');
      put('clients', '# some\nJoe@example.org\n');
      expect(loaded(files())).toMatchObject({ asksForClientCertificate: true, clients: ['joe@example.org'] });
      expect(made.at(-1)).toMatchObject({
        clientCa: `Ours\n${ca.certText}`,
        ciphers: 'ECDHE+AESGCM:ECDHE+CHACHA20',
      });
      for (const name of ['ca', 'ciphers', 'clients']) rmSync(at(name));
      expect(loaded(files())).toMatchObject({ asksForClientCertificate: false, clients: [] });
      expect(made.at(-1)).toMatchObject({ clientCa: null, ciphers: null });
    });

    it('is never taken for nothing when they cannot be read', () => {
      for (const name of ['ca', 'ciphers', 'clients']) {
        mkdirSync(at(name));
        expect(problem(files())).toBe(`${name} is not a regular file`);
        rmSync(at(name), { recursive: true });
        writeFileSync(at(name), '', { mode: 0 });
        expect(asNobody(() => problem(files()))).toMatch(`${name} cannot be read by user `);
        rmSync(at(name));
      }
      expect(problem({ ...files(), clientsFile: at('cert/clients') })).toBe(
        'cert/clients cannot be read: ENOTDIR',
      );
    });

    it('is a problem when nobody is in the list of signers', () => {
      writeFileSync(at('ca'), one.keyText);
      expect(problem(files())).toBe('ca has no certificate in it, and needs one as PEM');
    });

    it('is a list of revoked certificates, which counts where there are signers', () => {
      time += 3_600_000; // what is made now counts
      const own = new X509Certificate(ca.certText).raw;
      put('crl', makeRevocationList(certificates, { issuer: one }));
      expect(loaded(files()).isUnrevoked(own, time)).toBe(true);
      put('ca', ca.certText);
      expect(loaded(files()).isUnrevoked(own, time)).toBe(false);
      put('crl', makeRevocationList(certificates, { issuer: ca }));
      expect(loaded(files()).isUnrevoked(own, time)).toBe(true);
      put('crl', makeRevocationList(certificates, { issuer: ca, revoked: [ca] }));
      expect(loaded(files()).isUnrevoked(own, time)).toBe(false);
      rmSync(at('crl'));
      expect(loaded(files()).isUnrevoked(own, time)).toBe(true);
      expect(told()).toEqual([]);
    });

    it('is complained of when a new list is due, and the certificates do not count then', () => {
      put('ca', ca.certText);
      put('crl', makeRevocationList(certificates, { issuer: ca }));
      const own = new X509Certificate(ca.certText).raw;
      const current = loaded(files());
      time += 31 * 86_400_000;
      expect(current.isUnrevoked(own, time)).toBe(false);
      expect(loaded(files()).isUnrevoked(own, time)).toBe(false);
      const [, end] = told(); // the certificate itself has ended before
      expect(end).toMatch(/^crl was to be replaced by 2\S+Z: get a new one$/);
    });

    it('is a problem when no list is in its file, or one of some certificates only', () => {
      put('ca', ca.certText);
      put('crl', ca.certText);
      expect(problem(files())).toBe('crl has no list of revoked certificates in it, and needs one as PEM');
      const partial = { issuer: ca, extensions: ['issuingDistributionPoint=critical,@point'] };
      put('crl', makeRevocationList(certificates, { issuer: ca }), makeRevocationList(certificates, partial));
      expect(problem(files())).toBe(
        'crl has a list that is not of all certificates, or none at all: get a whole one',
      );
    });

    it('are ciphers that a rule has given before those of a file', () => {
      mkdirSync(at('ciphers'));
      loaded({ ...files(), ciphers: 'ECDHE+CHACHA20' });
      expect(made).toMatchObject([{ ciphers: 'ECDHE+CHACHA20' }]);
    });

    it('is no cipher list where there is nothing but comments', () => {
      writeFileSync(at('ciphers'), '\n# HIGH\n');
      loaded(files());
      expect(made).toMatchObject([{ ciphers: null }]);
    });
  });

  describe('of ticket keys', () => {
    const files = (): TlsFiles => ({ ...server('cert'), ticketKeys: at('tickets') });
    beforeEach(() => put('cert', one.keyText, one.chainText));

    it('are those on disk, and new ones when these are old', () => {
      loaded(files());
      loaded(files());
      time += ROTATE_SECONDS * 1000;
      loaded(files());
      expect(made).toHaveLength(2);
      const [first, second] = made.map(({ ticketKeys }) => ticketKeys);
      expect(first).toHaveLength(48);
      expect(second).toHaveLength(48);
      expect(second).not.toEqual(first);
      expect(told()).toEqual([]);
    });

    it('are none when there is something wrong, which is told once', () => {
      writeFileSync(at('tickets'), 'x', { mode: 0o644 });
      loaded(files());
      loaded(files());
      expect(made).toMatchObject([{ ticketKeys: null }]);
      expect(told()).toEqual([
        'tickets is not for its owner alone: remove it; until then sessions are not resumed in other processes',
      ]);
      rmSync(at('tickets'));
      loaded(files());
      expect(made.at(-1)?.ticketKeys).toHaveLength(48);
      expect(told()).toEqual([]);
    });

    it('are none for a library that does not take them, and no file of them is looked at', () => {
      writeFileSync(at('tickets'), 'x', { mode: 0o644 });
      store = openTlsStore(make, (text) => complaints.push(text), { keepsTickets: false });
      loaded(files());
      rmSync(at('tickets'));
      loaded(files());
      expect(made).toMatchObject([{ ticketKeys: null }]);
      expect(existsSync(at('tickets'))).toBe(false);
      expect(told()).toEqual([]);
    });

    it('are none where they cannot be kept, and nothing is wrong', () => {
      loaded({ ...files(), ticketKeys: at('nowhere/tickets') });
      expect(made).toMatchObject([{ ticketKeys: null }]);
      expect(told()).toEqual([]);
    });
  });

  describe('when a plain reading was wrong to trust', () => {
    it('a key, is what a full one says of it', () => {
      put('cert', two.keyText, one.chainText);
      expect(problem(server('cert'))).toBe(
        'cert has the private key of another certificate than CN=one, and needs the right one',
      );
      put('cert', one.keyText.replace(/^M/m, 'N'), one.chainText);
      expect(problem(server('cert'))).toMatch(
        /^cert has a private key that cannot be used \(.+\), and needs/,
      );
      expect(made).toEqual([]);
    });

    it('the first certificate to be that of the key, is that of the key', () => {
      const signed = makeCertificate(certificates, { name: 'signed', kind: 'ec', names: [], issuer: ca });
      put('cert', ca.keyText, signed.certText, ca.certText);
      expect(chain(server('cert'))).toBe(ca.certText);
      expect(made.map(({ cert }) => cert)).toEqual([ca.certText]);
    });

    it('a certificate, is what a full one says of it', () => {
      // As far as the algorithm of its key it is one; that has a tag that no key has.
      const der = Buffer.from(one.certText.replace(/-----[^\n]+/g, ''), 'base64');
      der[der.indexOf(Buffer.from('2a8648ce3d0201', 'hex')) - 2] = 0x05;
      const lines = der.toString('base64').replaceAll(/.{64}(?=.)/g, '$&\n');
      put('cert', one.keyText, `-----BEGIN CERTIFICATE-----\n${lines}\n-----END CERTIFICATE-----\n`);
      expect(problem(server('cert'))).toMatch(
        /^cert has a certificate that cannot be used \(.+\), and needs/,
      );
    });
  });

  it('is used after its time, and that is told once', () => {
    put('cert', over.keyText, over.chainText);
    for (let times = 0; times < 3; times += 1) expect(chain(server('cert'))).toBe(over.certText);
    expect(told()).toEqual([
      expect.stringMatching(/^certificate CN=over in cert has ended on .*; renew it$/),
    ]);
    put('cert', one.keyText, one.chainText);
    loaded(server('cert'));
    expect(told()).toEqual([]);
    time += 31 * 86_400_000;
    loaded(server('cert'));
    loaded(server('cert'));
    expect(told()).toEqual([expect.stringMatching(/^certificate CN=one in cert has ended on /)]);
  });

  it('is remembered of so many sets of files', () => {
    put('cert', one.keyText, one.chainText);
    const set = (number: number): TlsFiles => ({ ...server('cert'), ciphers: `list ${number}` });
    loaded(set(0));
    for (let number = 1; number < 64; number += 1) loaded(set(number));
    loaded(set(0));
    expect(made).toHaveLength(64);
    loaded(set(64)); // 1 is forgotten, and 0 was asked for since
    loaded(set(0));
    expect(made).toHaveLength(65);
    loaded(set(1));
    expect(made).toHaveLength(66);
  });

  it('is what the real library takes', () => {
    put('cert', one.keyText, one.chainText, rsa.keyText, rsa.chainText);
    put('ca', ca.certText);
    const real = openTlsStore(
      ({ cert, key, clientCa, ciphers, ticketKeys }) =>
        createSecureContext({
          cert,
          key,
          ...(clientCa === null ? {} : { ca: clientCa }),
          ...(ciphers === null ? {} : { ciphers }),
          ...(ticketKeys === null ? {} : { ticketKeys: Buffer.from(ticketKeys) }),
        }),
      (text) => complaints.push(text),
    );
    const files = { ...server('cert'), clientCa: at('ca'), ticketKeys: at('tickets') };
    const current = real.current(files);
    if ('problem' in current) throw new Error(current.problem);
    for (const ecdsa of [true, false])
      expect(current.choose({ serverName: null, ecdsa })).toMatchObject({ context: expect.anything() });
    expect(real.current({ ...files, ciphers: 'none-such' })).toEqual({
      problem: expect.stringMatching(/^ciphers "none-such": the TLS library says ".*no.cipher.match.*"$/i),
    });
    expect(told()).toEqual([]);
  });
});
