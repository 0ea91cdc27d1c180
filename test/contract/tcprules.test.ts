// Our reading of rules against the real programs: tcprules compiles rule files, written down and made up, and for many
// clients tcprulescheck says which rule it follows and what that does. And the other way round: tcprulescheck reads what
// our own writer has written.

import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type CdbLookup, openCdb } from '../../src/control/index.ts';
import { openRulesFile } from '../../src/serve/listener/rules-file.ts';
import { type RemoteClient, type TcpVerdict, tcpVerdict } from '../../src/serve/listener/tcprules.ts';
import { removeDirectory, scratchDirectory } from '../support/home.ts';
import { needs, programPath } from '../support/needs.ts';
import { FUZZ_SECONDS, fuzz, type Random } from '../support/random.ts';
import { type TcpRule, writeRulesCdb } from '../support/rules-cdb.ts';

/** The key of the rule that was followed, null when there is none, and what came of it. */
interface Followed {
  readonly key: string | null;
  readonly verdict: TcpVerdict;
}

/** Runs of tcprulescheck in each round of made-up rules. */
const CLIENTS = 20;

let scratch: string;
let path: string;
beforeAll(() => {
  scratch = scratchDirectory();
  path = join(scratch, 'rules.cdb');
});
afterAll(() => removeDirectory(scratch));

/** Compiles with tcprules; true when it took every line. */
function compile(lines: readonly string[]): boolean {
  const program = programPath('tcprules') ?? 'tcprules';
  const input = Buffer.from(lines.map((line) => `${line}\n`).join(''), 'latin1');
  const { status } = spawnSync(program, [path, `${path}.tmp`], { input, env: {}, stdio: 'pipe' });
  return status === 0;
}

function theirs({ ip, host, info }: RemoteClient): Followed {
  const variables = { TCPREMOTEIP: ip, TCPREMOTEHOST: host, TCPREMOTEINFO: info };
  const env = Object.fromEntries(Object.entries(variables).filter(([, value]) => value !== null));
  const program = programPath('tcprulescheck') ?? 'tcprulescheck';
  const { status, stdout, stderr } = spawnSync(program, [path], { env: env as Record<string, string> });
  expect([status, stderr.toString('latin1')]).toEqual([0, '']);
  const [first = '', ...lines] = stdout.toString('latin1').split('\n');
  const key = first.startsWith('rule ') ? first.slice('rule '.length, -':'.length) : null;
  expect(first).toBe(key === null ? 'default:' : `rule ${key}:`);
  expect(lines.pop()).toBe('');
  const last = lines.pop();
  if (last === 'deny connection') return { key, verdict: { kind: 'deny' } };
  expect(last).toBe('allow connection');
  return { key, verdict: { kind: 'allow', variables: lines.map(variableIn) } };
}

function variableIn(line: string): [string, string] {
  const [, name = '', value = ''] = /^set environment variable ([^=]*)=(.*)$/s.exec(line) ?? [];
  return [name, value];
}

function ours(client: RemoteClient): Followed {
  const reader = openCdb(path);
  let key: string | null = null;
  const find = (each: string): CdbLookup => {
    const found = reader.find(each);
    if (found.kind === 'found') key = each;
    return found;
  };
  try {
    const verdict = tcpVerdict(find, client);
    return { key, verdict };
  } finally {
    reader.close();
  }
}

const client = (ip: string, host: string | null = null, info: string | null = null): RemoteClient => ({
  ip,
  host,
  info,
});

const RULES = [
  '# the manual page, and what it does not say',
  'joe@192.0.2.1:allow,WHO="joe"',
  'joe@=mx.example.com:allow,WHO="joe there"',
  '@192.0.2.2:deny',
  '192.0.2.32:deny',
  '192.0.2.40-43:allow,RANGE="/"',
  '=mx.example.com:allow,NAME=/mx/,RELAYCLIENT=""',
  '127.:allow,RELAYCLIENT=""',
  '10.2-3.:deny,GONE="1"',
  '198.51.100.:allow,A="=b=c",A="again",="no name",B C=":\x01\xff,"  ',
  '203.0.113.7:allow,A="\0D",B="b"',
  '=.example.com:deny',
  '=:allow,ANY="name"',
  ':allow,LAST="rule"',
];

const CLIENTS_OF_RULES: readonly RemoteClient[] = [
  client('192.0.2.1', 'mx.example.com', 'joe'),
  client('192.0.2.3', 'mx.example.com', 'joe'),
  client('192.0.2.3', 'mx.example.com', 'ann'),
  client('192.0.2.1', null, 'joe'),
  client('192.0.2.1', null, 'ann'),
  client('192.0.2.2', null, ''),
  client('192.0.2.2', null, null),
  client('192.0.2.32'),
  client('192.0.2.32', 'mx.example.com'),
  client('192.0.2.40'),
  client('192.0.2.43', 'mail.example.com'),
  client('192.0.2.44', 'mail.example.com'),
  client('192.0.2.44', 'example.com'),
  client('192.0.2.44', ''),
  client('127.0.0.1', 'mx.example.com'),
  client('127.0.0.1', 'a.b.example.com'),
  client('10.2.0.1'),
  client('10.3.255.255', 'a.b.example.com'),
  client('10.4.0.1', 'a.b.example.com'),
  client('198.51.100.9'),
  client('203.0.113.7'),
  client('2001:db8::25', 'mx.example.com', 'joe'),
  client('2001:db8::25'),
];

