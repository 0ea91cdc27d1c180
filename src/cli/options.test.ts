// The command line of a session, under both names: every option in both spellings, what is wrong with a value, and what
// is skipped where run scripts pass words that are not ours.

import { describe, expect, it } from 'vitest';
import { type SessionOptions, sessionOptions } from './options.ts';

const OWN: SessionOptions = {
  profile: 'mvmtr',
  home: null,
  queue: { kind: 'qmail' },
  hostName: null,
  startFile: null,
  bodyCache: null,
  verbose: false,
  tls: 'none',
  others: [],
};
const STOCK: SessionOptions = { ...OWN, profile: 'stock' };
const MAILDIR: SessionOptions['queue'] = { kind: 'maildir', directory: '/mail' };

describe('as mvmtr', () => {
  it.each<[string, Partial<SessionOptions>]>([
    ['', {}],
    ['--profile stock', { profile: 'stock' }],
    ['--profile=mvmtr', {}],
    ['--qmail-home /q', { home: '/q' }],
    ['--qmail-home=/q=1', { home: '/q=1' }],
    ['--queue qmail', {}],
    ['--queue=maildir:/mail', { queue: MAILDIR }],
    ['--queue maildir:/mail', { queue: MAILDIR }],
    ['--queue maildir:/mail --queue qmail', {}],
    ['--queue maildir:a:b', { queue: { kind: 'maildir', directory: 'a:b' } }],
    ['-h mx.example.com', { hostName: 'mx.example.com' }],
    ['-v', { verbose: true }],
    ['-v -v', { verbose: true }],
    ['-C /etc/mvmtr -b 1000', { startFile: '/etc/mvmtr', bodyCache: 1000 }],
    ['-b 10k', { bodyCache: 10_240 }],
    ['-b 10K -b 10m -b 10M', { bodyCache: 10_485_760 }],
    ['-h -v', { hostName: '-v' }],
    [
      '-v -h a --profile=stock --queue=maildir:/mail --qmail-home=/q',
      {
        verbose: true,
        hostName: 'a',
        profile: 'stock',
        queue: MAILDIR,
        home: '/q',
      },
    ],
    [
      '--profile stock unknown --queue=maildir:/mail',
      { profile: 'stock', others: ['unknown', '--queue=maildir:/mail'] },
    ],
    ['--tls', { tls: 'implicit' }],
    ['--outer-tls', { tls: 'outer' }],
  ])('%s', (line, options) => {
    expect(sessionOptions('mvmtr', line === '' ? [] : line.split(' '))).toEqual({ ...OWN, ...options });
  });

  it.each<[readonly string[], string]>([
    [['mx.example.com'], 'unknown argument "mx.example.com"'],
    [['-x'], 'unknown argument "-x"'],
    [['--'], 'unknown argument "--"'],
    [[''], 'unknown argument ""'],
    [['-hmx.example.com'], 'unknown argument'],
    [['-h=mx.example.com'], 'unknown argument'],
    [['--profil', 'stock'], 'unknown argument'],
    [['--queue2=qmail'], 'unknown argument'],
    [['--constructor'], 'unknown argument'],
    [['toString'], 'unknown argument'],
    [['-v', 'check'], 'unknown argument "check"'],
    [['unknown', '--profile', 'stock'], 'unknown argument "unknown"'],
    [['--profile'], '--profile wants a value'],
    [['-h'], '-h wants a value'],
    [['-C'], '-C wants a value'],
    [['-b'], '-b wants a value'],
    [['--profile', 'qmail'], '--profile is stock or mvmtr, not "qmail"'],
    [['--profile='], '--profile is stock or mvmtr, not ""'],
    [['--queue', 'maildir:'], '--queue is qmail or maildir:DIRECTORY'],
    [['--queue', 'maildir'], '--queue is qmail or maildir:DIRECTORY'],
    [['--queue', 'xmaildir:/mail'], '--queue is qmail or maildir:DIRECTORY'],
    [['-h', ''], '-h wants a host name'],
    [['-h', 'a b'], '-h wants a host name'],
    [['-h', 'a\r\n250 ok'], '-h wants a host name'],
    [['-h', 'b\u00fccher.example'], '-h wants a host name'],
    [['-b', 'many'], '-b wants a number of octets'],
    [['-b', '10g'], '-b wants a number of octets'],
    [['-b', '-1'], '-b wants a number of octets'],
    [['-b', ''], '-b wants a number of octets'],
  ])('%j is a mistake', (argv, usage) => {
    expect(sessionOptions('mvmtr', argv)).toEqual({ usage: expect.stringContaining(usage) });
  });
});

describe('as qmail-smtpd', () => {
  it.each<[string, Partial<SessionOptions>]>([
    ['', {}],
    [
      'mx.example.com /bin/checkpassword /bin/true',
      { others: ['mx.example.com', '/bin/checkpassword', '/bin/true'] },
    ],
    ['-x --unknown=1', { others: ['-x', '--unknown=1'] }],
    ['-v', { others: ['-v'] }],
    ['-h mx.example.com', { others: ['-h', 'mx.example.com'] }],
    ['-C file', { others: ['-C', 'file'] }],
    ['--queue=maildir:/mail', { queue: MAILDIR }],
    ['--queue maildir:/mail --qmail-home /q', { queue: MAILDIR, home: '/q' }],
    [
      '--queue maildir:/mail mx.example.com --qmail-home /q',
      { queue: MAILDIR, others: ['mx.example.com', '--qmail-home', '/q'] },
    ],
    ['mx.example.com --queue=nonsense', { others: ['mx.example.com', '--queue=nonsense'] }],
    ['-v --profile mvmtr', { others: ['-v', '--profile', 'mvmtr'] }],
    ['--profile mvmtr', { profile: 'mvmtr' }],
    ['--profile mvmtr --profile stock word', { others: ['word'] }],
    ['--tls', { tls: 'implicit' }],
    ['--outer-tls word', { tls: 'outer', others: ['word'] }],
    ['--tls=1', { others: ['--tls=1'] }],
  ])('%s', (line, options) => {
    expect(sessionOptions('qmail-smtpd', line === '' ? [] : line.split(' '))).toEqual({
      ...STOCK,
      ...options,
    });
  });

  it.each<[readonly string[], string]>([
    [['--queue', 'nonsense'], '--queue is qmail or maildir:DIRECTORY'],
    [['--profile=other'], '--profile is stock or mvmtr'],
    [['--qmail-home'], '--qmail-home wants a value'],
    [['--profile', 'mvmtr', 'mx.example.com'], 'unknown argument "mx.example.com"'],
    [['--profile', 'mvmtr', '-v'], 'unknown argument "-v"'],
  ])('%j is a mistake', (argv, usage) => {
    expect(sessionOptions('qmail-smtpd', argv)).toEqual({ usage: expect.stringContaining(usage) });
  });
});
