// The variables of tcp-environ(5): what is unset, what is empty, and octets that are not ASCII.

import { expect, it } from 'vitest';
import type { Client } from '../session/index.ts';
import { clientOf, type Environment } from './environment.ts';

const UNKNOWN: Client = {
  ip: 'unknown',
  host: 'unknown',
  info: null,
  localName: 'unknown',
  relayClient: null,
};

it.each<[string, Environment, Partial<Client>]>([
  ['nothing', {}, {}],
  ['variables without a value', { TCPREMOTEIP: undefined, RELAYCLIENT: undefined }, {}],
  [
    'everything',
    {
      TCPREMOTEIP: '203.0.113.9',
      TCPREMOTEHOST: 'client.example.net',
      TCPREMOTEINFO: 'joe',
      TCPLOCALHOST: 'mx.example.com',
      TCPLOCALIP: '192.0.2.1',
      RELAYCLIENT: '@relay.example',
    },
    {
      ip: '203.0.113.9',
      host: 'client.example.net',
      info: 'joe',
      localName: 'mx.example.com',
      relayClient: '@relay.example',
    },
  ],
  ['an empty RELAYCLIENT, which is set', { RELAYCLIENT: '' }, { relayClient: '' }],
  ['an empty TCPREMOTEINFO, which is set', { TCPREMOTEINFO: '' }, { info: '' }],
  ['an empty TCPREMOTEHOST, which is set', { TCPREMOTEHOST: '' }, { host: '' }],
  ['TCPLOCALIP alone', { TCPLOCALIP: '192.0.2.1' }, { localName: '192.0.2.1' }],
  ['an empty TCPLOCALHOST before it', { TCPLOCALHOST: '', TCPLOCALIP: '192.0.2.1' }, { localName: '' }],
  ['UTF-8', { TCPREMOTEINFO: 'j\u00f6' }, { info: 'j\xc3\xb6' }],
  ['what is nobody’s', { tcpremoteip: '203.0.113.9', TCP6REMOTEIP: '::1' }, {}],
])('%s', (_, env, client) => expect(clientOf(env)).toEqual({ ...UNKNOWN, ...client }));
