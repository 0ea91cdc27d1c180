// Plain files are read as they are in full, and without node:crypto, which no file of this room may import: it would be
// missed here. All others are left to the full reading.

import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { type Made, makeCertificate, openssl } from '../../test/support/certificates.ts';
import { needs } from '../../test/support/needs.ts';
import { type Random, seededRandom } from '../../test/support/random.ts';
import { validityWarning } from './certificate.ts';
import { readCertificates } from './certificates.ts';
import type { TlsFiles } from './files.ts';
import { openTlsStore } from './index.ts';
import { readPlainCertificate } from './plain-certificate.ts';

vi.mock('node:crypto', () => {
  throw new Error('node:crypto is imported');
});

let scratch: string;
let ca: Made;
let middle: Made;
let leaf: Made;
let rsa: Made;
let other: Made;

function file(...parts: readonly string[]): string {
  const path = join(scratch, 'some.pem');
  writeFileSync(path, parts.join(''));
  return path;
}

const PARAMETERS = '-----BEGIN EC PARAMETERS-----\nBggqhkjOPQMBBw==\n-----END EC PARAMETERS-----\n';

/** The same in lines of so many. */
const columns = (text: string, width: number): string =>
  text.replaceAll(/(?<=-----\n)[^-]+(?=-----)/g, (body) =>
    body.replaceAll('\n', '').replaceAll(new RegExp(`.{1,${width}}`, 'g'), '$&\n'),
  );

const label = (text: string, name: string): string => text.replaceAll('CERTIFICATE', name);

