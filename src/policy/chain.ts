// The order in which a recipient is judged: the first check that is not undecided decides. badmailfrom is about the sender but
// speaks at RCPT, as in qmail; rcpthosts always comes last and always decides.

import { badMailFrom } from './badmailfrom.ts';
import { type IsOurs, rcptHosts, relayClient } from './relay.ts';
import type { Verdict } from './verdict.ts';

export interface RcptFacts {
  readonly reversePath: string;
  readonly forwardPath: string;
}

/** Asked by the session before it proceeds. */
export interface Policy {
  /** Never undecided. May throw a ControlFault: a table that cannot be read is no answer. */
  rcpt(facts: RcptFacts): Verdict;
}

export interface PolicyControls {
  readonly badmailfrom: readonly string[];
  readonly relayClient: string | null;
  readonly isOurs: IsOurs;
}

export function qmailPolicy(controls: PolicyControls): Policy {
  const badSender = badMailFrom(controls.badmailfrom);
  const mayRelay = relayClient(controls.relayClient);
  const last = rcptHosts(controls.isOurs);
  const atRcpt: ReadonlyArray<(facts: RcptFacts) => Verdict> = [
    (facts) => badSender(facts.reversePath),
    () => mayRelay(),
    (facts) => last(facts.forwardPath),
  ];
  return {
    rcpt(facts) {
      for (const check of atRcpt) {
        const verdict = check(facts);
        if (verdict.kind !== 'undecided') return verdict;
      }
      return { kind: 'reject', rule: 'rcpthosts' };
    },
  };
}
