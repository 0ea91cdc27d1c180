export { type HopCounter, hopCounter } from './hops.ts';
export { qmailReceived, rfcReceived, type Trace } from './received.ts';
