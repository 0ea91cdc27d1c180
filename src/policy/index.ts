export { badMailFrom, type SenderCheck } from './badmailfrom.ts';
export { type PolicyControls, qmailPolicy, type RcptFacts, rcptChain, rulingOf } from './chain.ts';
export type { IsOurs } from './relay.ts';
export {
  type AuthFacts,
  type Decision,
  type EnvelopeEdit,
  type Facts,
  type Field,
  type HeaderEdit,
  type MessageFacts,
  type Policy,
  PROCEED,
  type Ruling,
  type SettingChanges,
  type Stage,
  type TlsFacts,
  type TlsFileSetting,
} from './ruling.ts';
export type { Rule, Verdict } from './verdict.ts';
