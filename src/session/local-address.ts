// user@[our own address] → user@localiphost, and qmail's length limit behind it (qmail-smtpd.c: addrparse()).

import { scanBracketedIPv4 } from '../text/index.ts';
import type { SessionConfig } from './config.ts';
import { QMAIL_ADDRESS } from './limits.ts';

/** @returns the address as it goes into the envelope; null when it is too long */
export function localAddress(config: SessionConfig, address: string): string | null {
  const result = replaceLiteral(config, address);
  return result.length < QMAIL_ADDRESS ? result : null;
}

function replaceLiteral({ localIpHost, isLocalAddress }: SessionConfig, address: string): string {
  const at = address.lastIndexOf('@');
  if (localIpHost === null || at < 0 || address[at + 1] !== '[') return address;
  const ip = scanBracketedIPv4(address.slice(at + 1));
  return ip !== null && isLocalAddress(ip) ? address.slice(0, at + 1) + localIpHost : address;
}
