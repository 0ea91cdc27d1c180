// The command line of a listener: flags as tcpserver takes them, alone and together in one word, our own options in both
// spellings, and what is said about the rest.

import { describe, expect, it } from 'vitest';
import { type ServeOptions, serveOptions } from './serve-options.ts';

const DEFAULTS: ServeOptions = {
  listen: [],
  profile: 'mvmtr',
  home: null,
  queue: { kind: 'qmail' },
  hostName: null,
  startFile: null,
  bodyCache: null,
  verbose: false,
  reports: 'errors',
  accessFile: null,
  accessFileMayBeMissing: false,
  user: null,
  group: null,
  idsFromEnvironment: false,
  localName: null,
  lookUpHost: true,
  paranoid: false,
  askIdent: false,
  identSeconds: 26,
  backlog: 1024,
  printPort: false,
  workers: 1,
  limits: {
    total: 40,
    perAddress: null,
    perNetwork: null,
    newPerMinute: null,
    maxLoad: null,
    loadFloor: 10,
  },
  greetDelay: 0,
  earlyTalkers: 'refuse',
  maxErrors: null,
  sessionSeconds: null,
  grace: 60,
  queueTimeout: 1200,
  proxyFrom: [],
  xclientFrom: [],
  readyDescriptor: null,
};

const limits = (changed: Partial<ServeOptions['limits']>): Partial<ServeOptions> => ({
  limits: { ...DEFAULTS.limits, ...changed },
});

const NETWORK = { octets: [192, 0, 2, 0], bits: 24 };
const ADDRESS = { octets: [127, 0, 0, 1], bits: 32 };

const split = (line: string): readonly string[] => (line === '' ? [] : line.split(' '));

describe('tcpserver’s flags', () => {
  it.each<[string, Partial<ServeOptions>]>([
    ['', {}],
    ['-c 100', limits({ total: 100 })],
    ['-c100', limits({ total: 100 })],
    ['-x tcp.cdb -X', { accessFile: 'tcp.cdb', accessFileMayBeMissing: true }],
    ['-u qmaild -g nofiles', { user: 'qmaild', group: 'nofiles' }],
    ['-u7001 -g7002', { user: '7001', group: '7002' }],
    ['-U', { idsFromEnvironment: true }],
    ['-l mx.example.com', { localName: 'mx.example.com' }],
    ['-l0', { localName: '0' }],
    ['-t 5 -r', { identSeconds: 5, askIdent: true }],
    ['-t0', { identSeconds: 0 }],
    ['-b 20', { backlog: 20 }],
    ['-H -p -R', { lookUpHost: false, paranoid: true }],
    ['-Hh -pP -Rr', { askIdent: true }],
    ['-1', { printPort: true }],
    ['-q', { reports: 'nothing' }],
    ['-v', { reports: 'status' }],
    ['-vQ', {}],
    ['-dDoO', {}],
    ['-vRHl0', { reports: 'status', lookUpHost: false, localName: '0' }],
    ['-vRHl 0 25', { reports: 'status', lookUpHost: false, localName: '0', listen: ['25'] }],
    [
      '-vXxrules -c5',
      { reports: 'status', accessFileMayBeMissing: true, accessFile: 'rules', ...limits({ total: 5 }) },
    ],
    ['-1c2', { printPort: true, ...limits({ total: 2 }) }],
    ['-x -v', { accessFile: '-v' }],
    ['-x --', { accessFile: '--' }],
    ['-c1 -c2', limits({ total: 2 })],
  ])('%s', (line, expected) => {
    expect(serveOptions(split(line))).toEqual({ ...DEFAULTS, ...expected });
  });
});

describe('our options', () => {
  it.each<[string, Partial<ServeOptions>]>([
    ['--profile stock', { profile: 'stock' }],
    ['--profile=stock --profile=mvmtr', {}],
    ['--qmail-home=/q=1', { home: '/q=1' }],
    ['--queue maildir:a:b', { queue: { kind: 'maildir', directory: 'a:b' } }],
    ['--queue=maildir:/mail --queue qmail', {}],
    ['--host-name mx.example.com', { hostName: 'mx.example.com' }],
    ['-C /etc/start.mfl', { startFile: '/etc/start.mfl' }],
    ['-vCstart.mfl', { reports: 'status', startFile: 'start.mfl' }],
    ['--body-cache 1000', { bodyCache: 1000 }],
    ['--body-cache=10K', { bodyCache: 10_240 }],
    ['--body-cache=4m', { bodyCache: 4_194_304 }],
    ['--verbose', { verbose: true }],
    ['--workers 4', { workers: 4 }],
    ['--per-address 5 --per-network=20', limits({ perAddress: 5, perNetwork: 20 })],
    ['--new-per-minute 30 -c 9', limits({ newPerMinute: 30, total: 9 })],
    ['--max-load 7.5 --load-floor 0', limits({ maxLoad: 7.5, loadFloor: 0 })],
    ['--greet-delay 2', { greetDelay: 2 }],
    ['--greet-delay=0.25', { greetDelay: 0.25 }],
    ['--early-talkers note', { earlyTalkers: 'note' }],
    ['--max-errors 3 --session-seconds 604800', { maxErrors: 3, sessionSeconds: 604_800 }],
    ['--grace 0 --queue-timeout 86400', { grace: 0, queueTimeout: 86_400 }],
    ['--proxy-from 192.0.2.0/24,127.0.0.1', { proxyFrom: [NETWORK, ADDRESS] }],
    ['--xclient-from=127.0.0.1', { xclientFrom: [ADDRESS] }],
    ['--ready-fd 3', { readyDescriptor: 3 }],
  ])('%s', (line, expected) => {
    expect(serveOptions(split(line))).toEqual({ ...DEFAULTS, ...expected });
  });
});

