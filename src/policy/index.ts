export { type Policy, type PolicyControls, qmailPolicy, type RcptFacts } from './chain.ts';
export type { IsOurs } from './relay.ts';
export type { Rule, Verdict } from './verdict.ts';
