// The order in which qmail's controls judge a recipient: the first check that is not undecided decides. badmailfrom is about the
// sender but speaks at RCPT, as in qmail; rcpthosts always comes last and always decides.

import type { SenderCheck } from './badmailfrom.ts';
import { type IsOurs, rcptHosts, relayClient } from './relay.ts';
import { type Policy, PROCEED, type Ruling } from './ruling.ts';
import { ACCEPT, UNDECIDED, type Verdict } from './verdict.ts';

export interface RcptFacts {
  readonly reversePath: string;
  readonly forwardPath: string;
  /** The sender was accepted explicitly before badmailfrom was looked at. */
  readonly senderAccepted?: boolean;
  /** By login or certificate: as good as RELAYCLIENT. */
  readonly mayRelay?: boolean;
}

export interface PolicyControls {
  readonly badmailfrom: SenderCheck;
  readonly relayClient: string | null;
  readonly isOurs: IsOurs;
}

/** Never undecided. May throw a ControlFault. */
export function rcptChain(controls: PolicyControls): (facts: RcptFacts) => Verdict {
  const mayRelay = relayClient(controls.relayClient);
  const last = rcptHosts(controls.isOurs);
  const checks: ReadonlyArray<(facts: RcptFacts) => Verdict> = [
    ({ reversePath, senderAccepted }) => (senderAccepted ? UNDECIDED : controls.badmailfrom(reversePath)),
    (facts) => (facts.mayRelay ? ACCEPT : mayRelay()),
    ({ forwardPath }) => last(forwardPath),
  ];
  return (facts) => {
    for (const check of checks) {
      const verdict = check(facts);
      if (verdict.kind !== 'undecided') return verdict;
    }
    return { kind: 'reject', rule: 'rcpthosts' };
  };
}

/** qmail's controls and nothing else. */
export function qmailPolicy(controls: PolicyControls): Policy {
  const judge = rcptChain(controls);
  return {
    speaksAt: (stage) => stage === 'rcpt',
    holds: 'nothing',
    ask: (_stage, { transaction, subject, mayRelay }) =>
      rulingOf(judge({ reversePath: transaction?.reversePath ?? '', forwardPath: subject, mayRelay })),
  };
}

export function rulingOf(verdict: Verdict): Ruling {
  return verdict.kind === 'reject' ? { decision: { kind: 'refuse', rule: verdict.rule } } : PROCEED;
}
