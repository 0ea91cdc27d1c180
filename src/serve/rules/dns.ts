// DNS for rules, behind a door of its own: the resolver with the machine's transport and the name servers to be asked.

import {
  type DnsFacts,
  dnsAnswers,
  type LookupAnswers,
  type Resolver,
  remembering,
  stubResolver,
} from '../../dns/index.ts';
import { sys } from '../../sys/index.ts';
import { nameServers } from './name-servers.ts';

export interface OpenDnsOptions extends DnsFacts {
  readonly home: string;
  /** Instead of one that asks name servers. */
  readonly resolver: Resolver | undefined;
}

export function openDns({ home, resolver: given, ...facts }: OpenDnsOptions): {
  readonly answers: LookupAnswers;
  cancel(): void;
} {
  const resolver = remembering(given ?? stubResolver({ transport: sys, ...nameServers(home) }));
  return { answers: dnsAnswers(resolver, facts), cancel: () => resolver.cancel() };
}
