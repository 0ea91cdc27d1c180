// The configuration of a session that a test starts from.

import { MVMTR, OWN_LIMITS, type SessionConfig } from '../../src/session/index.ts';
import { ACCEPTS_ALL } from './policy.ts';

/** The mvmtr profile with its own limits, a client from outside, and a policy that accepts every recipient. */
export const CONFIG: SessionConfig = {
  profile: MVMTR,
  client: {
    ip: '203.0.113.9',
    port: '',
    host: 'client.example.net',
    info: null,
    localIp: '',
    localPort: '',
    localName: 'mx',
    relayClient: null,
  },
  hostName: 'mx.example.com',
  greetingText: [],
  databytes: 0,
  timeouts: { helo: 10, command: 20, data: 30 },
  limits: OWN_LIMITS,
  isLocalAddress: () => false,
  localIpHost: null,
  policy: ACCEPTS_ALL,
  tls: null,
  requireTls: false,
  auth: null,
  requireAuth: false,
  xclient: false,
  verbose: false,
};
