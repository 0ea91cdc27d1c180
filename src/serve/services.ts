// What a session needs from the world, put together the same way for a process of its own and for a listener.

import type { Services, SessionConfig } from '../session/index.ts';
import { withSettings } from '../session/index.ts';
import { openQuarantine, type Where } from './queues.ts';
import type { OpenedRules } from './rules/index.ts';

/** Seconds a client gets to take the last it hears of us. */
export const FAREWELL_SECONDS = 10;

export function servicesOf(
  own: Pick<Services, 'channel' | 'queue' | 'spool' | 'log'>,
  where: Where,
): Services {
  return { ...own, clock: Date.now, sleep, quarantine: (into) => openQuarantine(into, where) };
}

const sleep = (seconds: number): Promise<void> =>
  new Promise((resolve) => setTimeout(resolve, seconds * 1000));

/** The configuration as `init` has settled it, and with the policy of the rules. */
export function ruledBy(
  config: SessionConfig,
  { policy, init }: Exclude<OpenedRules, { readonly problem: string }>,
): SessionConfig {
  const { settings } = init;
  return { ...(settings === undefined ? config : withSettings(config, settings)), policy };
}
