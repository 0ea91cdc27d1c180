// The environment that tcpserver and its kin set for each connection (tcp-environ(5)) → Client. Unset and empty are not
// the same: an empty TCPLOCALHOST hides TCPLOCALIP, an empty RELAYCLIENT grants relaying.

import type { Client } from '../session/index.ts';
import { fromNative } from '../text/index.ts';

export type Environment = Readonly<Record<string, string | undefined>>;

export function clientOf(env: Environment): Client {
  const octets = (name: string): string | null => {
    const value = env[name];
    return value === undefined ? null : fromNative(value);
  };
  return {
    ip: octets('TCPREMOTEIP') ?? 'unknown',
    host: octets('TCPREMOTEHOST') ?? 'unknown',
    info: octets('TCPREMOTEINFO'),
    localName: octets('TCPLOCALHOST') ?? octets('TCPLOCALIP') ?? 'unknown',
    relayClient: octets('RELAYCLIENT'),
  };
}
