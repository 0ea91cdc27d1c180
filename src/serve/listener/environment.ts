// The environment that tcpserver would have given a session (tcp-environ(5)): ours without what describes another
// connection, the connection's own variables, and those of the rules of access on top.

import type { Endpoint } from '../../sys/index.ts';
import { toNative } from '../../text/index.ts';
import type { Environment } from '../environment.ts';

/** Who a client is: the ends of its connection, or what a proxy has said of them, and what was looked up. */
export interface Identity {
  /** null: a client of a unix socket, of whom nothing is known. */
  readonly remote: Endpoint | null;
  readonly local: Endpoint | null;
  /** Octet strings; null when not known. */
  readonly host: string | null;
  readonly info: string | null;
}

/** Variables of one connection, which must not come down from our own environment. */
const OF_A_CONNECTION = [
  'PROTO',
  'TCPREMOTEIP',
  'TCPREMOTEPORT',
  'TCPREMOTEHOST',
  'TCPREMOTEINFO',
  'TCPLOCALIP',
  'TCPLOCALPORT',
  'TCPLOCALHOST',
  'REMOTE_ADDR',
  'REMOTE_PORT',
];

/** What all connections have of our own environment. `without`: variables meant for us alone. */
export function baseEnvironment(env: Environment, without: readonly string[]): Environment {
  const base = { ...env };
  for (const name of [...OF_A_CONNECTION, ...without]) delete base[name];
  return base;
}

export function connectionEnvironment(
  base: Environment,
  { remote, local, host, info }: Identity,
  {
    localHost,
    variables,
  }: {
    readonly localHost: string | null;
    /** Octet strings. */
    readonly variables: readonly (readonly [name: string, value: string])[];
  },
): Environment {
  // What all have in common is inherited: a copy for each of thousands of connections would be the most of them.
  const env: Record<string, string | undefined> = Object.create(base);
  env.PROTO = remote === null && local === null ? 'UNIX' : 'TCP';
  if (local !== null) {
    env.TCPLOCALIP = local.address;
    env.TCPLOCALPORT = String(local.port);
  }
  if (localHost !== null) env.TCPLOCALHOST = localHost;
  if (remote !== null) {
    env.TCPREMOTEIP = remote.address;
    env.TCPREMOTEPORT = String(remote.port);
  }
  if (host !== null) env.TCPREMOTEHOST = toNative(host);
  if (info !== null) env.TCPREMOTEINFO = toNative(info);
  for (const [name, value] of variables) env[toNative(name)] = toNative(value);
  return env;
}

/** As a program gets it, and as nothing else needs it. */
export function ownAndInherited(env: Environment): Environment {
  return { ...Object.getPrototypeOf(env), ...env };
}
