export { editHeader, type HeaderEdits, type HeaderField, type ParsedHeader, parseHeader } from './header.ts';
export { type HopCounter, hopCounter } from './hops.ts';
export { qmailReceived, rfcReceived, type Trace } from './received.ts';
