// The environment of a connection: what comes down from the listener's own, what the connection adds, what rules of
// access put on top, and octets that are not ASCII.

import { expect, it } from 'vitest';
import { baseEnvironment, connectionEnvironment, type Identity, ownAndInherited } from './environment.ts';

const GUEST: Identity = {
  remote: { address: '203.0.113.9', port: 40_000 },
  local: { address: '192.0.2.25', port: 25 },
  host: 'client.example.net',
  info: 'joe',
};
const NEIGHBOUR: Identity = { remote: null, local: null, host: null, info: null };
const NOTHING = { localHost: null, variables: [] };

it('tells both ends of a connection', () => {
  expect(connectionEnvironment({}, GUEST, { localHost: 'mx.example.com', variables: [] })).toEqual({
    PROTO: 'TCP',
    TCPREMOTEIP: '203.0.113.9',
    TCPREMOTEPORT: '40000',
    TCPREMOTEHOST: 'client.example.net',
    TCPREMOTEINFO: 'joe',
    TCPLOCALIP: '192.0.2.25',
    TCPLOCALPORT: '25',
    TCPLOCALHOST: 'mx.example.com',
  });
});

it('leaves unset what is not known', () => {
  expect(connectionEnvironment({}, NEIGHBOUR, NOTHING)).toEqual({ PROTO: 'UNIX' });
});

it('hands down what is not about another connection, or for the listener alone', () => {
  const env = { PATH: '/bin', TCPREMOTEHOST: 'other.example.net', TCPREMOTEINFO: 'x', NOTIFY_SOCKET: '/s' };
  const base = baseEnvironment(env, ['NOTIFY_SOCKET']);
  const session = connectionEnvironment(base, NEIGHBOUR, NOTHING);
  expect(session.PATH).toBe('/bin');
  expect(ownAndInherited(session)).toEqual({ PATH: '/bin', PROTO: 'UNIX' });
});

it('puts the variables of rules on top, and the last of several', () => {
  const variables = [
    ['TCPREMOTEHOST', ''],
    ['RELAYCLIENT', '@a.example'],
    ['RELAYCLIENT', ''],
  ] as const;
  const env = connectionEnvironment({ RELAYCLIENT: 'base' }, GUEST, { localHost: null, variables });
  expect(env).toMatchObject({ TCPREMOTEHOST: '', RELAYCLIENT: '', TCPREMOTEIP: '203.0.113.9' });
});

it('takes octets for UTF-8, as the operating system hands them to a session of its own', () => {
  const variables = [['TCPREMOTEINFO', '\xe2\x82\xac']] as const;
  const guest = { ...GUEST, host: 'b\xc3\xbccher.example' };
  const env = connectionEnvironment({}, guest, { localHost: null, variables });
  expect(env).toMatchObject({ TCPREMOTEHOST: 'b\u00fccher.example', TCPREMOTEINFO: '\u20ac' });
});
