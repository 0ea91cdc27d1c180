// What a check thinks of a client's request. `undecided` leaves it to the next check in the chain.

/** Names of the checks that refuse; the session has a reply for each, in both dialects. */
export type Rule = 'badmailfrom' | 'rcpthosts' | 'unconfigured';

export type Verdict =
  | { readonly kind: 'undecided' }
  | { readonly kind: 'accept' }
  | { readonly kind: 'reject'; readonly rule: Rule };

export const UNDECIDED: Verdict = { kind: 'undecided' };
export const ACCEPT: Verdict = { kind: 'accept' };
