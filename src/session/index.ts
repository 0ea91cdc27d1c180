export { NO_TLS_FILES, settingsIn, withSettings } from './asking.ts';
export type { AuthOffer, Client, Introduction, SessionConfig, Timeouts } from './config.ts';
export type { EndOfSession, SessionEvent } from './events.ts';
export { type Limits, OWN_LIMITS, REFUSALS_LOGGED, STOCK_LIMITS } from './limits.ts';
export type { Channel, Clock, Secured, Services, Spool, StartedTls, TlsReady } from './ports.ts';
export { MVMTR, type Profile, STOCK } from './profile.ts';
export { REPLIES, type ReplyName } from './replies.ts';
export { type Ending, type Handover, session } from './session.ts';
export { heloTold, type Told, type XclientAttribute } from './verbs/xclient.ts';
