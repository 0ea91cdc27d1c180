export { equalsIgnoringCase, lowerAscii } from './ascii.ts';
export { rfc5322Date } from './date.ts';
export { forLog, forReply, LOG_TEXT_CHARACTERS } from './escape.ts';
export { scanBracketedIPv4 } from './ip.ts';
export { fromNative, fromOctets, indexOfOctet, toOctets } from './octets.ts';
export { scanUnsignedLong } from './scan.ts';
