// Functions on addresses, names and networks (docs/mfl.md, section 10). Domains come out in lower case. ip_in() of a network nobody
// can read is an error, not "no": it may be what a rule lets in.

import { parsePath } from '../../../smtp/index.ts';
import {
  type IpNetwork,
  type IpOctets,
  ipNetworkOf,
  isInNetwork,
  lowerAscii,
  parseIpNetwork,
  reversedLabels,
} from '../../../text/index.ts';
import { fault, type Run } from '../state.ts';
import { BAD_VALUE, type Builtins, list, number, text } from './builtin.ts';
import { asciiDomain, isFullName, looksDynamic, organisationOf } from './domains.ts';
import { isIPv4, isIPv6, parseAddress } from './network.ts';

function localpartOf(address: string): string {
  const cut = address.lastIndexOf('@');
  return cut < 0 ? address : address.slice(0, cut);
}

function domainOf(address: string): string {
  return lowerAscii(address.slice(address.lastIndexOf('@') + 1 || address.length));
}

function isMailbox(address: string): boolean {
  return address !== '' && parsePath(`<${address}>`, 'reverse')?.rest === '';
}

/** Lists of the program are the same object every time. */
const networks = new WeakMap<readonly string[], readonly IpNetwork[]>();

function networksOf(run: Run, texts: readonly string[], at: number): readonly IpNetwork[] {
  const known = networks.get(texts);
  if (known !== undefined) return known;
  const parsed = texts.map(
    (text) => parseIpNetwork(text) ?? fault(run, at, BAD_VALUE, `not a network: "${text.slice(0, 60)}"`),
  );
  networks.set(texts, parsed);
  return parsed;
}

/** The address read last: a policy asks about its client again and again. */
let last: { readonly text: string; readonly address: IpOctets | null } = { text: '', address: null };

function addressOf(text: string): IpOctets | null {
  if (last.text !== text) last = { text, address: parseAddress(text) };
  return last.address;
}

function isInAny(run: Run, ip: string, texts: readonly string[], at: number): boolean {
  run.charge(texts.length);
  const all = networksOf(run, texts, at);
  const address = addressOf(ip);
  return address !== null && all.some((network) => isInNetwork(address, network));
}

function networkText(run: Run, ip: string, bits: number, at: number): string {
  const address = parseAddress(ip);
  if (address === null) return '';
  if (Number.isInteger(bits) && bits >= 0 && bits <= address.length * 8) return ipNetworkOf(address, bits);
  return fault(run, at, BAD_VALUE, `a network of ${ip} cannot have ${bits} bits`);
}

function reverseOf(ip: string): string {
  const address = parseAddress(ip);
  return address === null ? '' : reversedLabels(address);
}

function sameOrganisation(a: string, b: string): boolean {
  const organisation = organisationOf(a);
  return organisation !== '' && organisation === organisationOf(b);
}

export const ADDRESSES: Builtins = [
  ['domain_of', (_run, given) => domainOf(text(given, 0))],
  ['localpart_of', (_run, given) => localpartOf(text(given, 0))],
  ['is_email', (_run, given) => isMailbox(text(given, 0))],
  ['is_fqdn', (_run, given) => isFullName(text(given, 0))],
  ['is_ip', (_run, given) => parseAddress(text(given, 0)) !== null],
  ['is_ipv4', (_run, given) => isIPv4(text(given, 0))],
  ['is_ipv6', (_run, given) => isIPv6(text(given, 0))],
  ['ip_in', (run, given, at) => isInAny(run, text(given, 0), list(given, 1), at)],
  ['ip_net', (run, given, at) => networkText(run, text(given, 0), number(given, 1), at)],
  ['ip_reverse', (_run, given) => reverseOf(text(given, 0))],
  ['org_domain', (_run, given) => organisationOf(text(given, 0))],
  ['ascii_domain', (_run, given) => asciiDomain(text(given, 0))],
  ['looks_dynamic', (_run, given) => looksDynamic(text(given, 0), text(given, 1))],
  ['same_org', (_run, given) => sameOrganisation(text(given, 0), text(given, 1))],
];
