// DNS for rules: whom to ask, how often the world is asked, and that a question nobody answers ends in time.

import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { removeDirectory, scratchDirectory } from '../../../test/support/home.ts';
import { NO_FACTS } from '../../../test/support/policy.ts';
import { type DnsAnswer, type DnsType, type Resolver, readResolvConf } from '../../dns/index.ts';
import type { Lookup } from '../../rules/index.ts';
import { type Lookups, openLookups } from './lookups.ts';
import { nameServers } from './name-servers.ts';

let home = '';

beforeEach(() => {
  home = scratchDirectory();
  mkdirSync(join(home, 'control'));
});

afterEach(() => removeDirectory(home));

describe('control/nameservers', () => {
  it('names servers, with comments and blank lines', () => {
    const text = '# ours\n\n 127.0.0.1:5353 # first\n[2001:db8::53]:53\n2001:db8::54';
    writeFileSync(join(home, 'control/nameservers'), text);
    expect(nameServers(home).servers).toEqual([
      { address: '127.0.0.1', port: 5353 },
      { address: '2001:db8::53', port: 53 },
      { address: '2001:db8::54', port: 53 },
    ]);
  });

  it.each([
    ['missing', null],
    ['empty', '# nothing\n'],
  ])('that is %s leaves it to the system', (_, text) => {
    if (text !== null) writeFileSync(join(home, 'control/nameservers'), text);
    expect(nameServers(home)).toEqual(readResolvConf());
  });

  it('that cannot be read is no reason to ask others', () => {
    mkdirSync(join(home, 'control/nameservers'));
    expect(() => nameServers(home)).toThrow(/control\/nameservers: EISDIR/);
  });
});

const asking = (question: Lookup['question']): Lookup => ({
  key: JSON.stringify(question),
  group: 'reputation',
  question,
});

const addressOf = (name: string): Lookup => asking({ kind: 'dns', type: 'A', name });

function open(resolver?: Resolver): Lookups {
  return openLookups({ clientIp: '192.0.2.7', home, now: () => 0, resolver });
}

describe('DNS', () => {
  let asked: string[] = [];

  /** Answers that there is no such name, or, where the name says so, never. */
  const noting: Resolver = {
    resolve<Type extends DnsType>(name: string, type: Type): Promise<DnsAnswer<Type>> {
      asked.push(`${type} ${name}`);
      return name.startsWith('silent')
        ? new Promise(() => undefined)
        : Promise.resolve({ outcome: 'nxdomain' });
    },
    cancel: () => void asked.push('cancelled'),
  };

  beforeEach(() => {
    asked = [];
  });

  it('is asked once a session', async () => {
    const { answer, close } = open(noting);
    for (let n = 0; n < 3; n += 1) {
      expect(await answer(addressOf('x.example'), NO_FACTS)).toEqual({ ok: true, value: [] });
    }
    expect(asked).toEqual(['A x.example']);
    close();
  });

  it('is asked again about another greeting', async () => {
    const { answer, close } = open(noting);
    const verified = {
      ...asking({ kind: 'property', name: 'helo.verified' }),
      key: 'property helo.verified',
    };
    for (const name of ['one.example', 'two.example', 'one.example']) {
      await answer(verified, { ...NO_FACTS, helo: { name, esmtp: true } });
    }
    expect(asked).toEqual(['A one.example', 'A two.example']);
    close();
  });

  it('that does not answer is not waited for longer than asked', async () => {
    const { answer, close } = open(noting);
    const reason = 'no answer within 20 ms';
    expect(await answer(addressOf('silent.example'), NO_FACTS, 20)).toEqual({ ok: false, reason });
    close();
  });

  it('fails, and does no harm at the end, with servers that are none', async () => {
    writeFileSync(join(home, 'control/nameservers'), 'ns.example\n');
    const { answer, close } = open();
    const reason = expect.stringMatching(/control\/nameservers: ns\.example is no address/);
    expect(await answer(addressOf('x.example'), NO_FACTS)).toEqual({ ok: false, reason });
    expect(await answer(addressOf('y.example'), NO_FACTS)).toEqual({ ok: false, reason });
    close();
  });
});

it.each([
  [
    'a function nobody has',
    asking({ kind: 'function', name: 'alive', arguments: ['mx.example'] }),
    /alive is not available/,
  ],
  ['the body of no message', asking({ kind: 'body' }), /not complete/],
])('%s is a failed answer', async (_, lookup, reason) => {
  expect(await open().answer(lookup, NO_FACTS)).toEqual({ ok: false, reason: expect.stringMatching(reason) });
});
