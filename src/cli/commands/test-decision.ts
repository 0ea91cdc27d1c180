// Who decided a step of a simulated session, and how: a rule, one of qmail's checks, or the protocol
// itself. Taken from what the hooks came to and what the session reported while the step was being taken.
// Pure.

import type { SmtpDecision } from '../../rules/testsuite/index.ts';
import type { SessionEvent } from '../../session/index.ts';

/** What one hook came to. */
export interface RunNoted {
  readonly hook: string;
  /** "undecided", "accept", "reject" …, or "error". */
  readonly verdict: string;
  /** "policy.mfl:12"; '' when nothing was decided. */
  readonly where: string;
}

/** Hooks that only look on decide nothing. */
const OBSERVING: ReadonlySet<string> = new Set(['init', 'queued', 'denied', 'disconnect']);

const QMAIL: ReadonlySet<string> = new Set(['badmailfrom', 'rcpthosts', 'unconfigured']);

export function decisionFrom(
  runs: readonly RunNoted[],
  events: readonly SessionEvent[],
  reply: readonly string[],
): SmtpDecision {
  const decided = runs.findLast(({ hook, verdict }) => !OBSERVING.has(hook) && verdict !== 'undecided');
  if (decided !== undefined) return { verdict: decided.verdict, layer: 'rule', rule: decided.where };
  const refused = events.findLast((event) => event.event === 'refused');
  if (refused?.event === 'refused') {
    const verdict = refused.code >= 500 ? 'reject' : 'defer';
    return { verdict, layer: QMAIL.has(refused.rule) ? 'qmail' : 'protocol', rule: refused.rule };
  }
  const accepted = /^[23]/.test(reply[0] ?? '');
  return { verdict: accepted ? 'accept' : 'undecided', layer: accepted ? 'qmail' : '', rule: '' };
}

/** An event as tests see it: the text of a note, else its fields in one line. */
export function logLine(event: SessionEvent): string {
  if (event.event === 'note') return event.text;
  return Object.entries(event)
    .map(([name, value]) => (name === 'event' ? String(value) : `${name}=${value}`))
    .join(' ');
}
