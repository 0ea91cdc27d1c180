// Whether a recipient's host is one of ours: the question qmail's rcpthosts.c answers from control/rcpthosts
// and control/morercpthosts.cdb. Listed is the host itself, or any part of it that starts with a dot; the
// file counts first. Letter case is ASCII only; the database is asked in lower case, so a key in upper case
// is never found. An empty host is never listed. A database that cannot be read throws a ControlFault (plain
// data, not an Error): the session must answer 421, never "not ours" and never "ours".

import type { CdbReader, ControlFault } from '../control/index.ts';
import { lowerAscii } from '../text/index.ts';

export interface HostLists {
  /** Entries of rcpthosts, as written. */
  readonly entries: readonly string[];
  readonly more: CdbReader | null;
}

/** The answer takes what follows the last "@" of a recipient, as an octet string. */
export function rcptHosts(lists: HostLists): (host: string) => boolean {
  let listed: ReadonlySet<string> | null = null;
  return (host) => {
    // Built at the first question: most sessions end before one.
    listed ??= new Set(lists.entries.map(lowerAscii));
    const { more } = lists;
    const names = namesFor(lowerAscii(host));
    for (const name of names) if (listed.has(name)) return true;
    return more !== null && names.some((name) => isIn(more, name));
  };
}

function namesFor(host: string): readonly string[] {
  if (host === '') return [];
  const names = [host];
  for (let dot = host.indexOf('.', 1); dot !== -1; dot = host.indexOf('.', dot + 1))
    names.push(host.slice(dot));
  return names;
}

function isIn(more: CdbReader, name: string): boolean {
  const lookup = more.find(name);
  if (lookup.kind !== 'broken') return lookup.kind === 'found';
  const fault: ControlFault = { fault: 'control', file: more.path, reason: lookup.reason };
  throw fault;
}
