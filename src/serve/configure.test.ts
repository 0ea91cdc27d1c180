// Control files and environment → configuration, on real control directories: what holds when a file is missing, in both
// profiles, what wins when there are two, and that no directory makes an open relay of the mvmtr profile.

import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { removeDirectory, scratchDirectory } from '../../test/support/home.ts';
import { decisionAtRcpt } from '../../test/support/policy.ts';
import { type ControlFiles, homeWith } from '../../test/tools/control-home.ts';
import { writeCdb } from '../control/index.ts';
import {
  MVMTR,
  OWN_LIMITS,
  type Profile,
  type SessionConfig,
  STOCK,
  STOCK_LIMITS,
} from '../session/index.ts';
import {
  configure,
  OWN_HELO_TIMEOUT,
  OWN_TIMEOUT,
  type Prepared,
  prepare,
  type ServerSetting,
  STOCK_TIMEOUT,
} from './configure.ts';
import type { Environment } from './environment.ts';
import { machineName } from './machine-name.ts';

let scratch = '';
beforeAll(() => {
  scratch = scratchDirectory();
});
afterAll(() => removeDirectory(scratch));

interface World {
  readonly files?: ControlFiles;
  readonly env?: Environment;
  readonly hostName?: string;
}

function configured(
  profile: Profile,
  { files = { me: 'mx.example.com\n' }, env = {}, hostName }: World,
): SessionConfig {
  const config = configure({ profile, home: homeWith(scratch, files), env, hostName });
  if ('fault' in config) throw new Error(`${config.file}: ${config.reason}`);
  return config;
}

const accepts = ({ policy }: SessionConfig, forwardPath: string): boolean =>
  decisionAtRcpt(policy, forwardPath).kind === 'proceed';

describe('without any control file but me', () => {
  it('stock is as qmail-smtpd', () => {
    const config = configured(STOCK, {});
    expect(config).toMatchObject({
      hostName: 'mx.example.com',
      greetingText: [],
      databytes: 0,
      timeouts: { helo: STOCK_TIMEOUT, command: STOCK_TIMEOUT, data: STOCK_TIMEOUT },
      localIpHost: 'mx.example.com',
      verbose: false,
    });
    expect(config.limits).toBe(STOCK_LIMITS);
    expect(accepts(config, 'user@anywhere.example')).toBe(true);
  });

  it('mvmtr has its own times and limits, and takes mail for itself only', () => {
    const config = configured(MVMTR, {});
    expect(config).toMatchObject({
      hostName: 'mx.example.com',
      greetingText: [],
      databytes: 0,
      timeouts: { helo: OWN_HELO_TIMEOUT, command: OWN_TIMEOUT, data: OWN_TIMEOUT },
      localIpHost: 'mx.example.com',
    });
    expect(config.limits).toBe(OWN_LIMITS);
    expect(accepts(config, 'user@anywhere.example')).toBe(false);
    expect(accepts(config, 'user@MX.example.com')).toBe(true);
  });
});

