// Names of domains and hosts: the organisation a name belongs to, names as A-labels, and whether a host's name looks like one that an
// access provider gave it. Judged by the look of the name only; nothing is asked. Pure.

import { ipText, lowerAscii } from '../../../text/index.ts';
import { parseAddress } from './network.ts';

/** With the dot at the end (RFC 1035 §2.3.4). */
const LONGEST_NAME = 254;

/** Second-level labels under which countries let names be registered at the third level. */
const SHARED_LABELS: ReadonlySet<string> = new Set(
  'ac ad asn co com ed edu ind firm gen go gob gouv gov govt id info ltd me mil ne net nhs nic nom or org plc sch school web'.split(
    ' ',
  ),
);

/** Suffixes of two labels that do not look like one. */
const SHARED_SUFFIXES: ReadonlySet<string> = new Set(
  'in-addr.arpa ip6.arpa uk.com us.com eu.com de.com gb.net se.net art.br adv.br blog.br eco.br tur.br ato.br geek.nz kiwi.nz maori.nz iwi.nz ar.it'.split(
    ' ',
  ),
);

/** "mx1.mail.example.co.uk" → "example.co.uk"; '' for what has no organisation. */
export function organisationOf(name: string): string {
  const labels = bare(name).split('.');
  if (labels.length < 2 || labels.includes('')) return '';
  return labels.slice(-suffixLabels(labels) - 1).join('.');
}

function suffixLabels(labels: readonly string[]): number {
  const [second = '', top = ''] = labels.slice(-2);
  if (SHARED_SUFFIXES.has(`${second}.${top}`)) return 2;
  return top.length === 2 && SHARED_LABELS.has(second) ? 2 : 1;
}

/** Lower case, no dot at the end. */
function bare(name: string): string {
  return lowerAscii(name).replace(/\.$/, '');
}

/** A name in A-labels; '' when it cannot be written so. */
export function asciiDomain(name: string): string {
  if (name.length > LONGEST_NAME) return '';
  if (/^[\x21-\x7e]*$/.test(name)) return bare(name);
  // The parser of URLs knows RFC 5891 and UTS 46; it must see nothing but a host.
  if (/[\x00-\x20"#%/:<>?@[\\\]^`{|}\x7f]/.test(name)) return '';
  const url = `http://${name}/`;
  return URL.canParse(url) ? bare(new URL(url).hostname) : '';
}

/** Letters, digits and hyphens in two labels at least, the last one no number. */
export function isFullName(name: string): boolean {
  const labels = bare(name).split('.');
  const fits = labels.every(
    (label) => label.length <= 63 && /^[a-z0-9_](?:[a-z0-9_-]*[a-z0-9_])?$/.test(label),
  );
  return fits && labels.length > 1 && name.length <= LONGEST_NAME && !/^[0-9]+$/.test(labels.at(-1) ?? '');
}

const ACCESS =
  /(?:^|[.\-_0-9])(?:dyn|dynamic|dsl|adsl|vdsl|xdsl|dial|dialin|dialup|dhcp|pool|ppp|pppoe|cable|broadband|catv|ftth|fiber|fttx|client|customer|cust|home|res|residential|modem|mobile|wireless|wifi|hsia|nat)(?:[.\-_0-9]|$)/;
const FIXED = /(?:^|[.\-_0-9])(?:static|mail|mx|smtp|relay|mta|out|outbound)(?:[.\-_0-9]|$)/;

/** No name at all, the address within the name, or a word that access providers use; a server's word speaks against it. */
export function looksDynamic(host: string, ip: string): boolean {
  const name = bare(host);
  if (name === '') return true;
  if (name.length > LONGEST_NAME) return false;
  const own = name.split('.').slice(0, -2).join('.');
  if (ACCESS.test(own)) return !FIXED.test(own);
  return hasAddress(own, ip) && !FIXED.test(own);
}

// All four octets of an IPv4 address in order or turned round, in decimal or hexadecimal; or an IPv6 address without colons.
function hasAddress(name: string, ip: string): boolean {
  const octets = parseAddress(ip);
  if (octets === null) return false;
  if (octets.length === 16) {
    const digits = octets.map((octet) => octet.toString(16).padStart(2, '0')).join('');
    const bareName = name.replace(/[^0-9a-f]/g, '');
    return bareName.includes(digits) || name.includes(ipText(octets).replace(/:+/g, '-'));
  }
  return [octets, [...octets].reverse()].some((order) => inOrder(name, order));
}

function inOrder(name: string, octets: readonly number[]): boolean {
  const hexadecimal = octets.map((octet) => octet.toString(16).padStart(2, '0')).join('');
  const padded = octets.map((octet) => String(octet).padStart(3, '0')).join('');
  const decimal = new RegExp(
    `(?:^|[^0-9])${octets.map((octet) => `0*${octet}`).join('[^0-9]+')}(?:[^0-9]|$)`,
  );
  return name.includes(hexadecimal) || name.includes(padded) || decimal.test(name);
}
