// Whose mail we take: the two checks that keep a server from being an open relay. RELAYCLIENT, set for trusted clients, allows
// every recipient; otherwise the host behind the last "@" has to be one of ours.

import { ACCEPT, UNDECIDED, type Verdict } from './verdict.ts';

/** RELAYCLIENT: set, even to nothing, it allows every recipient. */
export function relayClient(value: string | null): () => Verdict {
  const verdict = value === null ? UNDECIDED : ACCEPT;
  return () => verdict;
}

/**
 * control/rcpthosts and morercpthosts.cdb, the last check of all. An address without "@" is local (rcpthosts.c).
 * @param isOurs whether mail for this host is accepted; may throw a ControlFault
 */
export function rcptHosts(isOurs: (host: string) => boolean): (forwardPath: string) => Verdict {
  return (forwardPath) => {
    const at = forwardPath.lastIndexOf('@');
    return at < 0 || isOurs(forwardPath.slice(at + 1)) ? ACCEPT : { kind: 'reject', rule: 'rcpthosts' };
  };
}
