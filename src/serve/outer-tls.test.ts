// TLS that somebody in front of us speaks: what the environment tells of it, and what is not believed.

import { describe, expect, it } from 'vitest';
import { outerTls } from './outer-tls.ts';

describe('an outer TLS', () => {
  it('is what sslserver tells of it', () => {
    const secured = outerTls({
      SSL_PROTOCOL: 'TLSv1.3',
      SSL_CIPHER: 'TLS_AES_256_GCM_SHA384',
      SSL_CIPHER_USEKEYSIZE: '256',
      SSL_TLS_SNI: 'mx.example.com',
      SSL_CLIENT_VERIFY: 'SUCCESS',
      SSL_CLIENT_S_DN: 'CN=client',
      SSL_CLIENT_I_DN: 'CN=ca',
    });
    expect(secured?.facts).toEqual({
      version: 'TLSv1.3',
      cipher: 'TLS_AES_256_GCM_SHA384',
      bits: 256,
      sni: 'mx.example.com',
      verified: true,
      subject: 'CN=client',
      issuer: 'CN=ca',
      fingerprint: '',
    });
  });

  it('may have other names', () => {
    expect(outerTls({ TLS_VERSION: 'TLSv1.2', TLS_CIPHER: 'X' })?.facts).toMatchObject({
      version: 'TLSv1.2',
      cipher: 'X',
      bits: 0,
      verified: false,
    });
    expect(outerTls({ SSL_PROTOCOL: 'TLSv1.3', SSL_TLS_SNI_SERVERNAME: 'mx' })?.facts.sni).toBe('mx');
  });

  it.each([{}, { SSL_PROTOCOL: '' }, { SSL_CIPHER: 'X' }, { HTTPS: 'on' }])('is not in %j', (env) => {
    expect(outerTls(env)).toBeNull();
  });

  it('binds no login and lets nobody relay', () => {
    const secured = outerTls({ SSL_PROTOCOL: 'TLSv1.3', SSL_CLIENT_VERIFY: 'SUCCESS' });
    expect(secured?.channelBinding('tls-exporter')).toBeNull();
    expect(secured?.mayRelay).toBe(false);
  });

  it.each(['GENEROUS', 'FAILED:x', 'NONE', ''])(
    'does not take %j for a verified client',
    (SSL_CLIENT_VERIFY) => {
      expect(outerTls({ SSL_PROTOCOL: 'TLSv1.3', SSL_CLIENT_VERIFY })?.facts.verified).toBe(false);
    },
  );
});
