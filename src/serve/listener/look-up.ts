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
  readonly resolver: () => Promise<Resolver>;
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

export function openLookUp(options: LookUpOptions): LookUp {
  const { host, info, seconds, overTcp } = options;
  const own = new Map<string, string>();
  const nothingToAsk = Promise.resolve<Names>({ host: null, info: null, localHost: options.localHost });
  if (host === 'none' && !info && options.localHost !== null) return () => nothingToAsk;
  const nameOf = async (local: Endpoint): Promise<string | null> => {
    const facts = { remote: local, local, host: 'first' as const, info: false, seconds, overTcp };
    return (await remoteFacts({ ...facts, resolver: await options.resolver() })).host;
  };
  // An answer that did not come may come next time.
  const localName = async (local: Endpoint): Promise<string | null> => {
    const name = own.get(local.address) ?? (await nameOf(local));
    if (name !== null) own.set(local.address, name);
    return name;
  };
  return async ({ remote, local }) => {
    if (remote === null || local === null) return nothingToAsk;
    const resolver = await options.resolver();
    const [facts, localHost] = await Promise.all([
      remoteFacts({ remote, local, host, info, seconds, resolver, overTcp }),
      options.localHost ?? localName(local),
    ]);
    return { ...facts, localHost };
  };
}
