// control/badmailfrom: senders whose recipients are all refused (qmail-smtpd.c: bmfcheck()). An entry is a whole address, or
// "@host" for every sender at a host. ASCII letter case does not matter; the null sender cannot be listed.

import { lowerAscii } from '../text/index.ts';
import { UNDECIDED, type Verdict } from './verdict.ts';

export type SenderCheck = (reversePath: string) => Verdict;

export function badMailFrom(entries: readonly string[]): SenderCheck {
  if (entries.length === 0) return () => UNDECIDED;
  // Built at the first question: most sessions end before one.
  let listed: ReadonlySet<string> | null = null;
  return (reversePath) => {
    listed ??= new Set(entries.map(lowerAscii));
    const address = lowerAscii(reversePath);
    const at = address.lastIndexOf('@');
    const bad = (address !== '' && listed.has(address)) || (at >= 0 && listed.has(address.slice(at)));
    return bad ? { kind: 'reject', rule: 'badmailfrom' } : UNDECIDED;
  };
}
