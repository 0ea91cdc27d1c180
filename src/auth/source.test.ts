// control/smtpauth: what each line says, and what it cannot say.

import { expect, it } from 'vitest';
import { type PasswordSource, passwordSourceIn } from './index.ts';

it.each<[string, PasswordSource]>([
  ['file', { kind: 'file', path: '/q/control/smtpusers' }],
  ['file users', { kind: 'file', path: '/q/control/users' }],
  ['file /etc/users', { kind: 'file', path: '/etc/users' }],
  [
    'checkpassword /bin/vchkpw /bin/true',
    { kind: 'checkpassword', program: '/bin/vchkpw', args: ['/bin/true'] },
  ],
  ['  checkpassword\tvchkpw ', { kind: 'checkpassword', program: 'vchkpw', args: [] }],
  ['dovecot /run/dovecot/auth', { kind: 'dovecot', path: '/run/dovecot/auth', mechanisms: [] }],
  [
    'dovecot /run/auth plain SCRAM-SHA-256',
    { kind: 'dovecot', path: '/run/auth', mechanisms: ['PLAIN', 'SCRAM-SHA-256'] },
  ],
])('%j', (line, source) => {
  expect(passwordSourceIn(line, '/q')).toEqual(source);
});

it.each(['', 'ldap', 'file a b', 'checkpassword', 'dovecot', 'dovecot run/auth', 'File', '/bin/vchkpw'])(
  '%j says nobody',
  (line) => {
    expect(passwordSourceIn(line, '/q')).toEqual({
      problem: expect.stringContaining('write "checkpassword'),
    });
  },
);
