// Certificates out of PEM files as openssl writes them: which key goes with which, chains, names, channel bindings
// (RFC 5929 §4.1), and what is said of files that are of no use.

import { createHash } from 'node:crypto';
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { asNobody } from '../../test/support/as-nobody.ts';
import { type Made, makeCertificate, openssl } from '../../test/support/certificates.ts';
import { needs } from '../../test/support/needs.ts';
import { fromOctets } from '../text/index.ts';
import { type Certificate, validityWarning } from './certificate.ts';
import { readCertificates } from './certificates.ts';
import { FILE_OCTETS } from './file-text.ts';

let scratch: string;
let ca: Made;
let middle: Made;
let leaf: Made;
let rsa: Made;
let other: Made;

function file(name: string, ...parts: readonly string[]): string {
  const path = join(scratch, name);
  writeFileSync(path, parts.join(''));
  return path;
}

function all(cert: string, key: string | null = null): readonly Certificate[] {
  const read = readCertificates({ cert, key });
  if ('problem' in read) throw new Error(read.problem);
  return read;
}

function problem(cert: string, key: string | null = null): string {
  const read = readCertificates({ cert, key });
  return 'problem' in read ? read.problem.replaceAll(`${scratch}/`, '') : 'none';
}

needs('openssl').describe('certificates', () => {
  beforeAll(() => {
    scratch = mkdtempSync(join(tmpdir(), 'mvmtr-test-'));
    chmodSync(scratch, 0o755);
    ca = makeCertificate(scratch, { name: 'ca', kind: 'ec', names: [] });
    middle = makeCertificate(scratch, { name: 'middle', kind: 'ec', names: [], issuer: ca });
    leaf = makeCertificate(scratch, {
      name: 'leaf.example.org',
      kind: 'ec',
      names: ['MX.Example.org', '*.leaf.example.org'],
      issuer: middle,
    });
    rsa = makeCertificate(scratch, { name: 'rsa.example.org', kind: 'rsa', names: [], authority: false });
    other = makeCertificate(scratch, { name: 'other.example.org', kind: 'ec', names: ['other.example.org'] });
  });

  afterAll(() => rmSync(scratch, { recursive: true }));

  describe('of a good file', () => {
    it('are all there is to know of them', () => {
      const [certificate, ...more] = all(leaf.bothFile);
      expect(more).toEqual([]);
      const der = Buffer.from(leaf.certText.replace(/-----[^\n]+/g, ''), 'base64');
      expect(certificate).toEqual({
        names: ['mx.example.org', '*.leaf.example.org'],
        kind: 'ecdsa',
        chain: leaf.certText + middle.certText,
        key: leaf.keyText,
        endPointHash: fromOctets(createHash('sha256').update(der).digest()),
        notBefore: expect.any(Number),
        notAfter: expect.any(Number),
        fingerprint: createHash('sha256').update(der).digest('hex'),
        title: `CN=leaf.example.org in ${leaf.bothFile}`,
      });
      expect(certificate?.notAfter).toBe((certificate?.notBefore ?? 0) + 30 * 86_400_000);
      expect(Math.abs((certificate?.notBefore ?? 0) - Date.now())).toBeLessThan(600_000);
    });

    it('with the key in another', () => {
      const [certificate] = all(file('apart.pem', leaf.chainText), leaf.keyFile);
      expect(certificate).toMatchObject({ chain: leaf.chainText, key: leaf.keyText });
    });

    it.each([
      ['key last', () => [leaf.certText, middle.certText, leaf.keyText]],
      ['chain first', () => [middle.certText, leaf.certText, leaf.keyText]],
      ['one of them twice', () => [leaf.certText, leaf.keyText, leaf.certText, middle.certText]],
      ['CR LF', () => [leaf.chainText, leaf.keyText].map((text) => text.replaceAll('\n', '\r\n'))],
      ['words in between', () => ['Bag Attributes\n', leaf.keyText, '\nsubject=x\n', leaf.chainText, '\n\n']],
      ['no line end', () => [leaf.keyText, leaf.chainText.trimEnd()]],
      ['another label', () => [leaf.keyText, leaf.chainText.replaceAll('CERTIFICATE', 'X509 CERTIFICATE')]],
      [
        'parameters',
        () => [
          '-----BEGIN EC PARAMETERS-----\nBggqhkjOPQMBBw==\n-----END EC PARAMETERS-----\n',
          leaf.keyText,
          leaf.chainText,
        ],
      ],
    ])('whatever the order: %s', (_, parts) => {
      const [certificate, ...more] = all(file('order.pem', ...parts()));
      expect(more).toEqual([]);
      expect(certificate).toMatchObject({
        chain: leaf.chainText,
        key: leaf.keyText,
        names: expect.any(Array),
      });
    });

    it('with the root, which goes last', () => {
      const [certificate] = all(file('root.pem', leaf.keyText, ca.certText, leaf.chainText));
      expect(certificate?.chain).toBe(leaf.chainText + ca.certText);
    });

    it('with several, each with its own', () => {
      const path = file(
        'both.pem',
        other.keyText,
        rsa.keyText,
        leaf.keyText,
        leaf.chainText,
        rsa.certText,
        other.certText,
      );
      expect(all(path)).toMatchObject([
        { kind: 'ecdsa', chain: leaf.chainText, key: leaf.keyText },
        { kind: 'rsa', chain: rsa.certText, key: rsa.keyText, names: ['rsa.example.org'] },
        { kind: 'ecdsa', chain: other.certText, key: other.keyText },
      ]);
    });

    it('with keys of the older forms', () => {
      openssl(['ec', '-in', leaf.keyFile, '-out', join(scratch, 'sec1.pem')]);
      openssl(['rsa', '-traditional', '-in', rsa.keyFile, '-out', join(scratch, 'pkcs1.pem')]);
      expect(all(leaf.certFile, join(scratch, 'sec1.pem'))).toMatchObject([{ kind: 'ecdsa' }]);
      expect(all(rsa.certFile, join(scratch, 'pkcs1.pem'))).toMatchObject([{ kind: 'rsa' }]);
    });

    it('with others that nobody in it has signed, in their order, if there is one key only', () => {
      const [certificate] = all(file('loose.pem', leaf.keyText, ca.certText, leaf.certText, other.certText));
      expect(certificate?.chain).toBe(leaf.certText + ca.certText);
      const two = all(
        file('loose.pem', leaf.keyText, leaf.certText, other.keyText, other.certText, ca.certText),
      );
      expect(two.map(({ chain }) => chain)).toEqual([leaf.certText, other.certText]);
    });

    it('with two of one key: the first', () => {
      const again = join(scratch, 'again.pem');
      const request = ['req', '-x509', '-new', '-key', other.keyFile, '-subj', '/CN=again', '-out', again];
      openssl([...request, '-config', join(scratch, 'openssl.cnf')]);
      const path = file('two.pem', other.keyText, readFileSync(again, 'latin1'), other.certText);
      expect(all(path)).toMatchObject([{ names: ['again'], chain: readFileSync(again, 'latin1') }]);
    });

    it.each([
      ['P-384', { curve: 'secp384r1', hash: 'sha384' }, 'sha384', 'ecdsa'],
      ['P-521', { curve: 'secp521r1', hash: 'sha512' }, 'sha512', 'ecdsa'],
      ['SHA-1', { hash: 'sha1' }, 'sha256', 'ecdsa'],
    ] as const)('with %s', (name, wanted, hash, kind) => {
      const made = makeCertificate(scratch, { name, kind: 'ec', names: ['a.example'], ...wanted });
      expect(all(made.bothFile)).toMatchObject([{ kind, endPointHash: hashOf(hash, made.certText) }]);
    });

    it.each([
      ['RSA with SHA-384', ['-newkey', 'rsa:2048', '-sha384'], 'sha384', 'rsa'],
      ['RSA with SHA-512', ['-newkey', 'rsa:2048', '-sha512'], 'sha512', 'rsa'],
      [
        'RSASSA-PSS with SHA-512',
        ['-newkey', 'rsa:2048', '-sha512', '-sigopt', 'rsa_padding_mode:pss'],
        'sha512',
        'rsa',
      ],
      [
        'RSASSA-PSS with SHA-256',
        ['-newkey', 'rsa:2048', '-sha256', '-sigopt', 'rsa_padding_mode:pss'],
        'sha256',
        'rsa',
      ],
      ['Ed25519', ['-newkey', 'ed25519'], 'sha256', 'other'],
      [
        'a curve that few know',
        ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:secp256k1'],
        'sha256',
        'other',
      ],
    ])('with %s', (name, args, hash, kind) => {
      const [certFile, keyFile] = [join(scratch, `${name}.cert`), join(scratch, `${name}.key`)];
      const config = join(scratch, 'openssl.cnf');
      openssl([
        'req',
        '-x509',
        '-config',
        config,
        '-nodes',
        ...args,
        '-subj',
        '/CN=a',
        '-keyout',
        keyFile,
        '-out',
        certFile,
      ]);
      const text = openssl(['x509', '-in', certFile]);
      expect(all(certFile, keyFile)).toMatchObject([{ kind, endPointHash: hashOf(hash, text) }]);
    });
  });

  describe('of a file that is of no use', () => {
    it.each([
      [
        'there is none',
        () => problem(file('a', leaf.keyText)),
        'a has no certificate in it, and needs one as PEM',
      ],
      ['it is empty', () => problem(file('a', '')), 'a has no certificate in it, and needs one as PEM'],
      [
        'there is no key',
        () => problem(file('a', leaf.certText)),
        'a has no private key for certificate CN=leaf.example.org, and needs it',
      ],
      [
        'there is no key in the other one',
        () => problem(leaf.certFile, file('b', 'secret')),
        'b has no private key for certificate CN=leaf.example.org, and needs it',
      ],
      [
        'the key is of another',
        () => problem(leaf.certFile, other.keyFile),
        'other.example.org.key.pem has the private key of another certificate than CN=leaf.example.org, and needs the right one',
      ],
      [
        'one key is of another',
        () => problem(file('a', leaf.keyText, leaf.certText, rsa.keyText)),
        'a has one more private key, for which there is no certificate in a',
      ],
      [
        'it ends in the middle of a key',
        () => problem(file('a', leaf.certText, leaf.keyText.slice(0, 80))),
        expect.stringMatching(/^a has a private key that cannot be used \(.+\), and needs another$/),
      ],
      [
        'it ends in the middle of a certificate',
        () => problem(file('a', leaf.keyText, leaf.certText.slice(0, 200))),
        expect.stringMatching(/^a has a certificate that cannot be used \(.+\), and needs another$/),
      ],
      ['it is not there', () => problem(join(scratch, 'none')), 'none does not exist'],
      ['the key is not there', () => problem(leaf.certFile, join(scratch, 'none')), 'none does not exist'],
    ])('%s', (_, told, expected) => expect(told()).toEqual(expected));

    it.each([
      ['older', ['rsa', '-traditional']],
      ['newer', ['pkcs8', '-topk8']],
    ])('the key has a pass phrase, in the %s form', (_, [command = '', ...args]) => {
      const path = join(scratch, 'locked.pem');
      const cipher = command === 'rsa' ? ['-aes128'] : [];
      openssl([command, ...args, ...cipher, '-in', rsa.keyFile, '-passout', 'pass:secret', '-out', path]);
      expect(problem(rsa.certFile, path)).toBe(
        'locked.pem has a private key with a pass phrase, which nobody types; it must be decrypted',
      );
    });

    it('it is not for us to read', () => {
      const path = file('own.pem', leaf.keyText, leaf.certText);
      chmodSync(path, 0);
      const user = process.geteuid?.() === 0 ? 65534 : process.geteuid?.();
      expect(asNobody(() => problem(path))).toBe(
        `own.pem cannot be read by user ${user}, who needs the right to`,
      );
    });

    it('it is a directory, or a queue, or too long', () => {
      mkdirSync(join(scratch, 'directory'));
      expect(problem(join(scratch, 'directory'))).toBe('directory is not a regular file');
      expect(problem('/dev/zero')).toBe('/dev/zero is not a regular file');
      truncateSync(file('long', leaf.bothFile), FILE_OCTETS + 1);
      expect(problem(join(scratch, 'long'))).toBe(`long has more than ${FILE_OCTETS} octets`);
    });
  });

  it('have a time', () => {
    const [good] = all(leaf.bothFile) as [Certificate];
    expect(validityWarning(good, good.notBefore)).toBeNull();
    expect(validityWarning(good, good.notAfter)).toBeNull();
    const iso = (time: number): string => new Date(time).toISOString().replace('.000', '');
    expect(validityWarning(good, good.notAfter + 1)).toBe(
      `certificate ${good.title} has ended on ${iso(good.notAfter)}; renew it`,
    );
    expect(validityWarning(good, good.notBefore - 1)).toBe(
      `certificate ${good.title} is not valid before ${iso(good.notBefore)}; set the clock, or renew it`,
    );
    const over = makeCertificate(scratch, { name: 'over', kind: 'ec', names: ['a'], days: -1, issuer: ca });
    const [ended] = all(over.bothFile) as [Certificate];
    expect(validityWarning(ended, Date.now())).toContain('CN=over in ');
    expect(over.chainText).toBe(over.certText);
  });
});

function hashOf(name: string, text: string): string {
  const der = Buffer.from(text.replace(/-----[^\n]+/g, ''), 'base64');
  return fromOctets(createHash(name).update(der).digest());
}