const withBoth = needs('tcprules', 'tcprulescheck');

withBoth.describe('rules that tcprules has compiled', () => {
  it('are followed as tcprulescheck says', () => {
    expect(compile(RULES)).toBe(true);
    for (const each of CLIENTS_OF_RULES) expect([each, ours(each)]).toEqual([each, theirs(each)]);
  });

  it('are read from their file, also while it is being replaced', () => {
    const rules = openRulesFile(path);
    for (const variable of ['one', 'two']) {
      expect(compile([`192.0.2.:allow,N="${variable}"`])).toBe(true);
      expect(rules.verdict(client('192.0.2.1'))).toEqual({ kind: 'allow', variables: [['N', variable]] });
    }
    expect(compile([':deny'])).toBe(true);
    expect(rules.verdict(client('192.0.2.1'))).toEqual({ kind: 'deny' });
    expect(compile([])).toBe(true);
    expect(rules.verdict(client('192.0.2.1'))).toEqual({ kind: 'allow', variables: [] });
    rules.close();
  });

  it('are broken where tcpserver would pass over what it does not know', () => {
    expect(compile([':allow,A="b\0c"'])).toBe(true);
    expect(theirs(client('192.0.2.1')).verdict).toMatchObject({ kind: 'allow' });
    expect(ours(client('192.0.2.1')).verdict).toMatchObject({ kind: 'broken' });
  });

  it('have no IPv6 addresses: the line ends there', () => {
    expect(compile(['2001:db8::25:deny'])).toBe(false);
  });

  it(
    'are followed whatever they are',
    async () => {
      await fuzz((random) => {
        if (random.chance(0.5)) expect(compile(madeUpLines(random))).toBe(true);
        else writeRulesCdb(path, madeUpRules(random));
        for (let n = 0; n < CLIENTS; n += 1) {
          const each = madeUpClient(random);
          expect([each, ours(each)]).toEqual([each, theirs(each)]);
        }
      });
    },
    (FUZZ_SECONDS + 30) * 1000,
  );
});

withBoth.it('rules that we have written are followed by tcprulescheck', () => {
  writeRulesCdb(path, [
    ['2001:db8::25', { variables: { SIX: 'yes' } }],
    ['192.0.2.', { deny: true }],
    ['joe@=mx.example.com', { variables: { A: '1', RELAYCLIENT: '' } }],
  ]);
  for (const each of CLIENTS_OF_RULES) expect([each, ours(each)]).toEqual([each, theirs(each)]);
  expect(theirs(client('2001:db8::25')).verdict).toEqual({ kind: 'allow', variables: [['SIX', 'yes']] });
});

// Few addresses, names and users, so that rules are met.

const octet = (random: Random): string => `${random.below(3)}`;
const list = <T>(random: Random, most: number, each: (random: Random) => T): readonly T[] =>
  Array.from({ length: random.below(most + 1) }, () => each(random));

const label = (random: Random): string => random.pick(['a', 'b', 'example', 'com', '']);
const host = (random: Random): string => list(random, 4, label).join('.');
const info = (random: Random): string => random.pick(['joe', 'ann', '', '=', 'j@e', '10.']);
const address = (random: Random): string => [1, 2, 3, 4].map(() => octet(random)).join('.');

function key(random: Random): string {
  const user = random.chance(0.3) ? `${info(random)}@` : '';
  if (random.chance(0.4)) return `${user}=${random.pick(['', '.'])}${host(random)}`;
  const prefix = list(random, 3, octet).map((part) => `${part}.`);
  return `${user}${random.pick([address(random), prefix.join(''), ''])}`;
}

/** Octets that can stand in a line, and be read back from one: neither NUL nor line end. */
const text = (random: Random): string => random.octets(random.below(12)).replace(/[\0\n]/g, ' ');
const name = (random: Random): string =>
  random.pick(['RELAYCLIENT', 'A', 'B', '', '+', 'a b', 'D', text(random)]);

function madeUpLines(random: Random): readonly string[] {
  return list(random, 30, () => {
    const ranged = key(random).replace(/[0-2]/, (n) => (random.chance(0.2) ? `${n}-${random.below(3)}` : n));
    return `${ranged}:${random.pick(['allow', 'deny'])}${list(random, 3, instruction).join('')}`;
  });
}

function instruction(random: Random): string {
  const quote = random.pick(['"', '/', "'", '|']);
  return `,${name(random).replaceAll('=', '')}=${quote}${text(random).replaceAll(quote, '')}${quote}`;
}

function madeUpRules(random: Random): readonly (readonly [string, TcpRule])[] {
  return list(random, 30, () => {
    if (random.chance(0.4)) return [key(random), { deny: true }] as const;
    const pairs = list(random, 3, () => [name(random).replaceAll('=', ''), text(random)] as const);
    return [key(random), { variables: Object.fromEntries(pairs) }] as const;
  });
}

function madeUpClient(random: Random): RemoteClient {
  return client(
    random.chance(0.9) ? address(random) : random.pick(['2001:db8::25', '::1']),
    random.chance(0.7) ? host(random) : null,
    random.chance(0.5) ? info(random) : null,
  );
}
