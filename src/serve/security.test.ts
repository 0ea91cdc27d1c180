// What variables and controls say about TLS and AUTH, by table: the conventions of the patches and of ucspi-ssl.

import { describe, expect, it } from 'vitest';
import {
  authOffer,
  checkingSource,
  type PasswordChecker,
  passwordArguments,
  tlsFilesIn,
  tlsOffer,
  ucspiTlsIn,
} from './security.ts';

const FILES = tlsFilesIn('/q');
const FDS = { SSLCTLFD: '3', SSLREADFD: '4', SSLWRITEFD: '5' };

describe('STARTTLS', () => {
  it.each<[string, Record<string, string>, boolean, boolean]>([
    ['a certificate', {}, true, true],
    ['no certificate', {}, false, false],
    ['DISABLETLS', { DISABLETLS: '' }, true, false],
    ['UCSPITLS=-', { UCSPITLS: '-' }, true, false],
    ['UCSPITLS and its descriptors', { UCSPITLS: '', ...FDS }, false, true],
    ['UCSPITLS without them', { UCSPITLS: '' }, false, false],
    ['descriptors without UCSPITLS', FDS, false, false],
    ['both, and DISABLETLS', { UCSPITLS: '', ...FDS, DISABLETLS: '1' }, true, false],
  ])('with %s', (_, env, hasCertificate, offered) => {
    expect(tlsOffer(env, hasCertificate ? FILES : null).tls !== null).toBe(offered);
  });

  it('is required with UCSPITLS=!', () => {
    expect(tlsOffer({ UCSPITLS: '!' }, FILES).requireTls).toBe(true);
    expect(tlsOffer({ UCSPITLS: '' }, FILES).requireTls).toBe(false);
  });

  it.each([
    ['', FDS, { control: 3, read: 4, write: 5 }],
    ['!', { SSLCTLFD: '7', SSLREADFD: '8', SSLWRITEFD: '8' }, { control: 7, read: 8, write: 8 }],
    ['', { ...FDS, SSLCTLFD: '0' }, null],
    ['', { ...FDS, SSLREADFD: 'x' }, null],
    ['', { ...FDS, SSLWRITEFD: '' }, null],
    ['-', FDS, null],
  ])('by UCSPI-TLS: %j %j', (UCSPITLS, env, descriptors) => {
    expect(ucspiTlsIn({ UCSPITLS, ...env })).toEqual(descriptors);
  });
});

const PROGRAM: PasswordChecker = { kind: 'checkpassword', program: '/bin/c', args: [] };
const FILE: PasswordChecker = { kind: 'file', path: '/q/control/smtpusers' };

describe('AUTH', () => {
  const USUAL = ['PLAIN', 'LOGIN'];

  it.each<[string, Record<string, string>, PasswordChecker | null, readonly string[] | null, boolean]>([
    ['nobody', {}, null, null, false],
    ['nobody, and SMTPAUTH=!', { SMTPAUTH: '!' }, null, USUAL, true],
    ['nobody, and SMTPAUTH=!-', { SMTPAUTH: '!-' }, null, null, false],
    ['a program', {}, PROGRAM, USUAL, false],
    ['SMTPAUTH empty', { SMTPAUTH: '' }, PROGRAM, USUAL, false],
    ['SMTPAUTH=-', { SMTPAUTH: '-' }, PROGRAM, null, false],
    ['SMTPAUTH=!', { SMTPAUTH: '!' }, PROGRAM, USUAL, true],
    ['SMTPAUTH=+cram', { SMTPAUTH: '+cram' }, PROGRAM, [...USUAL, 'CRAM-MD5'], false],
    ['SMTPAUTH=cram', { SMTPAUTH: 'cram' }, PROGRAM, ['CRAM-MD5'], false],
    ['SMTPAUTH=!cram', { SMTPAUTH: '!cram' }, PROGRAM, ['CRAM-MD5'], true],
    ['SMTPAUTH=!+cram', { SMTPAUTH: '!+cram' }, PROGRAM, [...USUAL, 'CRAM-MD5'], true],
    ['users', {}, FILE, ['SCRAM-SHA-256-PLUS', 'SCRAM-SHA-256', ...USUAL], false],
    [
      'users, who have no CRAM',
      { SMTPAUTH: 'cram' },
      FILE,
      ['SCRAM-SHA-256-PLUS', 'SCRAM-SHA-256', ...USUAL],
      false,
    ],
    ['a problem', {}, { problem: 'x' }, USUAL, false],
    ['Dovecot', {}, { kind: 'dovecot', path: '/s', mechanisms: [] }, USUAL, false],
    ['Dovecot with mechanisms', {}, { kind: 'dovecot', path: '/s', mechanisms: ['PLAIN'] }, ['PLAIN'], false],
  ])('with %s', (_, env, source, mechanisms, required) => {
    const { auth, requireAuth } = authOffer(env, source);
    expect(auth?.mechanisms ?? null).toEqual(mechanisms);
    expect(requireAuth).toBe(required);
  });

  it.each([
    [undefined, false],
    ['', false],
    ['1', false],
    ['0', true],
    ['00', false],
  ])('without TLS with FORCETLS=%j', (FORCETLS, inClear) => {
    expect(authOffer({ FORCETLS }, FILE).auth?.inClear).toBe(inClear);
  });
});

describe('the arguments of a patched qmail-smtpd', () => {
  it.each<[string, string | undefined, string | null, readonly string[]]>([
    ['mx.example.com /bin/vchkpw /bin/true', undefined, '/bin/vchkpw', ['/bin/true']],
    ['mx.example.com /bin/vchkpw /bin/true', '', '/bin/vchkpw', ['/bin/true']],
    ['mx.example.com /bin/vchkpw true maildir', undefined, '/bin/vchkpw', ['true', 'maildir']],
    ['/bin/vchkpw /bin/true', '', '/bin/vchkpw', ['/bin/true']],
    ['/bin/vchkpw /bin/true', undefined, null, []],
    ['/bin/vchkpw true maildir', '!', '/bin/vchkpw', ['true', 'maildir']],
    ['vchkpw true', '', 'vchkpw', ['true']],
    ['vchkpw /bin/true', '', 'vchkpw', ['/bin/true']],
    ['mx.example.com', '', null, []],
    ['', '', null, []],
  ])('%j with SMTPAUTH=%j', (line, SMTPAUTH, program, args) => {
    const words = line === '' ? [] : line.split(' ');
    const expected = program === null ? null : { kind: 'checkpassword', program, args };
    expect(passwordArguments(words, { SMTPAUTH })).toEqual(expected);
  });

  it.each(['true', '/bin/true', '/usr/bin/env', 'sh'])('never let %s check passwords', (program) => {
    expect(checkingSource({ kind: 'checkpassword', program, args: ['/bin/true'] })).toEqual({
      problem: expect.stringContaining(program),
    });
  });

  it('let a program whose name only ends like that', () => {
    const source: PasswordChecker = { kind: 'checkpassword', program: '/bin/vtrue', args: [] };
    expect(checkingSource(source)).toBe(source);
  });
});
