// What `mvmtr check` finds: a good home is passed in silence, and each fault, alone in a good home, is found
// with its file, line and severity, and nothing else is. Every row is one home, below a scratch directory
// that is removed.

import { chmodSync, mkdirSync, rmSync, symlinkSync, truncateSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { check, runCheck } from '../../src/cli/commands/check.ts';
import { type Finding, findingLine } from '../../src/cli/commands/findings.ts';
import type { Environment, ProfileName } from '../../src/cli/commands/subject.ts';
import { writeCdb } from '../../src/control/index.ts';
import { removeDirectory, scratchDirectory } from '../support/home.ts';
import { type ControlFiles, homeWith } from './control-home.ts';

let scratch: string;
beforeAll(() => {
  scratch = scratchDirectory();
});
afterAll(() => removeDirectory(scratch));

const GOOD: ControlFiles = {
  me: 'mx.example.com\n',
  rcpthosts: 'example.com\n.example.com\n',
  badmailfrom: '# none yet\nbad@example.net\n@example.org\n',
  databytes: '20000000\n',
  timeoutsmtpd: '600\n',
};

const PROFILES: readonly ProfileName[] = ['stock', 'mvmtr'];

/** A good home with other files; undefined leaves a good one out. */
function goodHome(files: Readonly<Record<string, string | null | undefined>> = {}): string {
  const all = Object.entries({ ...GOOD, ...files }).filter(
    (entry): entry is [string, string | null] => entry[1] !== undefined,
  );
  const home = homeWith(scratch, Object.fromEntries(all));
  mkdirSync(join(home, 'bin'));
  writeFileSync(join(home, 'bin/qmail-queue'), '#!/bin/sh\n', { mode: 0o755 });
  return home;
}

function findingsIn(home: string, profile: ProfileName, environment: Environment = {}): readonly Finding[] {
  return check({ home, profile, environment }).findings;
}

/** "rcpthosts:2 error …", the way the tables below have them. */
function short(home: string, { file, line, severity, what }: Finding): string {
  const place = file.replace(`${home}/control/`, '').replace(`${home}/`, '');
  return `${place}${line === null ? '' : `:${line}`} ${severity}: ${what}`;
}

const found = (home: string, profile: ProfileName, environment?: Environment): readonly string[] =>
  findingsIn(home, profile, environment).map((finding) => short(home, finding));

describe('a good home', () => {
  it.each(PROFILES)('is passed in silence (%s)', (profile) => {
    expect(found(goodHome(), profile)).toEqual([]);
  });

  it.each(PROFILES)('is passed with everything there is in it (%s)', (profile) => {
    const home = goodHome({
      localiphost: 'example.com\n',
      smtpgreeting: 'mx.example.com at your service\n',
      morercpthosts: 'MORE.example\n',
      locals: 'example.com\n',
      virtualdomains: '',
      smtproutes: '',
      ...(profile === 'mvmtr' ? { timeouthelo: '100\n', timeoutcommand: '100\n', timeoutdata: '100\n' } : {}),
    });
    writeCdb(join(home, 'control/morercpthosts.cdb'), [['more.example', '']]);
    expect(found(home, profile)).toEqual(['localiphost:1 note: "example.com" is not the name in me']);
  });
});

type Row = readonly [files: Readonly<Record<string, string | null | undefined>>, ...expected: string[]];

const cases = (rows: readonly Row[]) =>
  rows.map(([files, ...expected]) => ({
    title: JSON.stringify(files, (_, value) => (value === undefined ? 'missing' : value)),
    files,
    expected,
  }));

/** Each expectation is the start of one finding; nothing else may be found. */
function expectFound(home: string, profile: ProfileName, expected: readonly string[]): void {
  const starts = found(home, profile).map((line, index) => line.slice(0, expected[index]?.length));
  expect(starts).toEqual(expected);
}

describe('in both profiles', () => {
  const rows: readonly Row[] = [
    [{ me: null }, 'me error: cannot be read (it is a directory), so every session is answered 421'],
    [{ badmailfrom: null }, 'badmailfrom error: cannot be read'],
    [{ me: 'mx host\n' }, 'me:1 error: "mx host" is not a domain name'],
    [{ me: 'mx\n' }, 'me:1 warning: "mx" is not a full name'],
    [{ me: 'mx.example.com\nmx2.example.com\n' }, 'me:2 warning: only the first line is used'],
    [{ me: '-mx.example.com\n' }, 'me:1 error: "-mx.example.com" is not'],
    [
      { me: '\xef\xbb\xbfmx.example.com\n' },
      'me:1 error: starts with a UTF-8 byte order mark',
      'me:1 error: ',
    ],
    [{ rcpthosts: 'example.com\0\n' }, 'rcpthosts:1 warning: there is a NUL octet'],
    [{ localiphost: '192.0.2.1\n' }, 'localiphost:1 error: "192.0.2.1" is an address'],
    [{ localiphost: '[IPv6:2001:db8::1]\n' }, 'localiphost:1 error: "[IPv6:2001:db8::1]" is an address'],
    [{ localiphost: 'a b\n' }, 'localiphost:1 error: "a b" is not a domain name'],
    [{ localiphost: 'example.com\n' }, 'localiphost:1 note: "example.com" is not the name in me'],
    [{ localiphost: 'MX.example.com\n' }],
    [
      { localiphost: 'example.org\n' },
      'localiphost:1 note: ',
      'localiphost:1 warning: "example.org" is not in rcpthosts',
    ],
    [
      { timeoutsmtpd: 'soon\n' },
      'timeoutsmtpd:1 error: "soon" does not start with a digit, so the default holds',
    ],
    [{ timeoutsmtpd: '60 s\n' }, 'timeoutsmtpd:1 warning: " s" after the number is ignored'],
    [{ timeoutsmtpd: '0\n' }, 'timeoutsmtpd:1 error: a timeout of 0 counts as 1 second'],
    [{ timeoutsmtpd: '9\n' }, 'timeoutsmtpd:1 warning: 9 s is too short'],
    [{ timeoutsmtpd: '10\n' }],
    [{ timeoutsmtpd: '7200\n' }],
    [{ timeoutsmtpd: '7201\n' }, 'timeoutsmtpd:1 warning: silent clients are kept for 7201 s'],
    [{ timeoutsmtpd: '2147483648\n' }, 'timeoutsmtpd:1 error: 2147483648 is too large'],
    [
      { databytes: 'none\n' },
      'databytes:1 error: "none" does not start with a digit, so the default holds (0)',
    ],
    [
      { databytes: '10 MB\n' },
      'databytes:1 error: hardly any',
      'databytes:1 warning: " MB" after the number',
    ],
    [{ databytes: '0\n' }],
    [{ databytes: '999\n' }, 'databytes:1 error: hardly any message fits into 999 octets'],
    [{ databytes: '1000\n' }],
    [{ databytes: '4294967295\n' }],
    [{ databytes: '4294967296\n' }, 'databytes:1 error: 4294967296 is too large'],
    [{ rcpthosts: '# none\n' }, 'rcpthosts warning: empty: mail is accepted for no domain'],
    [{ rcpthosts: 'a.example\n@b.example\n' }, 'rcpthosts:2 error: "@b.example" has an "@"'],
    [{ rcpthosts: 'a.example b.example\n' }, 'rcpthosts:1 error: "a.example b.example" has white space'],
    [{ rcpthosts: ' a.example\n' }, 'rcpthosts:1 error: " a.example" has white space'],
    [{ rcpthosts: '*.a.example\n' }, 'rcpthosts:1 error: "*.a.example" has a "*"'],
    [{ rcpthosts: '#\na.example.\n' }, 'rcpthosts:2 warning: "a.example." ends in a dot'],
    [{ rcpthosts: '.\n' }],
    [{ rcpthosts: 'A.example\n' }, 'rcpthosts:1 note: "A.example" has upper-case letters'],
    [{ rcpthosts: '[192.0.2.1]\n' }, 'rcpthosts:1 error: "[192.0.2.1]" is an address'],
    [{ rcpthosts: 'caf\xe9.example\n' }, 'rcpthosts:1 warning: "caf\\xe9.example" is not ASCII'],
    [
      { morercpthosts: 'a@b.example\n' },
      'morercpthosts:1 error: "a@b.example" has an "@"',
      'morercpthosts error: morercpthosts.cdb is missing',
    ],
    [
      { morercpthosts: null },
      'morercpthosts error: cannot be read (it is a directory), so morercpthosts.cdb cannot',
    ],
    [
      { 'morercpthosts.cdb': 'junk' },
      'morercpthosts.cdb error: it is broken (it ends in the middle, at octet 4)',
    ],
    [{ 'morercpthosts.cdb': '' }, 'morercpthosts.cdb error: it is broken'],
    [{ 'morercpthosts.cdb': null }, 'morercpthosts.cdb error: it is broken (EISDIR)'],
    [{ badmailfrom: '<a@b.example>\n' }, 'badmailfrom:1 error: "<a@b.example>" has brackets'],
    [
      { badmailfrom: 'a@b.example c@d.example\n' },
      'badmailfrom:1 error: "a@b.example c@d.example" has white space',
    ],
    [{ badmailfrom: '*@b.example\n' }, 'badmailfrom:1 error: "*@b.example" has a "*"'],
    [{ badmailfrom: '#\n\nb.example\n' }, 'badmailfrom:3 warning: "b.example" has no "@"'],
    [{ badhelo: '' }, 'badhelo warning: belongs to a patch of qmail-smtpd'],
    [{ 'serverkey.pem': '' }, 'serverkey.pem warning: belongs to a patch'],
    [{ 'validrcptto.cdb': '' }, 'validrcptto.cdb warning: belongs to a patch'],
    [{ 'dh2048.pem': '' }, 'dh2048.pem warning: belongs to a patch'],
    [{ rcpthost: '' }, 'rcpthost note: not a control this program or qmail knows'],
    [{ servepaused: '' }, 'servepaused note: `mvmtr serve` turns all clients away'],
    [{ nameservers: '192.0.2.53\n' }],
    [{ '.keep': '' }],
  ];

  describe.each(PROFILES)('%s', (profile) => {
    it.each(cases(rows))('$title', ({ files, expected }) => expectFound(goodHome(files), profile, expected));
  });
});

describe('in the stock profile', () => {
  const rows: readonly Row[] = [
    [{ rcpthosts: undefined }, 'rcpthosts error: missing: this host is an OPEN RELAY'],
    [{ me: undefined }, 'me error: missing, and smtpgreeting too, so every session is answered 421'],
    [
      { me: undefined, smtpgreeting: 'mx.example.com\n' },
      'me warning: missing: there is no name for localiphost',
    ],
    [{ me: '\n' }, 'me:1 error: the name of this host is empty'],
    [
      { me: '# name\nmx.example.com\n' },
      'me:1 error: "# name" is taken literally',
      'me:1 error: "# name" is not a domain name',
      'me:2 warning: ',
    ],
    [
      { me: 'mx.example.com\r\n' },
      'me:1 error: 1 line with a carriage return',
      'me:1 error: "mx.example.com\\x0d" is not',
    ],
    [
      { rcpthosts: 'a.example\nb.example\r\nc.example\r\n' },
      'rcpthosts:2 error: 2 lines with a carriage return',
    ],
    [
      { databytes: '# limit\n10000\n' },
      'databytes:1 error: "# limit" is taken literally',
      'databytes:1 error: ',
    ],
    [{ smtpgreeting: 'Welcome to mx.example.com\n' }, 'smtpgreeting:1 warning: the first word, "Welcome"'],
    [{ smtpgreeting: 'mx.example.com\nhello\n' }, 'smtpgreeting:2 warning: only the first line'],
    [{ timeouthelo: 'soon\n' }, 'timeouthelo note: not read in the stock profile'],
  ];
  it.each(cases(rows))('$title', ({ files, expected }) => expectFound(goodHome(files), 'stock', expected));
});

describe('in the mvmtr profile', () => {
  const rows: readonly Row[] = [
    [{ rcpthosts: undefined }, 'rcpthosts warning: missing: mail is accepted only for the name in me'],
    [{ me: undefined }, 'me warning: missing: the name comes from TCPLOCALHOST'],
    [{ me: '# mx.example.com\n' }, 'me warning: missing: the name comes from TCPLOCALHOST'],
    [{ me: '# name\nmx.example.com\n' }],
    [{ me: 'mx.example.com\r\n' }, 'me:1 warning: 1 line with CRLF at the end'],
    [
      { rcpthosts: 'a.example\r.\n' },
      'rcpthosts:1 error: 1 line with a carriage return',
      'rcpthosts:1 warning: ',
    ],
    [{ smtpgreeting: 'Welcome\nto us\n' }],
    [{ rcpthosts: 'a.example\nb.exam\\\n\n' }, 'rcpthosts:2 warning: the last line ends in a backslash'],
    [{ rcpthosts: 'a.exam\\\nple\n' }],
    [{ timeoutdata: '5\n' }, 'timeoutdata:1 warning: 5 s is too short'],
    [{ timeouthelo: null }, 'timeouthelo error: cannot be read'],
  ];
  it.each(cases(rows))('$title', ({ files, expected }) => expectFound(goodHome(files), 'mvmtr', expected));
});

describe('the database', () => {
  const withDatabase = (files: ControlFiles, keys: readonly string[]): string => {
    const home = goodHome(files);
    writeCdb(
      join(home, 'control/morercpthosts.cdb'),
      keys.map((key) => [key, '']),
    );
    return home;
  };

  it('is older than its source', () => {
    const home = withDatabase({ morercpthosts: 'a.example\n' }, ['a.example']);
    utimesSync(join(home, 'control/morercpthosts.cdb'), 1_700_000_000, 1_700_000_000);
    expectFound(home, 'stock', ['morercpthosts warning: changed after morercpthosts.cdb was built']);
    utimesSync(join(home, 'control/morercpthosts'), 1_700_000_000, 1_700_000_000);
    expect(found(home, 'stock')).toEqual([]);
  });

  it('has keys that are never found', () => {
    const home = withDatabase({}, ['a.example', 'B.example', 'c.example']);
    expectFound(home, 'stock', [
      'morercpthosts.cdb error: 1 key with upper-case letters, never found, like "B.example"',
    ]);
  });

  it('does nothing without rcpthosts', () => {
    const home = withDatabase({}, ['a.example']);
    rmSync(join(home, 'control/rcpthosts'));
    expectFound(home, 'mvmtr', ['rcpthosts warning: missing', 'morercpthosts.cdb warning: does nothing']);
  });

  it('makes an empty rcpthosts a good one, and counts for localiphost', () => {
    const home = withDatabase({ rcpthosts: '', localiphost: 'mx.example.com\n' }, ['.example.com']);
    expect(found(home, 'stock')).toEqual([]);
  });

  it('is cut short', () => {
    const home = withDatabase({}, ['a.example']);
    truncateSync(join(home, 'control/morercpthosts.cdb'), 2060);
    expectFound(home, 'stock', ['morercpthosts.cdb error: it is broken (hash table ']);
  });
});

describe('the surroundings', () => {
  it.each<[string, (home: string) => Environment, string | null]>([
    ['a good QMAILQUEUE', () => ({ QMAILQUEUE: '/bin/sh' }), null],
    ['a QMAILQUEUE below the home', () => ({ QMAILQUEUE: 'bin/qmail-queue' }), null],
    ['an empty QMAILQUEUE', () => ({ QMAILQUEUE: '' }), 'QMAILQUEUE error: is set, but empty'],
    [
      'a missing one',
      () => ({ QMAILQUEUE: 'bin/qq' }),
      'bin/qq error: the queue program cannot be run (it does not exist)',
    ],
    ['a directory', () => ({ QMAILQUEUE: 'bin' }), 'bin error: the queue program is not a file'],
    [
      'a file that is no program',
      (home) => {
        chmodSync(join(home, 'bin/qmail-queue'), 0o644);
        return {};
      },
      'bin/qmail-queue error: the queue program cannot be run (permission denied)',
    ],
    [
      'a link to itself',
      (home) => {
        symlinkSync('loop', join(home, 'bin/loop'));
        return { QMAILQUEUE: 'bin/loop' };
      },
      'bin/loop error: the queue program cannot be run (it is a symbolic link to itself)',
    ],
    [
      'certificates for Node',
      () => ({ NODE_EXTRA_CA_CERTS: '/etc/x.pem' }),
      'NODE_EXTRA_CA_CERTS warning: is set',
    ],
  ])('%s', (_, prepare, expected) => {
    const home = goodHome();
    const environment = prepare(home);
    const lines = found(home, 'stock', environment);
    expect(lines).toEqual(expected === null ? [] : [expect.stringContaining(expected)]);
  });
});

describe('the report', () => {
  const run = (home: string, strict = false): { readonly code: number; readonly text: string } => {
    let text = '';
    const write = (more: string): void => {
      text += more;
    };
    const code = runCheck({ home, profile: 'stock', strict, environment: {} }, { out: write, err: write });
    return { code, text: text.replaceAll(home, 'HOME') };
  };

  it('of a good home is one line', () => {
    expect(run(goodHome())).toEqual({ code: 0, text: 'HOME (stock profile): 0 errors, 0 warnings\n' });
  });

  it('of warnings and notes is good enough, unless it is strict', () => {
    const home = goodHome({ badhelo: '', rcpthost: '' });
    const text =
      'HOME/control/badhelo: warning: belongs to a patch of qmail-smtpd and is not read by this program; do not rely on it\n' +
      'HOME/control/rcpthost: note: not a control this program or qmail knows; check the spelling\n' +
      'HOME (stock profile): 0 errors, 1 warning\n';
    expect(run(home)).toEqual({ code: 0, text });
    expect(run(home, true)).toEqual({ code: 1, text });
  });

  it('of errors is bad', () => {
    const { code, text } = run(goodHome({ rcpthosts: undefined }));
    expect(code).toBe(1);
    expect(text).toMatch(
      /^HOME\/control\/rcpthosts: error: .*OPEN RELAY.*; .*\nHOME .*: 1 error, 0 warnings\n$/,
    );
  });

  it('of nothing to look at says so', () => {
    const { code, text } = run(join(scratch, 'nowhere'));
    expect(code).toBe(2);
    expect(text).toMatch(/^HOME\/control: error: no control directory \(it does not exist\); /);
  });

  it('has one line for each finding, whatever is in the files', () => {
    const finding: Finding = { severity: 'note', file: 'a\nb', line: 3, what: 'x', todo: 'y' };
    expect(findingLine(finding)).toBe('a?b:3: note: x; y');
    const home = goodHome({ me: 'a\x1b[1m\x07\xff"b\\\n' });
    expect(run(home).text).toMatch(/^[\x20-\x7e\n]*$/);
  });
});
