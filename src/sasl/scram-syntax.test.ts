// First messages of SCRAM clients that are none (RFC 5802 §5.1, §7). Final ones, and good ones, are in scram.test.ts.

import { expect, it } from 'vitest';
import { begun } from '../../test/support/sasl.ts';
import type { CredentialVerifier } from './verifier.ts';

it.each([
  ['nothing', ''],
  ['no header', 'n=user,r=abc'],
  ['an unknown flag', 'x,,n=user,r=abc'],
  ['a capital flag', 'N,,n=user,r=abc'],
  ['half a header', 'n,n=user,r=abc'],
  ['an authorization without a name', 'n,a=,n=user,r=abc'],
  ['an authorization that is none', 'n,user,n=user,r=abc'],
  ['an authorization with a bad escape', 'n,a=us=er,n=user,r=abc'],
  ['the nonstandard flag of GSS-API', 'F,n,,n=user,r=abc'],
  ['binding to a channel', 'p=tls-exporter,,n=user,r=abc'],
  ['no name', 'n,,r=abc'],
  ['an empty name', 'n,,n=,r=abc'],
  ['a name that is too long', `n,,n=${'a'.repeat(256)},r=abc`],
  ['a name with a control character', 'n,,n=us\ner,r=abc'],
  ['no nonce', 'n,,n=user'],
  ['an empty nonce', 'n,,n=user,r='],
  ['a nonce with a space', 'n,,n=user,r=a c'],
  ['a nonce beyond ASCII', 'n,,n=user,r=a\xe9c'],
  ['a nonce that is too long', `n,,n=user,r=${'a'.repeat(257)}`],
  ['another order', 'n,,r=abc,n=user'],
  ['a mandatory extension in front (§5.1)', 'n,,m=x,n=user,r=abc'],
  ['a mandatory extension behind', 'n,,n=user,r=abc,m=x'],
  ['a second name', 'n,,n=user,r=abc,n=other'],
  ['an extension without a value', 'n,,n=user,r=abc,x='],
  ['a comma at the end', 'n,,n=user,r=abc,'],
  ['NUL', 'n,,n=us\0er,r=abc'],
  ['too much', `n,,n=user,r=abc,x=${'y'.repeat(4096)}`],
  ['a bare equals sign in the name (§5.1)', 'n,,n=us=er,r=abc'],
  ['an equals sign at the end of the name', 'n,,n=user=,r=abc'],
  ['half an escape', 'n,,n=user=2,r=abc'],
  ['an escape in small letters', 'n,,n=user=2c,r=abc'],
  ['an escape of another character', 'n,,n=user=41,r=abc'],
])('a first message with %s is malformed, and asks nobody', async (_, message) => {
  const verifier: CredentialVerifier = {
    plain: () => expect.unreachable(),
    scram: () => expect.unreachable(),
  };
  expect(await begun({ name: 'SCRAM-SHA-256', verifier }).next(message)).toEqual({
    step: 'malformed',
    user: '',
  });
});
