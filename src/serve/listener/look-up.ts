// What is looked up about the two ends of a connection: the client's name and user, and the name of our own address,
// which is asked for once.

import type { Resolver } from '../../dns/index.ts';
import type { Endpoint, StartExchange } from '../../sys/index.ts';
import { type RemoteFacts, remoteFacts } from './remote-facts.ts';

export interface LookUpOptions {
  /** -h, -H, -p */
  readonly host: 'none' | 'first' | 'confirmed';
  /** -r, -R */
  readonly info: boolean;
  /** -t */
  readonly seconds: number;
  /** -l; null: DNS is asked for the name of the address a client has come to. */
  readonly localHost: string | null;
  readonly resolver: Resolver;
  readonly overTcp: StartExchange;
}

export interface Names extends RemoteFacts {
  readonly localHost: string | null;
}

/** Never rejects; null is what is not known. */
export type LookUp = (ends: {
  readonly remote: Endpoint | null;
  readonly local: Endpoint | null;
}) => Promise<Names>;

/** Names of our own that are remembered. A proxy in front of us may name many of our addresses. */
const MOST_OWN_NAMES = 256;

export function openLookUp(options: LookUpOptions): LookUp {
  const { host, info, seconds, resolver, overTcp } = options;
  const own = new Map<string, string>();
  const nothingToAsk = Promise.resolve<Names>({ host: null, info: null, localHost: options.localHost });
  if (host === 'none' && !info && options.localHost !== null) return () => nothingToAsk;
  const nameOf = async (local: Endpoint): Promise<string | null> => {
    const question = {
      remote: local,
      local,
      host: 'first',
      info: false,
      seconds,
      resolver,
      overTcp,
    } as const;
    return (await remoteFacts(question)).host;
  };
  // An answer that did not come may come next time.
  const localName = async (local: Endpoint): Promise<string | null> => {
    const known = own.get(local.address);
    if (known !== undefined) return known;
    const name = await nameOf(local);
    if (name === null) return null;
    if (own.size >= MOST_OWN_NAMES) own.clear();
    own.set(local.address, name);
    return name;
  };
  return async ({ remote, local }) => {
    if (remote === null || local === null) return nothingToAsk;
    const [facts, localHost] = await Promise.all([
      remoteFacts({ remote, local, host, info, seconds, resolver, overTcp }),
      options.localHost ?? localName(local),
    ]);
    return { ...facts, localHost };
  };
}
