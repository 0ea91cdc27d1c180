// The variables of tcp-environ(5): what is unset, what is empty, and octets that are not ASCII; and systemd's.

import { describe, expect, it } from 'vitest';
import type { Client } from '../session/index.ts';
import { clientOf, type Environment, tcpEnvironment } from './environment.ts';

const UNKNOWN: Client = {
  ip: 'unknown',
  port: '',
  host: 'unknown',
  info: null,
  localIp: '',
  localPort: '',
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
      TCPREMOTEPORT: '50000',
      TCPREMOTEHOST: 'client.example.net',
      TCPREMOTEINFO: 'joe',
      TCPLOCALHOST: 'mx.example.com',
      TCPLOCALIP: '192.0.2.1',
      TCPLOCALPORT: '25',
      RELAYCLIENT: '@relay.example',
    },
    {
      ip: '203.0.113.9',
      port: '50000',
      localIp: '192.0.2.1',
      localPort: '25',
      host: 'client.example.net',
      info: 'joe',
      localName: 'mx.example.com',
      relayClient: '@relay.example',
    },
  ],
  ['an empty RELAYCLIENT, which is set', { RELAYCLIENT: '' }, { relayClient: '' }],
  ['an empty TCPREMOTEINFO, which is set', { TCPREMOTEINFO: '' }, { info: '' }],
  ['an empty TCPREMOTEHOST, which is set', { TCPREMOTEHOST: '' }, { host: '' }],
  ['TCPLOCALIP alone', { TCPLOCALIP: '192.0.2.1' }, { localName: '192.0.2.1', localIp: '192.0.2.1' }],
  [
    'an empty TCPLOCALHOST before it',
    { TCPLOCALHOST: '', TCPLOCALIP: '192.0.2.1' },
    { localName: '', localIp: '192.0.2.1' },
  ],
  ['UTF-8', { TCPREMOTEINFO: 'j\u00f6' }, { info: 'j\xc3\xb6' }],
  ['what is nobody’s', { tcpremoteip: '203.0.113.9', TCP6REMOTEIP: '::1' }, {}],
])('%s', (_, env, client) => expect(clientOf(env)).toEqual({ ...UNKNOWN, ...client }));

describe("systemd's variables", () => {
  it.each<[string, Environment, Environment]>([
    [
      'IPv4',
      { REMOTE_ADDR: '203.0.113.9', REMOTE_PORT: '4711' },
      { TCPREMOTEIP: '203.0.113.9', TCPREMOTEPORT: '4711' },
    ],
    [
      'IPv6',
      { REMOTE_ADDR: '2001:DB8::9', REMOTE_PORT: '25' },
      { TCPREMOTEIP: '2001:db8::9', TCPREMOTEPORT: '25' },
    ],
    ['IPv4 inside IPv6', { REMOTE_ADDR: '::ffff:203.0.113.9' }, { TCPREMOTEIP: '203.0.113.9' }],
    ['a unix socket', { REMOTE_ADDR: '/run/client' }, {}],
    ['a unix socket without name', { REMOTE_ADDR: '' }, {}],
    ['a port alone', { REMOTE_PORT: '4711' }, {}],
    [
      "tcpserver's before them",
      { TCPREMOTEIP: '192.0.2.1', REMOTE_ADDR: '203.0.113.9', REMOTE_PORT: '1' },
      {},
    ],
    ["tcpserver's before them, although empty", { TCPREMOTEIP: '', REMOTE_ADDR: '203.0.113.9' }, {}],
  ])('%s', (_, env, more) => expect(tcpEnvironment(env)).toEqual({ ...env, ...more }));
});