describe('addresses', () => {
  it.each<[string, readonly string[]]>([
    ['25', ['25']],
    ['0:25 [::]:25 unix:/run/smtp', ['0:25', '[::]:25', 'unix:/run/smtp']],
    ['25 --workers 1 587', ['25', '587']],
    ['-- 25 -v', ['25', '-v']],
    ['- 25', ['-', '25']],
  ])('%s', (line, listen) => {
    expect(serveOptions(split(line))).toEqual({ ...DEFAULTS, listen });
  });
});

it.each<[readonly string[], boolean]>([
  [['--help'], true],
  [['-v', '25', '--help', '--worker'], true],
  [['-C', '--help'], false],
  [['--', '--help'], false],
])('%j wants help: %j', (argv, wanted) => {
  expect('help' in serveOptions(argv)).toBe(wanted);
});

it.each<[readonly string[], string]>([
  [['-i'], 'there is no option -i; see mvmtr serve --help'],
  [['-vi'], 'there is no option -i in "-vi"; see'],
  [['-\u{1f4e7}'], 'there is no option -\u{1f4e7}; see'],
  [['-v1-'], 'there is no option -- in "-v1-"'],
  [['--worker', '1'], 'there is no option --worker;'],
  [['--constructor'], 'there is no option --constructor'],
  [['--c', '1'], 'there is no option --c'],
  [['--verbose=1'], '--verbose takes no value; leave out "=1"'],
  [['-c'], '-c wants a value'],
  [['-vc'], '-c wants a value'],
  [['--workers'], '--workers wants a value'],
  [['-c', '0'], '-c wants a number from 1 to 100000, not "0"'],
  [['-c', '-1'], '-c wants a number from 1 to 100000, not "-1"'],
  [['-c=5'], '-c wants a number from 1 to 100000, not "=5"'],
  [['-c1e3'], 'not "1e3"'],
  [['-c', '99999999999999999999'], 'not "99999999999999999999"'],
  [['--workers='], '--workers wants a number from 1 to 64, not ""'],
  [['--workers', '65'], '--workers wants a number from 1 to 64, not "65"'],
  [['-b', '65536'], '-b wants a number from 1 to 65535'],
  [['-t', '301'], '-t wants a number from 0 to 300'],
  [['--ready-fd', '2'], '--ready-fd wants a number from 3 to 65535'],
  [['--queue-timeout', '0'], '--queue-timeout wants a number from 1 to 86400'],
  [
    ['--max-load', 'high'],
    '--max-load wants a number from 0 to 10000, with or without a fraction, not "high"',
  ],
  [['--max-load', '1.'], 'not "1."'],
  [['--greet-delay', '301'], '--greet-delay wants a number from 0 to 300'],
  [['--early-talkers', 'drop'], '--early-talkers is refuse or note, not "drop"'],
  [['--profile='], '--profile is stock or mvmtr, not ""'],
  [['--queue', 'maildir:'], '--queue is qmail or maildir:DIRECTORY, not "maildir:"'],
  [['--host-name', 'a b'], '--host-name wants a host name, not "a b"'],
  [['-l', ''], '-l wants a host name, or 0, not ""'],
  [['-x', ''], '-x wants the name of a file, not ""'],
  [['-u', ''], '-u wants a user, as name or number'],
  [['--body-cache', '1g'], '--body-cache wants a number of octets, such as 200000, 512k or 4m, not "1g"'],
  [
    ['--proxy-from', '192.0.2.0/33'],
    '--proxy-from wants networks such as 192.0.2.0/24,2001:db8::/32, not "192.0.2.0/33"',
  ],
  [['--proxy-from', '192.0.2.1,'], 'not ""'],
  [['--xclient-from', 'mx.example.com'], '--xclient-from wants networks such as'],
  [['--xclient-from', new Array(257).fill('::1').join(',')], '--xclient-from takes at most 256 networks'],
  [['-B', 'hello'], '-B is not for a session, which says its own greeting; leave it out'],
  [['-vBhello'], '-B is not for a session'],
  [['-U', '-u', '1'], '-U takes user and group from $UID and $GID; leave out -u and -g, or -U'],
  [['-g', '1', '-U'], '-U takes user and group'],
])('%j is a mistake', (argv, usage) => {
  expect(serveOptions(argv)).toEqual({ usage: expect.stringContaining(usage) });
});