describe('the host name', () => {
  const LOCAL = { TCPLOCALHOST: 'local.example', TCPLOCALIP: '192.0.2.1' };

  it.each<[string, World, string]>([
    ['me', { env: LOCAL }, 'mx.example.com'],
    ['-h before me', { hostName: 'option.example', env: LOCAL }, 'option.example'],
    ['TCPLOCALHOST', { files: {}, env: LOCAL }, 'local.example'],
    ['TCPLOCALHOST, in octets', { files: {}, env: { TCPLOCALHOST: 'b\u010a.example' } }, 'b\xc4\x8a.example'],
    ['TCPLOCALHOST before an empty me', { files: { me: '\n' }, env: LOCAL }, 'local.example'],
    ['TCPLOCALIP', { files: {}, env: { TCPLOCALIP: '192.0.2.1' } }, '[192.0.2.1]'],
    ['TCPLOCALIP, an empty TCPLOCALHOST', { files: {}, env: { ...LOCAL, TCPLOCALHOST: '' } }, '[192.0.2.1]'],
    ['TCPLOCALIP of IPv6', { files: {}, env: { TCPLOCALIP: '2001:db8::1' } }, '[IPv6:2001:db8::1]'],
    ['the machine’s', { files: {} }, machineName()],
    ['… and not smtpgreeting', { files: { smtpgreeting: 'hello\n' }, env: LOCAL }, 'local.example'],
  ])('of mvmtr: %s', (_, world, name) => expect(configured(MVMTR, world).hostName).toBe(name));

  it.each<[string, World, string]>([
    ['me', { env: LOCAL, hostName: 'option.example' }, 'mx.example.com'],
    ['smtpgreeting', { files: { me: 'a\n', smtpgreeting: 'mx hello\nmore\n' } }, 'mx hello'],
    ['smtpgreeting without me', { files: { smtpgreeting: 'mx hello\n' } }, 'mx hello'],
    ['an empty smtpgreeting', { files: { me: 'a\n', smtpgreeting: '' } }, ''],
  ])('of stock: %s', (_, world, name) => expect(configured(STOCK, world).hostName).toBe(name));

  it('stock cannot do without me and smtpgreeting', () => {
    const home = homeWith(scratch, {});
    expect(configure({ profile: STOCK, home, env: LOCAL })).toMatchObject({
      fault: 'control',
      file: `${home}/control/me`,
    });
  });

  it('stands in for localiphost, as me does in stock', () => {
    expect(configured(MVMTR, { files: {}, hostName: 'option.example' }).localIpHost).toBe('option.example');
    expect(configured(STOCK, { files: { smtpgreeting: 'hello\n' } }).localIpHost).toBe(null);
    const files = { me: 'mx.example.com\n', localiphost: 'ip.example\n' };
    for (const profile of [STOCK, MVMTR])
      expect(configured(profile, { files }).localIpHost).toBe('ip.example');
  });
});

it('greets with all lines of smtpgreeting in the mvmtr profile, and with none in stock', () => {
  const files = { me: 'mx.example.com\n', smtpgreeting: 'one\n# no\ntwo\n' };
  expect(configured(MVMTR, { files }).greetingText).toEqual(['one', 'two']);
  expect(configured(STOCK, { files }).greetingText).toEqual([]);
});

describe('databytes', () => {
  it.each([
    [undefined, undefined, 0],
    ['1000\n', undefined, 1000],
    ['1000\n', '2000', 2000],
    ['1000\n', '0', 0],
    ['1000\n', '', 0],
    ['1000\n', 'lots', 0],
    ['lots\n', undefined, 0],
    [undefined, '2000', 2000],
  ])('the file says %j, DATABYTES %j: %d', (file, variable, databytes) => {
    const files = { me: 'mx.example.com\n', ...(file === undefined ? {} : { databytes: file }) };
    for (const profile of [STOCK, MVMTR]) {
      expect(configured(profile, { files, env: { DATABYTES: variable } }).databytes).toBe(databytes);
    }
  });
});

describe('timeouts', () => {
  const general = { me: 'a\n', timeoutsmtpd: '50\n' };
  const special = { ...general, timeouthelo: '10\n', timeoutcommand: '20\n', timeoutdata: '30\n' };

  it.each<[string, Profile, ControlFiles, SessionConfig['timeouts']]>([
    ['the general one', MVMTR, general, { helo: 50, command: 50, data: 50 }],
    ['the special ones', MVMTR, special, { helo: 10, command: 20, data: 30 }],
    ['one of them', MVMTR, { ...general, timeoutdata: '30\n' }, { helo: 50, command: 50, data: 30 }],
    [
      'none that is a number',
      MVMTR,
      { me: 'a\n', timeoutsmtpd: 'x\n' },
      { helo: 120, command: 300, data: 300 },
    ],
    ['zero', MVMTR, { me: 'a\n', timeoutsmtpd: '0\n' }, { helo: 1, command: 1, data: 1 }],
    ['the general one', STOCK, general, { helo: 50, command: 50, data: 50 }],
    ['no special ones', STOCK, special, { helo: 50, command: 50, data: 50 }],
    ['zero', STOCK, { me: 'a\n', timeoutsmtpd: '0\n' }, { helo: 1, command: 1, data: 1 }],
  ])('%s ($name)', (_, profile, files, timeouts) => {
    expect(configured(profile, { files }).timeouts).toEqual(timeouts);
  });
});

