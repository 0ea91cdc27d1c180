// Names for a connection: what is asked for and what is not, our own name from the option or from DNS, and how long that is
// remembered.

import { expect, it } from 'vitest';
import { fixedResolver } from '../../../test/support/rules.ts';
import type { Resolver } from '../../dns/index.ts';
import { type LookUpOptions, openLookUp } from './look-up.ts';

const REMOTE = { address: '192.0.2.10', port: 40_000 };
const LOCAL = { address: '192.0.2.25', port: 25 };

const ZONE = {
  'PTR 10.2.0.192.in-addr.arpa': ['client.example.net'],
  'PTR 25.2.0.192.in-addr.arpa': ['MX.example.com'],
};

function opened(more: Partial<LookUpOptions> = {}, zone: Record<string, string[] | 'fails'> = ZONE) {
  const asked: string[] = [];
  const { resolve, cancel } = fixedResolver(zone);
  const resolver: Resolver = {
    resolve(name, type) {
      asked.push(`${type} ${name}`);
      return resolve(name, type);
    },
    cancel,
  };
  const nobody = (): never => {
    throw new Error('nobody is asked over TCP');
  };
  const options = {
    host: 'first',
    info: false,
    seconds: 60,
    localHost: null,
    resolver,
    overTcp: nobody,
  } as const;
  return { asked, lookUp: openLookUp({ ...options, ...more }) };
}

it('finds the client’s name and ours', async () => {
  const { lookUp } = opened();
  expect(await lookUp({ remote: REMOTE, local: LOCAL })).toEqual({
    host: 'client.example.net',
    info: null,
    localHost: 'mx.example.com',
  });
});

it('asks nobody when there is nothing to ask', async () => {
  const { asked, lookUp } = opened({ host: 'none', localHost: '0' });
  expect(await lookUp({ remote: REMOTE, local: LOCAL })).toEqual({ host: null, info: null, localHost: '0' });
  expect(asked).toEqual([]);
});

it('asks for our name once for each of our addresses', async () => {
  const { asked, lookUp } = opened({ host: 'none' });
  for (const address of [LOCAL.address, LOCAL.address, '192.0.2.26', LOCAL.address]) {
    await lookUp({ remote: REMOTE, local: { address, port: 25 } });
  }
  expect(asked).toEqual(['PTR 25.2.0.192.in-addr.arpa', 'PTR 26.2.0.192.in-addr.arpa']);
});

it('asks again for a name that did not come', async () => {
  const zone: Record<string, string[] | 'fails'> = { 'PTR 25.2.0.192.in-addr.arpa': 'fails' };
  const { lookUp } = opened({ host: 'none' }, zone);
  expect((await lookUp({ remote: REMOTE, local: LOCAL })).localHost).toBeNull();
  zone['PTR 25.2.0.192.in-addr.arpa'] = ['late.example.com'];
  expect((await lookUp({ remote: REMOTE, local: LOCAL })).localHost).toBe('late.example.com');
});

it('remembers no more names than it needs', async () => {
  const zone: Record<string, string[]> = {};
  for (let last = 0; last < 256; last += 1) zone[`PTR ${last}.2.0.192.in-addr.arpa`] = [`a${last}.example`];
  zone['PTR 1.100.51.198.in-addr.arpa'] = ['b.example'];
  const { asked, lookUp } = opened({ host: 'none' }, zone);
  const at = (address: string) => lookUp({ remote: REMOTE, local: { address, port: 25 } });
  for (let last = 0; last < 256; last += 1) await at(`192.0.2.${last}`);
  await at('192.0.2.0');
  expect(asked).toHaveLength(256);
  await at('198.51.100.1');
  await at('192.0.2.0');
  expect(asked).toHaveLength(258);
});

it('knows nothing of a client on a unix socket', async () => {
  const { asked, lookUp } = opened({ localHost: 'mx.example.com' });
  expect(await lookUp({ remote: null, local: null })).toEqual({
    host: null,
    info: null,
    localHost: 'mx.example.com',
  });
  expect(asked).toEqual([]);
});
