// The capabilities a script may `require`, and what requiring one brings with it. `decided` ones are carried out in full while a
// message is being received; `recorded` ones are accepted and checked, and what they ask for is listed in the result, since only
// the mail store could do it. Anything else is unknown. Names are compared as they stand: RFC 5228 §2.10.5.

export type CapabilityPlan = 'decided' | 'recorded';

const DECIDED = [
  'fileinto',
  'envelope',
  'encoded-character',
  'comparator-i;octet',
  'comparator-i;ascii-casemap',
  'comparator-i;ascii-numeric',
  'comparator-i;unicode-casemap',
  'variables',
  'relational',
  'subaddress',
  'copy',
  'reject',
  'ereject',
  'body',
  'date',
  'index',
  'environment',
  'spamtest',
  'spamtestplus',
  'virustest',
  'imap4flags',
  'editheader',
  'include',
  'ihave',
  'regex',
  'mailbox',
  'duplicate',
] as const;

const RECORDED = [
  'vacation',
  'vacation-seconds',
  'mime',
  'foreverypart',
  'extracttext',
  'extlists',
  'enotify',
  'special-use',
  'fcc',
  'mailboxid',
  'mboxmetadata',
  'servermetadata',
  'envelope-dsn',
  'redirect-dsn',
  'envelope-deliverby',
  'redirect-deliverby',
  'vnd.dovecot.environment',
  'vnd.dovecot.debug',
] as const;

export const CAPABILITIES: ReadonlyMap<string, CapabilityPlan> = new Map<string, CapabilityPlan>([
  ...DECIDED.map((name) => [name, 'decided'] as const),
  ...RECORDED.map((name) => [name, 'recorded'] as const),
]);

const IMPLIED: Readonly<Record<string, readonly string[]>> = {
  spamtestplus: ['spamtest'],
  'vacation-seconds': ['vacation'],
  'vnd.dovecot.environment': ['environment'],
};

/** A capability and those it brings with it. */
export function withImplied(capability: string): readonly string[] {
  return [capability, ...(Object.hasOwn(IMPLIED, capability) ? (IMPLIED[capability] ?? []) : [])];
}

/** In force without `require` (RFC 5228 §2.7.3 for the first two; the third as other implementations have it). */
export const BUILT_IN_COMPARATORS: ReadonlySet<string> = new Set([
  'i;octet',
  'i;ascii-casemap',
  'i;unicode-casemap',
]);

export const COMPARATORS: ReadonlySet<string> = new Set([...BUILT_IN_COMPARATORS, 'i;ascii-numeric']);
