// Plays a scenario to the session itself: client, clock and queue are in memory, the controls are real files in a
// fresh qmail home and are read by the program's own control room. Nothing sleeps and no process is started. A fault of
// the session's own (a stack in its log) is reported as a problem, not thrown.

import { join } from 'node:path';
import { configure } from '../../src/serve/index.ts';
import {
  MVMTR,
  REPLIES,
  type SessionConfig,
  type SessionEvent,
  STOCK,
  session,
} from '../../src/session/index.ts';
import { renderReply } from '../../src/smtp/index.ts';
import { createHome, queueCanRun, removeDirectory, scratchDirectory } from './home.ts';
import { type Cutting, memoryChannel } from './memory-channel.ts';
import { memoryQueue } from './memory-queue.ts';
import type { Scenario, Seen } from './scenario.ts';
import { NO_RULES } from './services.ts';

export interface SeenInMemory extends Seen {
  /** Milliseconds since 1970 on the session's clock when it was over. */
  readonly ended: number;
  /** Octets of the longest piece that was written at once. */
  readonly longestWrite: number;
  readonly events: readonly SessionEvent[];
}

/** @param cutting how the client's octets are cut into reads */
export async function playInMemory(scenario: Scenario, cutting: Cutting): Promise<SeenInMemory> {
  return withHome(scenario, (config, canRun) => playConfigured(config, { scenario, cutting, canRun }));
}

/** Calls `body` with the configuration that the scenario's control files and environment make, or the 421 they make. */
export async function withHome<T>(
  scenario: Scenario,
  body: (config: SessionConfig | string, queueCanRun: boolean) => Promise<T>,
): Promise<T> {
  const directory = scratchDirectory();
  try {
    const home = join(directory, 'home');
    createHome(home, scenario);
    const profile = scenario.profile === 'stock' ? STOCK : MVMTR;
    const config = configure({ profile, home, env: scenario.env, hostName: hostOption(scenario) });
    const ready = 'fault' in config ? renderReply(REPLIES.controls[profile.name], profile.dialect) : config;
    return await body(ready, queueCanRun(home, scenario.queue));
  } finally {
    removeDirectory(directory);
  }
}

// The one option that a session in memory knows.
function hostOption({ profile, arguments: words }: Scenario): string | undefined {
  return profile === 'mvmtr' && words[0] === '-h' ? words[1] : undefined;
}

interface Play {
  readonly scenario: Scenario;
  readonly cutting: Cutting;
  readonly canRun: boolean;
}

/** @param config what the session is configured with, or what is said instead of having one */
export async function playConfigured(
  config: SessionConfig | string,
  { scenario, cutting, canRun }: Play,
): Promise<SeenInMemory> {
  const channel = memoryChannel(scenario.steps, scenario.hold, cutting);
  const queue = memoryQueue({ script: scenario.queue, canRun, advance: channel.advance });
  const events: SessionEvent[] = [];
  const rest = { ended: channel.clock(), longestWrite: 0, events };
  if (typeof config === 'string') return { output: config, exit: 1, queued: [], problems: [], ...rest };
  const log = (event: SessionEvent): void => {
    events.push(event);
  };
  const { exit } = await session(config, { ...NO_RULES, channel, queue, clock: channel.clock, log });
  const open = queue.unfinished();
  return {
    output: channel.output(),
    exit,
    queued: queue.queued(),
    problems: [
      ...channel.problems(),
      ...queue.problems(),
      ...(open === 0 ? [] : [`hand-offs left open: ${open}`]),
      ...events.flatMap((event) => (event.event === 'fault' && event.why.includes('\n') ? [event.why] : [])),
    ],
    ended: channel.clock(),
    longestWrite: channel.longestWrite(),
    events,
  };
}
