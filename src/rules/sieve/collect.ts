// Collecting actions into the result (RFC 5228 §2.10): the implicit keep and what cancels it, actions of the same effect made one,
// actions that exclude each other (RFC 5429 §2: a refusal stands alone; RFC 5230 §4.7: one vacation), and the bounds on their number.
// `discard` goes with everything (RFC 5228 §4.4).

import type { Context } from '../interpreter/context.ts';
import type { SieveAction } from '../interpreter/result.ts';

type Store = Extract<SieveAction, { action: 'keep' | 'fileinto' }>;

/** Whether an action delivers or answers, which a refusal excludes. */
function excludesRefusal(action: SieveAction): boolean {
  switch (action.action) {
    case 'keep':
    case 'fileinto':
    case 'redirect':
    case 'reject':
      return true;
    case 'recorded':
      return action.name === 'vacation';
    case 'discard':
      return false;
  }
}

function nameOf(action: SieveAction): string {
  return action.action === 'recorded' ? action.name : action.action;
}

/** What the new action cannot stand beside; undefined when it may. */
function conflictOf(actions: readonly SieveAction[], added: SieveAction): SieveAction | undefined {
  if (added.action === 'reject') return actions.find(excludesRefusal);
  if (added.action === 'recorded' && added.name === 'vacation') {
    const vacation = actions.find((action) => action.action === 'recorded' && action.name === 'vacation');
    if (vacation !== undefined) return vacation;
  }
  return excludesRefusal(added) ? actions.find((action) => action.action === 'reject') : undefined;
}

/** One that would do the same: the same mailbox, the same address. */
function sameEffect(actions: readonly SieveAction[], added: SieveAction): number {
  return actions.findIndex((action) => {
    if (action.action === 'keep') return added.action === 'keep';
    if (action.action === 'discard') return added.action === 'discard';
    if (action.action === 'fileinto') return added.action === 'fileinto' && added.mailbox === action.mailbox;
    return action.action === 'redirect' && added.action === 'redirect' && added.address === action.address;
  });
}

/** The flags of both; the later ones count when they are spelled differently. */
function flagsOfBoth(earlier: Store, later: Store): { readonly flags?: readonly string[] } {
  if (earlier.flags === undefined && later.flags === undefined) return {};
  const all = [...(earlier.flags ?? []), ...(later.flags ?? [])];
  return { flags: [...new Map(all.map((flag) => [flag.toLowerCase(), flag])).values()] };
}

/** The earlier action with what the later one adds: flags, creation, and no longer a mere copy. */
function merged(earlier: SieveAction, later: SieveAction): SieveAction {
  if (earlier.action === 'keep' && later.action === 'keep') {
    return { ...earlier, ...flagsOfBoth(earlier, later) };
  }
  if (earlier.action === 'fileinto' && later.action === 'fileinto') {
    const copy = earlier.copy && later.copy;
    return { ...earlier, ...flagsOfBoth(earlier, later), copy, create: earlier.create || later.create };
  }
  if (earlier.action === 'redirect' && later.action === 'redirect') {
    return { ...earlier, copy: earlier.copy && later.copy };
  }
  return earlier;
}

function checkBounds(context: Context, at: number, added: SieveAction): void {
  const { budget, result } = context;
  if (result.actions.length >= budget.actions) {
    context.fail(at, 'MFL-SIEVE-ACTIONS', `more than ${budget.actions} actions`);
  }
  if (added.action !== 'redirect') return;
  const redirects = result.actions.filter(({ action }) => action === 'redirect').length;
  if (redirects >= budget.redirects) {
    context.fail(at, 'MFL-SIEVE-REDIRECTS', `more than ${budget.redirects} redirects`);
  }
}

/** Whether the action takes the place of the implicit keep (RFC 5228 §2.10.2, RFC 3894 §3). */
function cancelsKeep(action: SieveAction): boolean {
  if (action.action === 'recorded') return false;
  return !('copy' in action && action.copy);
}

/** Adds an action to the result; fails the script when it cannot stand beside what is there. */
export function collect(context: Context, at: number, action: SieveAction): void {
  const { result } = context;
  const conflict = conflictOf(result.actions, action);
  if (conflict !== undefined) {
    const message = `${nameOf(action)} cannot be combined with ${nameOf(conflict)}`;
    context.fail(at, 'MFL-SIEVE-CONFLICT', message);
  }
  const place = action.action === 'recorded' ? -1 : sameEffect(result.actions, action);
  const earlier = result.actions[place];
  if (earlier === undefined) {
    checkBounds(context, at, action);
    result.actions.push(action);
  } else {
    result.actions[place] = merged(earlier, action);
  }
  if (cancelsKeep(action)) result.implicitKeep = false;
}
