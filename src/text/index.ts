export { equalsIgnoringCase, lowerAscii } from './ascii.ts';
export { rfc5322Date } from './date.ts';
export { forLog, forReply, LOG_TEXT_CHARACTERS } from './escape.ts';
export { scanBracketedIPv4 } from './ip.ts';
export { type IpOctets, ipText, parseIp, reversedLabels, reverseName, unmapped } from './ip-address.ts';
export { type IpNetwork, ipNetworkOf, isInNetwork, parseIpNetwork } from './ip-network.ts';
export { fromNative, fromOctets, indexOfOctet, toNative, toOctets } from './octets.ts';
export { scanUnsignedLong } from './scan.ts';
export { sha256 } from './sha256.ts';