describe('relaying', () => {
  const HOSTS = ['anywhere.example', 'example.com', 'localhost', '', '[192.0.2.1]', 'x.mx.example.com'];

  it.each<[string, World]>([
    ['nothing at all', { files: {} }],
    ['me', {}],
    ['an empty me', { files: { me: '' } }],
    ['an empty rcpthosts', { files: { me: 'mx.example.com\n', rcpthosts: '' } }],
    ['a rcpthosts of comments', { files: { rcpthosts: '# example.com\n\n' } }],
    ['a rcpthosts with an empty entry', { files: { rcpthosts: '\\\n' } }],
    ['a rcpthosts of others', { files: { rcpthosts: 'example.net\n.example.net\n' } }],
    ['empty variables', { files: {}, env: { TCPLOCALHOST: '', TCPREMOTEIP: '', DATABYTES: '' } }],
    [
      'names that are no control file’s',
      { files: { 'rcpthosts.bak': 'example.com\n', RCPTHOSTS: 'localhost\n' } },
    ],
  ])('is refused by mvmtr with %s', (_, world) => {
    const config = configured(MVMTR, world);
    expect(HOSTS.filter((host) => accepts(config, `user@${host}`))).toEqual([]);
  });

  it('without rcpthosts, what -h names is ours, and no name from the network', () => {
    const named = configured(MVMTR, { files: {}, hostName: 'option.example' });
    expect([accepts(named, 'u@option.example'), accepts(named, 'u@example.com')]).toEqual([true, false]);
    const { policy } = configured(MVMTR, { files: {}, env: { TCPLOCALHOST: 'local.example' } });
    expect(decisionAtRcpt(policy, 'u@local.example')).toEqual({ kind: 'refuse', rule: 'unconfigured' });
  });

  it('is refused by mvmtr on a host without a qmail home, too', () => {
    const config = configure({ profile: MVMTR, home: null, env: {}, hostName: 'option.example' });
    if ('fault' in config) throw new Error(config.reason);
    expect(HOSTS.filter((host) => accepts(config, `user@${host}`))).toEqual([]);
    expect(accepts(config, 'user@option.example')).toBe(true);
  });

  it('is granted by RELAYCLIENT alone, empty or not', () => {
    for (const RELAYCLIENT of ['', '@relay.example']) {
      expect(accepts(configured(MVMTR, { env: { RELAYCLIENT } }), 'user@anywhere.example')).toBe(true);
    }
    expect(accepts(configured(MVMTR, { env: { RELAYCLIENT: undefined } }), 'user@anywhere.example')).toBe(
      false,
    );
  });

  it('with rcpthosts, me is ours only if it is listed', () => {
    const config = configured(MVMTR, { files: { me: 'mx.example.com\n', rcpthosts: 'example.com\n' } });
    expect([accepts(config, 'u@example.com'), accepts(config, 'u@mx.example.com')]).toEqual([true, false]);
  });

  it('stock refuses it as soon as there is a rcpthosts', () => {
    const config = configured(STOCK, { files: { me: 'mx.example.com\n', rcpthosts: '' } });
    expect(HOSTS.filter((host) => accepts(config, `user@${host}`))).toEqual([]);
  });
});

