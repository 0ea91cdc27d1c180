// What the rules of tcpserver say about a client: which keys are looked up, in which order, and what the record of the
// first one that is there means. Pure; the database is asked through `find`. Octet strings. A record is a list of
// instructions, each with a NUL at its end: "D" denies, "+NAME=VALUE" is a variable; no instruction at all allows.
// Whatever else is in a record, and tcpserver passes over, makes it 'broken': it was not written by tcprules, or from
// something else than its writer meant. Never throws. Follows tcprules(1).
//
// IPv6: Debian's tcprules cannot write such a rule, because the address ends at the first colon of a line. Databases
// that were made otherwise are read as the IPv6 patches of ucspi-tcp do: the whole address first, then what is left of
// it up to each colon. That is text and no network: "2001:db8:" is a prefix of "2001:db8::1" because both are
// written in the short form of RFC 5952, and the groups that "::" stands for are in no key.

import type { CdbLookup } from '../../control/index.ts';

/** null for what is not known. */
export interface RemoteClient {
  /** TCPREMOTEIP; an IPv4 address as such, not inside IPv6. */
  readonly ip: string | null;
  /** TCPREMOTEHOST. */
  readonly host: string | null;
  /** TCPREMOTEINFO. */
  readonly info: string | null;
}

export type TcpVariable = readonly [name: string, value: string];

export type TcpVerdict =
  /** A name may be there twice; the last one counts. */
  | { readonly kind: 'allow'; readonly variables: readonly TcpVariable[] }
  | { readonly kind: 'deny' }
  | { readonly kind: 'broken'; readonly reason: string };

export const ALLOWED: TcpVerdict = { kind: 'allow', variables: [] };

const DENIED: TcpVerdict = { kind: 'deny' };

/** The first rule that is there decides; without one the client is allowed. */
export function tcpVerdict(find: (key: string) => CdbLookup, client: RemoteClient): TcpVerdict {
  for (const key of keysFor(client)) {
    const rule = find(key);
    if (rule.kind === 'broken') return rule;
    if (rule.kind === 'found') return verdictOf(rule.value) ?? { kind: 'broken', reason: notRead(key) };
  }
  return ALLOWED;
}

const notRead = (key: string): string => `the rule for "${key}" is not what tcprules writes`;

function* keysFor({ ip, host, info }: RemoteClient): Generator<string> {
  if (info !== null && ip !== null) yield `${info}@${ip}`;
  if (info !== null && host !== null) yield `${info}@=${host}`;
  if (ip !== null) yield ip;
  if (host !== null) yield `=${host}`;
  if (ip !== null) yield* prefixes(ip);
  if (host !== null) yield* suffixes(host);
  yield '';
}

function* prefixes(ip: string): Generator<string> {
  for (let end = ip.length; end > 0; end -= 1) {
    const last = ip[end - 1];
    if (last === '.' || last === ':') yield ip.slice(0, end);
  }
}

// "=.mx.example", "=.example", and "=" for a client with any name.
function* suffixes(host: string): Generator<string> {
  for (let dot = host.indexOf('.'); dot !== -1; dot = host.indexOf('.', dot + 1)) yield `=${host.slice(dot)}`;
  yield '=';
}

/** null when it is not a list of instructions. */
function verdictOf(record: string): TcpVerdict | null {
  if (record === '') return ALLOWED;
  const instructions = record.split('\0');
  if (instructions.pop() !== '') return null;
  const variables: TcpVariable[] = [];
  let verdict: TcpVerdict = { kind: 'allow', variables };
  for (const instruction of instructions) {
    const equals = instruction.indexOf('=');
    if (instruction === 'D') verdict = DENIED;
    else if (instruction.startsWith('+') && equals !== -1) {
      variables.push([instruction.slice(1, equals), instruction.slice(equals + 1)]);
    } else return null;
  }
  return verdict;
}
