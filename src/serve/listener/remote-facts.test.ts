// Names and users of clients as they get into the environment: which names count, what is asked and what is not, and
// that one who does not answer holds nothing up for longer than the time given.

import { describe, expect, it } from 'vitest';
import { fixedResolver } from '../../../test/support/rules.ts';
import type { Resolver } from '../../dns/index.ts';
import type { StartExchange } from '../../sys/index.ts';
import { toOctets } from '../../text/index.ts';
import { type RemoteFactsOptions, remoteFacts } from './remote-facts.ts';

const ZONE = {
  'PTR 10.2.0.192.in-addr.arpa': ['mx.example.com'],
  'A mx.example.com': ['192.0.2.10'],
  'PTR 11.2.0.192.in-addr.arpa': ['liar.example'],
  'A liar.example': ['192.0.2.99'],
  'PTR 12.2.0.192.in-addr.arpa': ['liar.example', 'second.example'],
  'A second.example': ['192.0.2.12'],
  'PTR 13.2.0.192.in-addr.arpa': 'fails' as const,
  'PTR 14.2.0.192.in-addr.arpa': ['lost.example'],
  'A lost.example': 'fails' as const,
  'PTR 16.2.0.192.in-addr.arpa': [],
  'PTR 17.2.0.192.in-addr.arpa': ['MX_1.Example.COM'],
  'A mx_1.example.com': ['192.0.2.17'],
  'PTR 18.2.0.192.in-addr.arpa': ['bad name.example\n'],
  'A bad name.example\n': ['192.0.2.18'],
  'PTR 19.2.0.192.in-addr.arpa': [`${'x'.repeat(250)}.com`],
  'PTR 5.2.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa': ['six.example'],
  'AAAA six.example': ['2001:db8::25'],
};

const answering: StartExchange = (_to, _question, { octets }) => {
  queueMicrotask(() => octets(toOctets(':::joe\n')));
  return { close() {} };
};

const silent: StartExchange = () => ({ close() {} });

const mute: Resolver = { resolve: () => new Promise(() => {}), cancel() {} };

const facts = (address: string, more: Partial<RemoteFactsOptions> = {}) =>
  remoteFacts({
    remote: { address, port: 34567 },
    local: { address: '198.51.100.25', port: 25 },
    host: 'first',
    info: true,
    seconds: 60,
    resolver: fixedResolver(ZONE),
    overTcp: answering,
    ...more,
  });

describe('the name', () => {
  it.each([
    ['that leads back', '192.0.2.10', 'mx.example.com', 'mx.example.com'],
    ['of an IPv4 address in IPv6', '::ffff:192.0.2.10', 'mx.example.com', 'mx.example.com'],
    ['of an IPv6 address', '2001:db8::25', 'six.example', 'six.example'],
    ['that leads elsewhere', '192.0.2.11', 'liar.example', null],
    ['of several, the second leading back', '192.0.2.12', 'liar.example', 'second.example'],
    ['that nobody knows', '192.0.2.13', null, null],
    ['whose way back nobody knows', '192.0.2.14', 'lost.example', null],
    ['of an address without one', '192.0.2.15', null, null],
    ['of an address with other records', '192.0.2.16', null, null],
    ['in lower case', '192.0.2.17', 'mx_1.example.com', 'mx_1.example.com'],
    ['that no host can have', '192.0.2.18', null, null],
    ['that is too long', '192.0.2.19', null, null],
    ['of no address', 'unknown', null, null],
  ])('%s', async (_, address, first, confirmed) => {
    expect(await facts(address)).toEqual({ host: first, info: 'joe' });
    expect(await facts(address, { host: 'confirmed' })).toEqual({ host: confirmed, info: 'joe' });
  });
});

describe('what is not wanted', () => {
  const never = (): never => {
    throw new Error('asked');
  };

  it('is not asked', async () => {
    const wanted = {
      host: 'none',
      info: false,
      resolver: { resolve: never, cancel() {} },
      overTcp: never,
    } as const;
    expect(await facts('192.0.2.10', wanted)).toEqual({ host: null, info: null });
    expect(await facts('192.0.2.10', { ...wanted, info: true, overTcp: answering })).toEqual({
      host: null,
      info: 'joe',
    });
    expect(await facts('192.0.2.10', { info: false, overTcp: never })).toEqual({
      host: 'mx.example.com',
      info: null,
    });
  });

  it('does not follow a name that need not lead back', async () => {
    const names: string[] = [];
    const { resolve, cancel } = fixedResolver(ZONE);
    const resolver: Resolver = {
      resolve(name, type) {
        names.push(name);
        return resolve(name, type);
      },
      cancel,
    };
    await facts('192.0.2.10', { resolver });
    expect(names).toEqual(['10.2.0.192.in-addr.arpa']);
  });
});

describe('time', () => {
  it.each<[string, Partial<RemoteFactsOptions>, unknown]>([
    ['DNS', { resolver: mute }, { host: null, info: 'joe' }],
    ['a machine', { overTcp: silent }, { host: 'mx.example.com', info: null }],
    ['anybody', { resolver: mute, overTcp: silent }, { host: null, info: null }],
  ])('is up when %s is silent', async (_, who, expected) => {
    expect(await facts('192.0.2.10', { seconds: 0.02, ...who })).toEqual(expected);
  });

  it('runs for both at once', async () => {
    const asked: string[] = [];
    const resolver: Resolver = {
      resolve: () => {
        asked.push('DNS');
        return new Promise(() => {});
      },
      cancel() {},
    };
    const overTcp: StartExchange = () => {
      asked.push('machine');
      return { close() {} };
    };
    const found = facts('192.0.2.10', { seconds: 0.02, resolver, overTcp });
    expect(asked).toEqual(['DNS', 'machine']);
    expect(await found).toEqual({ host: null, info: null });
  });

  it('may be longer than any timer', async () => {
    expect(await facts('192.0.2.10', { seconds: 1e10 })).toEqual({ host: 'mx.example.com', info: 'joe' });
  });
});
