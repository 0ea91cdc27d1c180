// TLS and passwords for sessions in memory. Certificates are read by the program's own store; the handshake is only told to have
// happened, and octets go on as before. Passwords are checked for real, by what the controls name.

import type { PasswordChecker } from '../../src/serve/security.ts';
import { authenticatorOf, type Security } from '../../src/serve/services.ts';
import type { StartedTls, TlsReady } from '../../src/session/index.ts';
import { openTlsStore } from '../../src/tls/index.ts';

/** As with any client of the real programs that speaks TLS 1.3. */
const FACTS: StartedTls['facts'] = {
  version: 'TLSv1.3',
  cipher: 'TLS_AES_256_GCM_SHA384',
  bits: 256,
  sni: '',
  verified: false,
  subject: '',
  issuer: '',
  fingerprint: '',
};

export function memorySecurity(passwords: PasswordChecker | null): Security {
  return {
    async tls(files): Promise<TlsReady | { readonly problem: string }> {
      const loaded = openTlsStore(
        () => ({}),
        () => {},
      ).current({ ...files, ticketKeys: null });
      return 'problem' in loaded ? loaded : { start: async (channel) => startedTls(channel) };
    },
    authenticator: () => authenticatorOf(passwords, {}),
  };
}

export function startedTls(
  channel: StartedTls['channel'],
  facts: Partial<StartedTls['facts']> = {},
): StartedTls {
  return {
    channel,
    facts: { ...FACTS, ...facts },
    mayRelay: false,
    canBind: true,
    channelBinding: (type) => (type === 'tls-server-end-point' ? 'of this certificate' : null),
    close: async () => {},
  };
}
