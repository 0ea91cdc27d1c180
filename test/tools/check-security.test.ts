// `mvmtr check` about TLS and AUTH: certificates, who checks passwords, users, hooks that nobody calls.

import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { check } from '../../src/cli/commands/check.ts';
import { findingLine } from '../../src/cli/commands/findings.ts';
import { type Made, makeCertificate, makeRevocationList, type WantedList } from '../support/certificates.ts';
import { removeDirectory, scratchDirectory } from '../support/home.ts';
import { needs } from '../support/needs.ts';
import { userLine } from '../support/users.ts';
import { type ControlFiles, homeWith } from './control-home.ts';

let scratch: string;
beforeAll(() => {
  scratch = scratchDirectory();
});
afterAll(() => removeDirectory(scratch));

const SOUND: ControlFiles = { me: 'mx.example.com\n', rcpthosts: 'example.com\n' };

/** What is said about these files, but for what is said without them. */
function findings(files: ControlFiles, prepare: (control: string) => void = () => {}): readonly string[] {
  const home = homeWith(scratch, { ...SOUND, ...files });
  mkdirSync(join(home, 'bin'), { recursive: true });
  writeFileSync(join(home, 'bin/qmail-queue'), '#!/bin/sh\n', { mode: 0o755 });
  for (const name of ['servercert.pem', 'smtpusers']) {
    if (name in files) chmodSync(join(home, 'control', name), 0o600);
  }
  prepare(join(home, 'control'));
  return check({ home, profile: 'mvmtr', environment: {} }).findings.map((finding) =>
    findingLine(finding).replaceAll(`${home}/control/`, '').replaceAll(home, 'HOME'),
  );
}

const JOE = userLine('joe', 'secret');

it('says nothing of what is not there', () => expect(findings({})).toEqual([]));

needs('openssl').describe('a certificate', () => {
  let sound: Made;
  let ended: Made;
  let soon: Made;
  let authority: Made;
  beforeAll(() => {
    const wanted = { kind: 'ec', names: ['mx.example.com'] } as const;
    sound = makeCertificate(scratch, { ...wanted, name: 'sound' });
    ended = makeCertificate(scratch, { ...wanted, name: 'ended', days: -1 });
    soon = makeCertificate(scratch, { ...wanted, name: 'soon', days: 3 });
    authority = makeCertificate(scratch, { name: 'authority', kind: 'ec', names: [] });
  });
  const pem = (made: Made): string => made.keyText + made.certText;

  it('is fine', () => expect(findings({ 'servercert.pem': pem(sound), smtpusers: JOE })).toEqual([]));

  it('has ended, or ends soon', () => {
    expect(findings({ 'servercert.pem': pem(ended) })).toEqual([
      expect.stringMatching(/^servercert\.pem: warning: the certificate for mx\.example\.com has ended on /),
    ]);
    expect(findings({ 'servercert.pem': pem(soon) })).toEqual([
      expect.stringMatching(
        /^servercert\.pem: warning: the certificate for mx\.example\.com ends on .*, in [23] days; renew it$/,
      ),
    ]);
  });

  it('is not to be read by all', () => {
    const all = (control: string): void => chmodSync(join(control, 'servercert.pem'), 0o644);
    expect(findings({ 'servercert.pem': pem(sound) }, all)).toEqual([
      'servercert.pem: warning: everybody on this host can read the private key; chmod o= servercert.pem',
    ]);
  });

  it('without its key is none', () => {
    expect(findings({ 'servercert.pem': sound.certText })).toEqual([
      expect.stringMatching(/^servercert\.pem: error: .*no private key.*, so STARTTLS is answered 454; /),
    ]);
  });

  it('goes with files that can be used', () => {
    const withFiles = (files: ControlFiles): readonly string[] =>
      findings({ 'servercert.pem': pem(sound), ...files });
    const list = (times: Partial<WantedList> = {}): string =>
      makeRevocationList(scratch, { issuer: authority, ...times });
    const signers = { 'clientca.pem': authority.certText };
    expect(withFiles({ ...signers, 'clientcrl.pem': list() })).toEqual([]);
    expect(withFiles({ 'clientca.pem': 'nobody\n' })).toEqual([
      expect.stringMatching(
        /error: clientca\.pem has no certificate in it, .* so STARTTLS is answered 454; /,
      ),
    ]);
    expect(withFiles({ ...signers, 'clientcrl.pem': 'none\n' })).toEqual([
      expect.stringMatching(/error: clientcrl\.pem has no list of revoked .* so STARTTLS is answered 454; /),
    ]);
    const ended = list({ from: '20200101000000Z', until: '20210101000000Z' });
    expect(withFiles({ ...signers, 'clientcrl.pem': ended })).toEqual([
      'clientcrl.pem: warning: was to be replaced on 2021-01-01, so certificates of clients are not good; get a new one',
    ]);
  });

  it('makes hooks worth their while', () => {
    const rules = 'hook starttls { stop; }\nhook tls { stop; }\n';
    const warned = (files: ControlFiles): readonly string[] =>
      findings({ 'mvmtr.mfl': rules, ...files }).filter((line) => line.includes('is never called'));
    expect(warned({})).toHaveLength(2);
    expect(warned({ 'servercert.pem': pem(sound) })).toEqual([]);
  });
});

it.each<[string, string]>([
  ['', 'says nobody who checks passwords'],
  ['ldap', '"ldap" says nobody who checks passwords, so every login is answered 454; write "checkpassword'],
  ['checkpassword /bin/true', '/bin/true is in the place of the program that checks passwords'],
  ['checkpassword /no/such', '/no/such cannot be used (it does not exist), so every login is answered 454'],
  ['dovecot /no/socket', '/no/socket cannot be used (it does not exist)'],
  ['file', 'smtpusers cannot be used (it does not exist)'],
])('control/smtpauth: %j', (line, words) => {
  const errors = findings({ smtpauth: `${line}\n` }).filter((each) => each.includes(' error: '));
  if (line === '') expect(errors).toEqual([]);
  else expect(errors).toEqual([expect.stringContaining(words)]);
});

it('users', () => {
  const lines = findings({ smtpusers: `# us\n${JOE}max:secret\n${JOE}\n` }, (control) =>
    chmodSync(join(control, 'smtpusers'), 0o604),
  );
  expect(lines).toEqual([
    'smtpusers:3: error: is no user and what proves the password; write it with mvmtr passwd',
    'smtpusers:4: warning: "joe" is there before, and that line counts; remove one',
    'smtpusers: warning: everybody on this host can read what proves the passwords; chmod o= smtpusers',
    'servercert.pem: note: there is no certificate, so nobody can log in: passwords are not taken without TLS; make one, or set FORCETLS=0 in the run script',
  ]);
});

it('a hook of AUTH that nobody calls', () => {
  expect(findings({ 'mvmtr.mfl': 'hook auth { stop; }\n' })).toContainEqual(
    expect.stringContaining('hook auth is never called: nobody checks passwords'),
  );
});
