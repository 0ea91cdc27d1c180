// The environment that tcpserver and its kin set for each connection (tcp-environ(5)) → Client. Unset and empty are not
// the same: an empty TCPLOCALHOST hides TCPLOCALIP, an empty RELAYCLIENT grants relaying. What systemd sets instead for a
// socket unit with Accept=yes (systemd.exec(5)) is turned into that before.

import type { Client } from '../session/index.ts';
import { fromNative, ipText, parseIp, unmapped } from '../text/index.ts';

export type Environment = Readonly<Record<string, string | undefined>>;

export function clientOf(env: Environment): Client {
  const octets = (name: string): string | null => {
    const value = env[name];
    return value === undefined ? null : fromNative(value);
  };
  return {
    ip: octets('TCPREMOTEIP') ?? 'unknown',
    host: octets('TCPREMOTEHOST') ?? 'unknown',
    port: octets('TCPREMOTEPORT') ?? '',
    localIp: octets('TCPLOCALIP') ?? '',
    localPort: octets('TCPLOCALPORT') ?? '',
    info: octets('TCPREMOTEINFO'),
    localName: octets('TCPLOCALHOST') ?? octets('TCPLOCALIP') ?? 'unknown',
    relayClient: octets('RELAYCLIENT'),
  };
}

/**
 * The same, with the client's address and port by tcpserver's names where only systemd has told them, so that rules and the
 * queue program find them too. An address that is none, as that of a unix socket, is nobody's.
 */
export function tcpEnvironment(env: Environment): Environment {
  const { TCPREMOTEIP, REMOTE_ADDR, REMOTE_PORT } = env;
  if (TCPREMOTEIP !== undefined || REMOTE_ADDR === undefined) return env;
  const ip = parseIp(REMOTE_ADDR);
  if (ip === null) return env;
  return { ...env, TCPREMOTEIP: ipText(unmapped(ip)), TCPREMOTEPORT: REMOTE_PORT };
}
