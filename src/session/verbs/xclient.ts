// XCLIENT (Postfix's extension, XCLIENT_README): a proxy says who its client is, all or part of it. Known only in a session whose
// caller trusts that proxy. It says nothing itself: the session is over, and the next one on the channel greets the client
// that was named with 220, or turns it away. What is no good value is refused, and then nothing of the command holds.

import {
  DOMAIN_OCTETS,
  decodeXtext,
  isAddressLiteral,
  isHeloName,
  parseParameters,
} from '../../smtp/index.ts';
import { ipText, parseIp, unmapped } from '../../text/index.ts';
import type { Introduction } from '../config.ts';
import type { Answer, SessionState } from '../state.ts';

export type XclientAttribute = keyof typeof ATTRIBUTES;

/** Attributes by name: octet strings, null for what the proxy does not know. What it has not mentioned is not there. */
export type Told = { readonly [Attribute in XclientAttribute]?: string | null };

const ATTRIBUTES = {
  NAME: (value: string) => (isHeloName(value) && !isAddress(value) ? value : null),
  ADDR: address,
  PORT: port,
  PROTO: (value: string) => (/^E?SMTP$/i.test(value) ? value.toUpperCase() : null),
  // Whatever the client has said, as long as it is a line of text.
  HELO: (value: string) => (/^[\x20-\x7e]+$/.test(value) && value.length <= DOMAIN_OCTETS ? value : null),
  DESTADDR: address,
  DESTPORT: port,
};

export const XCLIENT_LINE = `XCLIENT ${Object.keys(ATTRIBUTES).join(' ')}`;

export function xclient(session: SessionState, argument: string): Answer {
  if (session.transaction) return 'xclientLate';
  session.told = parseAttributes(argument);
  return session.told === null ? 'xclientSyntax' : { reply: null, end: 'xclient' };
}

/** The introduction that the client has made to its proxy; null when its name is not known. */
export function heloTold({ HELO, PROTO }: Told): Introduction | null {
  return HELO ? { name: HELO, esmtp: PROTO === 'ESMTP' } : null;
}

function parseAttributes(argument: string): Told | null {
  const parameters = parseParameters(` ${argument}`);
  if (!parameters || parameters.size === 0) return null;
  const told: { [Attribute in XclientAttribute]?: string | null } = {};
  for (const [name, xtext] of parameters) {
    if (!isAttribute(name)) return null;
    const value = decodeXtext(xtext) ?? '';
    const unknown = UNKNOWN.test(value);
    const good = unknown ? null : ATTRIBUTES[name](value);
    if (good === null && !unknown) return null;
    told[name] = good;
  }
  return told;
}

const UNKNOWN = /^\[(?:UNAVAILABLE|TEMPUNAVAIL)\]$/i;

function isAttribute(name: string): name is XclientAttribute {
  return Object.hasOwn(ATTRIBUTES, name);
}

function isAddress(text: string): boolean {
  return isAddressLiteral(text) || parseIp(text) !== null;
}

// IPv6 has its prefix and IPv4 has none, so that neither is taken for the other.
function address(value: string): string | null {
  const ipv6 = /^IPV6:/i.test(value);
  const ip = parseIp(ipv6 ? value.slice(5) : value);
  return ip?.length === (ipv6 ? 16 : 4) ? ipText(unmapped(ip)) : null;
}

function port(value: string): string | null {
  return /^[1-9][0-9]{0,4}$/.test(value) && Number(value) <= 65535 ? value : null;
}