describe('what cannot be read is a fault, never as if it were missing', () => {
  const FILES = [
    'me',
    'smtpgreeting',
    'localiphost',
    'timeoutsmtpd',
    'rcpthosts',
    'badmailfrom',
    'databytes',
  ];

  it.each(FILES)('%s', (file) => {
    const home = homeWith(scratch, { me: 'mx.example.com\n', ...{ [file]: null } });
    for (const profile of [STOCK, MVMTR]) {
      expect(configure({ profile, home, env: { RELAYCLIENT: '', DATABYTES: '1' } })).toEqual({
        fault: 'control',
        file: join(home, 'control', file),
        reason: 'EISDIR',
      });
    }
  });

  it('a home that is not there', () => {
    const home = join(scratch, 'nowhere');
    for (const profile of [STOCK, MVMTR]) {
      expect(configure({ profile, home, env: {} })).toEqual({
        fault: 'control',
        file: home,
        reason: 'ENOENT',
      });
    }
  });
});

describe('for many clients', () => {
  const prepared = (profile: Profile, files: ControlFiles, more: Partial<ServerSetting> = {}): Prepared => {
    const made = prepare({ profile, home: homeWith(scratch, files), ...more });
    if ('fault' in made) throw new Error(`${made.file}: ${made.reason}`);
    return made;
  };

  it('files are read once, and each has what its own environment says', () => {
    const files = { me: 'mx.example.com\n', rcpthosts: 'example.com\n', databytes: '1000\n' };
    const home = homeWith(scratch, files);
    const made = prepare({ profile: MVMTR, home });
    if ('fault' in made) throw new Error(made.reason);
    removeDirectory(home);
    const stranger = made.forClient({ TCPREMOTEIP: '192.0.2.1' });
    const friend = made.forClient({ TCPREMOTEIP: '192.0.2.2', RELAYCLIENT: '', DATABYTES: '5' });
    const another = made.forClient({});
    expect([stranger, friend, another].map(({ client, databytes }) => [client.ip, databytes])).toEqual([
      ['192.0.2.1', 1000],
      ['192.0.2.2', 5],
      ['unknown', 1000],
    ]);
    expect([stranger, friend, another].map((config) => accepts(config, 'user@example.org'))).toEqual([
      false,
      true,
      false,
    ]);
  });

  it('a host without a name has that of each client’s connection, and takes mail for none of them', () => {
    const made = prepared(MVMTR, {});
    const [one, other] = ['a.example', 'b.example'].map((name) => made.forClient({ TCPLOCALHOST: name }));
    expect([one?.hostName, other?.hostName]).toEqual(['a.example', 'b.example']);
    expect(decisionAtRcpt((one as SessionConfig).policy, 'user@a.example')).toEqual({
      kind: 'refuse',
      rule: 'unconfigured',
    });
  });

  it('bounds other than the profile’s hold for all', () => {
    const made = prepared(STOCK, { me: 'mx.example.com\n' }, { limits: { errors: 3 } });
    expect(made.forClient({}).limits).toEqual({ ...STOCK_LIMITS, errors: 3 });
  });

  it('the database stays open between clients, and closes once', () => {
    const home = homeWith(scratch, { me: 'mx.example.com\n', rcpthosts: 'example.com\n' });
    const database = join(home, 'control/morercpthosts.cdb');
    writeCdb(database, [['example.net', '']]);
    const made = prepare({ profile: MVMTR, home });
    if ('fault' in made) throw new Error(made.reason);
    writeCdb(database, []);
    for (const env of [{}, { TCPREMOTEIP: '192.0.2.1' }]) {
      expect(accepts(made.forClient(env), 'user@example.net')).toBe(true);
    }
    made.close();
    expect(() => accepts(made.forClient({}), 'user@example.net')).toThrow();
  });

  it('without a home there are no files', () => {
    const made = prepare({ profile: MVMTR, home: null, hostName: 'mx.example.com' });
    if ('fault' in made) throw new Error(made.reason);
    expect(accepts(made.forClient({}), 'user@mx.example.com')).toBe(true);
    made.close();
  });
});
