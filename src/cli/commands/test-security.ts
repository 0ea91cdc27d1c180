// TLS and AUTH of simulated sessions: a handshake always succeeds and changes nothing on the wire, and passwords are those that the test
// file has named. Facts of TLS that a test wants otherwise it sets with test_fact.

import { randomBytes } from 'node:crypto';
import type { SmtpWorld } from '../../rules/testsuite/index.ts';
import { startMechanism } from '../../sasl/index.ts';
import {
  NO_TLS_FILES,
  type Secured,
  type Services,
  type SessionConfig,
  type StartedTls,
} from '../../session/index.ts';

const SECURED: Secured = {
  facts: {
    version: 'TLSv1.3',
    cipher: 'TLS_AES_256_GCM_SHA384',
    bits: 256,
    sni: '',
    verified: false,
    subject: '',
    issuer: '',
    fingerprint: '',
  },
  mayRelay: false,
  canBind: false,
  channelBinding: () => null,
};

type Offers = Pick<SessionConfig, 'tls' | 'secured' | 'auth'>;

export function testOffers({ client, passwords }: SmtpWorld): Offers {
  return {
    tls: NO_TLS_FILES,
    secured: client.service === 'smtps' ? SECURED : null,
    auth: Object.keys(passwords).length > 0 ? { mechanisms: ['PLAIN', 'LOGIN'], inClear: true } : null,
  };
}

export function testSecurity(world: () => SmtpWorld): Pick<Services, 'tls' | 'authenticator' | 'loggedIn'> {
  const verifier = {
    plain: async (user: string, password: string) => {
      const { passwords } = world();
      return Object.hasOwn(passwords, user) && passwords[user] === password ? 'yes' : 'no';
    },
  } as const;
  return {
    tls: async () => ({
      start: async (channel): Promise<StartedTls> => ({ ...SECURED, channel, close: async () => {} }),
    }),
    authenticator: async () => ({
      start: (name, context) =>
        startMechanism({
          name,
          verifier,
          context,
          clock: () => world().now,
          random: () => randomBytes(24).toString('base64url'),
          fakeSaltKey: '',
        }),
    }),
    loggedIn() {},
  };
}
