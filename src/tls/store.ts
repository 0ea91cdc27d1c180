// The certificates, lists and keys that are in force, by the files they are in. Each use looks at the files again
// (stat), so a new certificate counts without a restart. What cannot be used is told once, and in a process that has
// something good already, that stays in force as a whole: half of a change, such as a new certificate whose key is
// still the old one, does no harm. Before there was anything good, the problem is what one gets.

import { type Certificate, dateText, validityWarning } from './certificate.ts';
import type { Problem } from './certificates.ts';
import { chooseCertificate } from './choose-certificate.ts';
import type { Hello } from './client-hello.ts';
import { type Contexts, contextOf, contextsFor, type MakeContext, type Refused } from './contexts.ts';
import { type Stamp, stampOf } from './file-stamp.ts';
import { type Contents, pathsOf, readContents, readPlainContents, type TlsFiles } from './files.ts';
import { isUnrevoked, staleSince } from './revocation.ts';
import { type TicketKeys, ticketKeysAt } from './tickets.ts';

export interface Loaded<Context> {
  /** @returns a problem where the TLS library refuses the certificate that this client would get */
  choose(
    hello: Hello,
  ): { readonly context: Context; readonly certificate: Certificate } | { readonly problem: string };
  readonly asksForClientCertificate: boolean;
  /** By the lists of revoked ones. @param der a certificate that the TLS library has found good. @param time milliseconds since 1970 */
  isUnrevoked(der: Uint8Array, time: number): boolean;
  /** Entries of control/tlsclients, in lower case. */
  readonly clients: readonly string[];
}

export interface TlsStore<Context> {
  /** What is in force for these files. Never throws. */
  current(files: TlsFiles): Loaded<Context> | { readonly problem: string };
}

/** Sets of files that are remembered; rules may name some of their own, and then those used longest ago are forgotten. */
const SETS = 64;
/** Files that were changed as short ago may have been changed once more without their times telling. */
const SETTLED_MS = 50;
/** What went wrong is tried again, because the reason may be none of the files: descriptors that had run out, say. */
const RETRY_MS = 1000;

/** What is known of a set of files. */
interface Known<Context> {
  readonly stamp: string;
  /** Milliseconds since 1970 from which they are read again even if they look the same. */
  readonly until: number;
  readonly inForce: InForce<Context> | null;
  /** What is wrong with the files as they are now. */
  readonly problem: string | null;
  /** Complaints that have been made, and hold still. */
  readonly told: ReadonlySet<string>;
}

interface InForce<Context> {
  readonly contents: Contents;
  readonly contexts: Contexts<Context>;
  readonly loaded: Loaded<Context>;
}

export interface StoreOptions {
  /** Milliseconds since 1970. */
  readonly now?: () => number;
  /** The TLS library seals tickets with keys that are given to it. Where it does not, none are looked for; it does unless said. */
  readonly keepsTickets?: boolean;
}

/**
 * @param make what it throws is a problem of the certificate or the ciphers; also where a key is not the certificate's
 * @param complain of what is wrong and does not stop us
 */
export function openTlsStore<Context>(
  make: MakeContext<Context>,
  complain: (text: string) => void,
  { now = Date.now, keepsTickets = true }: StoreOptions = {},
): TlsStore<Context> {
  const sets = new Map<string, Known<Context>>();
  return {
    current(files) {
      const name = JSON.stringify(files);
      const before = sets.get(name) ?? null;
      const time = now();
      const path = keepsTickets ? files.ticketKeys : null;
      const keys = path === null ? NO_KEYS : ticketKeysAt(path, time);
      const known = look(files, before, { keys: keysIn(keys), time, make });
      const told = complaintsOf(known, { files, keys, time });
      for (const text of told) if (!before?.told.has(text)) complain(text);
      sets.delete(name);
      sets.set(name, { ...known, told: new Set(told) });
      forgetOldest(sets);
      return known.inForce?.loaded ?? { problem: known.problem ?? 'no certificate' };
    },
  };
}

const NO_KEYS: TicketKeys = { octets: null };

