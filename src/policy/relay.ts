// Whose mail we take: the two checks that keep a server from being an open relay. RELAYCLIENT, set for trusted clients, allows
// every recipient; otherwise the host behind the last "@" has to be one of ours.

import { ACCEPT, UNDECIDED, type Verdict } from './verdict.ts';

/** RELAYCLIENT: set, even to nothing, it allows every recipient. */
export function relayClient(value: string | null): () => Verdict {
  const verdict = value === null ? UNDECIDED : ACCEPT;
  return () => verdict;
}

/** Whether mail for this host is accepted; may throw a ControlFault. null: nothing says which hosts are ours. */
export type IsOurs = ((host: string) => boolean) | null;

/** control/rcpthosts and morercpthosts.cdb, the last check of all. An address without "@" is local (rcpthosts.c). */
export function rcptHosts(isOurs: IsOurs): (forwardPath: string) => Verdict {
  return (forwardPath) => {
    const at = forwardPath.lastIndexOf('@');
    if (at < 0) return ACCEPT;
    // A mistake on our side is no reason to refuse mail for good.
    if (isOurs === null) return { kind: 'reject', rule: 'unconfigured' };
    return isOurs(forwardPath.slice(at + 1)) ? ACCEPT : { kind: 'reject', rule: 'rcpthosts' };
  };
}