needs('openssl').describe('plain certificates', () => {
  beforeAll(() => {
    scratch = mkdtempSync(join(tmpdir(), 'mvmtr-test-'));
    chmodSync(scratch, 0o755);
    ca = makeCertificate(scratch, { name: 'ca', kind: 'ec', names: [] });
    middle = makeCertificate(scratch, { name: 'middle', kind: 'rsa', names: [], issuer: ca });
    const names = ['MX.Example.org', '*.leaf.example.org'];
    leaf = makeCertificate(scratch, { name: 'leaf.example.org', kind: 'ec', names, issuer: middle });
    rsa = makeCertificate(scratch, { name: 'rsa.example.org', kind: 'rsa', names: [], authority: false });
    other = makeCertificate(scratch, { name: 'other.example.org', kind: 'ec', names: ['other.example.org'] });
  });

  afterEach(() => void vi.restoreAllMocks());
  afterAll(() => rmSync(scratch, { recursive: true }));

  describe('are what a full reading finds', () => {
    it.each<[string, () => readonly [cert: string, key?: string]]>([
      ['in one file', () => [leaf.bothFile]],
      ['in two', () => [file(leaf.chainText), leaf.keyFile]],
      ['with the key last', () => [file(leaf.chainText, leaf.keyText)]],
      ['with the key in between', () => [file(leaf.certText, leaf.keyText, middle.certText)]],
      ['with the root', () => [file(leaf.keyText, leaf.chainText, ca.certText)]],
      ['without signers', () => [file(leaf.keyText, leaf.certText)]],
      ['by RSA', () => [rsa.bothFile]],
      ['signed by nobody else', () => [other.bothFile]],
      ['with CR LF', () => [file((leaf.keyText + leaf.chainText).replaceAll('\n', '\r\n'))]],
      [
        'with spaces at the end of lines',
        () => [file((leaf.keyText + leaf.chainText).replaceAll('\n', ' \t\n'))],
      ],
      ['with words around', () => [file('Bag\n', leaf.keyText, '\nsubject=x\n', leaf.chainText, '\n\nend')]],
      ['without a last line end', () => [file(leaf.keyText, leaf.chainText.trimEnd())]],
      ['with parameters', () => [file(PARAMETERS, leaf.keyText, leaf.chainText)]],
      ['with a certificate beside the key', () => [file(leaf.chainText), leaf.bothFile]],
      ['with a key beside the certificate', () => [file(other.keyText, leaf.chainText), leaf.keyFile]],
    ])('%s', (_, given) => {
      const [cert, key = null] = given();
      const full = readCertificates({ cert, key });
      const plain = readPlainCertificate({ cert, key });
      if (plain === null) throw new Error('is not plain');
      expect([plain]).toEqual(full);
      expect(validityWarning(plain, plain.notAfter + 1)).toContain(`${plain.title} has ended`);
    });

    it.each([
      ['Ed25519', ['-newkey', 'ed25519']],
      ['P-521', ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:secp521r1', '-sha512']],
      ['secp256k1', ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:secp256k1']],
      ['RSASSA-PSS', ['-newkey', 'rsa:2048', '-sha384', '-sigopt', 'rsa_padding_mode:pss']],
      ['a key for RSASSA-PSS', ['-newkey', 'rsa-pss', '-pkeyopt', 'rsa_keygen_bits:2048']],
      ['an end behind 2049', ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-days', '20000']],
    ])('with %s', (name, args) => {
      const [certFile, keyFile] = [join(scratch, `${name}.cert`), join(scratch, `${name}.key`)];
      const request = ['req', '-x509', '-config', join(scratch, 'openssl.cnf'), '-nodes', ...args];
      openssl([...request, '-subj', '/CN=a.example', '-keyout', keyFile, '-out', certFile]);
      const files = { cert: certFile, key: keyFile };
      expect([readPlainCertificate(files)]).toEqual(readCertificates(files));
    });

    it('with keys of the older forms', () => {
      const older = join(scratch, 'older.pem');
      openssl(['ec', '-in', leaf.keyFile, '-out', older]);
      expect([readPlainCertificate({ cert: leaf.bothFile, key: older })]).toEqual(
        readCertificates({ cert: leaf.bothFile, key: older }),
      );
    });

    it.each([1, 2, 3, 4])('in any order and with anything else, or there are none (seed %i)', (seed) => {
      const random = seededRandom(seed);
      const parts = [leaf, middle, ca, other].flatMap(({ certText, keyText }) => [certText, keyText]);
      let plain = 0;
      for (let times = 0; times < 150; times += 1) {
        const cert = file(...mixed(random, leaf, parts));
        const found = readPlainCertificate({ cert, key: null });
        const full = readCertificates({ cert, key: null });
        if (found === null || 'problem' in full || full[0].key !== found.key) continue;
        // Of one whose key is another's it is the library that knows.
        if (full[0].chain.startsWith(found.chain.slice(0, 200))) expect([found]).toEqual(full);
        plain += 1;
      }
      expect(plain).toBeGreaterThan(5);
    });
  });

  it.each<[string, () => readonly [cert: string, key?: string]]>([
    ['the file is not there', () => [join(scratch, 'none')]],
    ['that of the key is not there', () => [leaf.certFile, join(scratch, 'none')]],
    ['it is empty', () => [file()]],
    ['there is no key', () => [leaf.certFile]],
    ['there is no certificate', () => [leaf.keyFile]],
    ['there are two keys', () => [file(leaf.keyText, leaf.chainText, other.keyText)]],
    ['the key is there twice', () => [file(leaf.keyText, leaf.chainText, leaf.keyText)]],
    ['a certificate is there twice', () => [file(leaf.keyText, leaf.certText, leaf.certText)]],
    ['the signer comes first', () => [file(leaf.keyText, middle.certText, leaf.certText)]],
    ['the signer has not signed', () => [file(leaf.keyText, leaf.certText, ca.certText)]],
    ['something follows the root', () => [file(ca.keyText, ca.certText, leaf.certText)]],
    ['another root of that name follows the root', () => [file(ca.keyText, ca.certText, again(ca, 'ca'))]],
    ['two have signed one another', () => [file(middle.keyText, ...circle(), middle.certText)]],
    ['the root is there twice', () => [file(leaf.keyText, leaf.chainText, ca.certText, ca.certText)]],
    ['lines have 76 columns', () => [file(leaf.keyText, columns(leaf.chainText, 76))]],
    ['lines have 48 columns', () => [file(leaf.keyText, columns(leaf.chainText, 48))]],
    ['there is one line', () => [file(leaf.keyText, columns(leaf.chainText, 9999))]],
    ['there is an empty line', () => [file(leaf.keyText, leaf.certText.replace('\n', '\n\n'))]],
    ['a certificate has no end', () => [file(leaf.keyText, leaf.certText.slice(0, -30))]],
    ['a certificate is cut off', () => [file(leaf.keyText, leaf.certText.slice(0, 300))]],
    ['there is something else in it', () => [file(leaf.keyText, leaf.certText.replace('\nMII', '\nM!I'))]],
    ['there is nothing in it', () => [file(leaf.keyText, leaf.certText.replace(/\n[^-]+/, '\n'))]],
    ['it has the label of X.509', () => [file(leaf.keyText, label(leaf.chainText, 'X509 CERTIFICATE'))]],
    ['it has the label of trust', () => [file(leaf.keyText, label(leaf.chainText, 'TRUSTED CERTIFICATE'))]],
    [
      'one has another label',
      () => [file(leaf.keyText, leaf.certText, label(middle.certText, 'X509 CERTIFICATE'))],
    ],
    ['the key has a pass phrase', () => [rsa.certFile, locked()]],
  ])('are not there when %s', (_, given) => {
    const [cert, key = null] = given();
    expect(readPlainCertificate({ cert, key })).toBeNull();
  });

  /** One more certificate of that key. */
  function again({ keyFile }: Made, name: string, issuer?: Made): string {
    const signer = issuer === undefined ? [] : ['-CA', issuer.certFile, '-CAkey', issuer.keyFile];
    const request = ['req', '-x509', '-new', '-config', join(scratch, 'openssl.cnf'), '-key', keyFile];
    const path = join(scratch, 'again.pem');
    openssl([
      ...request,
      ...signer,
      '-subj',
      `/CN=${name}`,
      '-addext',
      'subjectKeyIdentifier=hash',
      '-out',
      path,
    ]);
    return readFileSync(path, 'latin1');
  }

  const circle = (): readonly string[] => [middle.certText, again(ca, 'ca', middle)];

  function locked(): string {
    const path = join(scratch, 'locked.pem');
    openssl(['rsa', '-aes128', '-in', rsa.keyFile, '-passout', 'pass:secret', '-out', path]);
    return path;
  }

  it('are in force and are chosen without node:crypto, which is loaded for what is asked for then', () => {
    const files: TlsFiles = {
      certificates: [{ cert: leaf.bothFile, key: null }],
      clientCa: ca.certFile,
      clientCrl: null,
      ciphersFile: null,
      ciphers: null,
      clientsFile: null,
      ticketKeys: join(scratch, 'tickets'),
    };
    const complain = vi.fn();
    const load = vi.spyOn(process, 'getBuiltinModule');
    const current = openTlsStore((parts) => parts, complain, { keepsTickets: false }).current(files);
    if ('problem' in current) throw new Error(current.problem);
    const chosen = current.choose({ serverName: 'mx.example.org', ecdsa: true });
    if ('problem' in chosen) throw new Error(chosen.problem);
    expect(chosen.context).toMatchObject({ cert: leaf.chainText, key: leaf.keyText });
    expect(load).not.toHaveBeenCalled();
    expect(chosen.certificate.endPointHash).toHaveLength(32);
    expect(load).toHaveBeenCalledWith('node:crypto');
    expect(complain).not.toHaveBeenCalled();
  });
});

/** That certificate's chain and key, perhaps with something else, perhaps in another order. */
function mixed(
  random: Random,
  { certText, keyText, chainText }: Made,
  parts: readonly string[],
): readonly string[] {
  const good = [keyText, certText, chainText.slice(certText.length)];
  for (let times = random.below(3); times > 0; times -= 1)
    good.splice(random.below(good.length + 1), random.below(2), parts[random.below(parts.length)] ?? '');
  return good;
}
