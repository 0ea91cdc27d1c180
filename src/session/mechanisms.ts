// Which mechanisms of AUTH a client is offered: none before TLS unless that is wanted, and those that are bound to the TLS connection
// only where it has something to be bound to.

import type { SessionState } from './state.ts';

export function mechanismsFor({ config, tls }: SessionState): readonly string[] {
  const { auth } = config;
  if (auth === null || (tls === null && !auth.inClear)) return [];
  const canBind = tls?.canBind ?? false;
  return auth.mechanisms.filter((name) => canBind || !name.endsWith('-PLUS'));
}