const keysIn = (keys: TicketKeys): Uint8Array | null => ('problem' in keys ? null : keys.octets);

interface Circumstances {
  readonly files: TlsFiles;
  readonly keys: TicketKeys;
  readonly time: number;
}

function complaintsOf<Context>(
  { inForce, problem }: Known<Context>,
  { files, keys, time }: Circumstances,
): readonly string[] {
  const { certificates = [], revocations = null } = inForce?.contents ?? {};
  const stale = revocations && staleSince(revocations, time);
  return [
    ...('problem' in keys ? [`${keys.problem}; until then sessions are not resumed in other processes`] : []),
    ...(problem !== null && inForce !== null ? [`what was read before stays in force: ${problem}`] : []),
    ...certificates.flatMap((certificate) => validityWarning(certificate, time) ?? []),
    ...(stale === null ? [] : [`${files.clientCrl} was to be replaced by ${dateText(stale)}: get a new one`]),
  ];
}

function forgetOldest(sets: Map<string, unknown>): void {
  for (const name of sets.keys()) {
    if (sets.size <= SETS) return;
    sets.delete(name);
  }
}

interface Means<Context> {
  readonly keys: Uint8Array | null;
  readonly time: number;
  readonly make: MakeContext<Context>;
}

function look<Context>(
  files: TlsFiles,
  before: Known<Context> | null,
  { keys, time, make }: Means<Context>,
): Known<Context> {
  // Before the files are read, so that a change in between is seen the next time.
  const { text, changed }: Stamp = stampOf(pathsOf(files));
  const stamp = `${text}|${keys?.join(' ')}`;
  if (before !== null && before.stamp === stamp && time < before.until) return before;
  const settled = changed + SETTLED_MS;
  const until = settled > time ? settled : Number.POSITIVE_INFINITY;
  const old = before?.inForce ?? null;
  const told = before?.told ?? new Set<string>();
  const next = renew(files, { keys, time, make }, old);
  if (!('problem' in next)) return { stamp, until, inForce: next, problem: null, told };
  return { stamp, until: Math.min(until, time + RETRY_MS), inForce: old, problem: next.problem, told };
}

/** What a plain reading takes on trust, the library may refuse; then what counts is what a reading in full has to say. */
function renew<Context>(
  files: TlsFiles,
  means: Means<Context>,
  old: InForce<Context> | null,
): InForce<Context> | Problem {
  const plain = readPlainContents(files);
  const trusted = plain && putInForce(plain, means, old);
  if (trusted !== null && !('refused' in trusted)) return trusted;
  const read = readContents(files);
  if ('problem' in read) return read;
  const next = putInForce(read, means, old);
  return 'refused' in next ? next.refused() : next;
}

function putInForce<Context>(
  contents: Contents,
  { keys, make }: Means<Context>,
  old: InForce<Context> | null,
): InForce<Context> | Refused {
  const { certificates, clientCa, revocations, ciphers, clients } = contents;
  const contexts = contextsFor(certificates, { clientCa, ciphers, ticketKeys: keys }, old?.contexts ?? null);
  // A process that is there for one connection makes the context that most clients get, and so knows that the library takes
  // what is the same for all, before anybody was told to go on. One that reads files again is there for many, and has
  // something to lose: it makes all of them, before they replace any.
  const likely = chooseCertificate(certificates, { serverName: null, ecdsa: true });
  for (const certificate of old === null ? [likely] : certificates) {
    const made = contextOf(contexts, certificate, make);
    if ('refused' in made) return made;
  }
  const choose: Loaded<Context>['choose'] = (hello) => {
    const certificate = chooseCertificate(certificates, hello);
    const made = contextOf(contexts, certificate, make);
    return 'refused' in made ? made.refused() : { context: made.context, certificate };
  };
  const loaded: Loaded<Context> = {
    choose,
    asksForClientCertificate: clientCa !== null,
    isUnrevoked: (der, time) => revocations === null || isUnrevoked(der, revocations, time),
    clients,
  };
  return { contents, contexts, loaded };
}
