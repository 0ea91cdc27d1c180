// Plays a scenario to the session itself: client, clock and queue are in memory, the controls are real files in a
// fresh qmail home and are read by the program's own control room; so are its rules, if it has a start file. Nothing
// sleeps and no process is started. A fault of the session's own (a stack in its log) is reported as a problem, not
// thrown.

import { join } from 'node:path';
import { openSpool } from '../../src/queue/index.ts';
import { quarantineQueue } from '../../src/queue/maildirs.ts';
import type { Configured, Prepared } from '../../src/serve/configure.ts';
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
import { type Cutting, type MemoryChannel, memoryChannel, VIRTUAL_START } from './memory-channel.ts';
import { memoryQueue } from './memory-queue.ts';
import { memorySecurity } from './memory-security.ts';
import { notesOf, ruled, START_FILE, takeAside } from './rules.ts';
import type { Scenario, Seen } from './scenario.ts';
import { NO_RULES } from './services.ts';

export interface SeenInMemory extends Seen {
  /** Milliseconds since 1970 on the session's clock when it was over. */
  readonly ended: number;
  /** Octets of the longest piece that was written at once. */
  readonly longestWrite: number;
  readonly events: readonly SessionEvent[];
}

type WithPasswords = Configured & Pick<Prepared, 'passwords'>;

/** @param cutting how the client's octets are cut into reads */
export async function playInMemory(scenario: Scenario, cutting: Cutting): Promise<SeenInMemory> {
  return withHome(scenario, (config, canRun, home) =>
    playConfigured(config, { scenario, cutting, canRun, home }),
  );
}

/** Calls `body` with the configuration that the scenario's control files and environment make, or the 421 they make. */
export async function withHome<T>(
  scenario: Scenario,
  body: (config: WithPasswords | string, queueCanRun: boolean, home: string) => Promise<T>,
): Promise<T> {
  const directory = scratchDirectory();
  try {
    const home = join(directory, 'home');
    createHome(home, scenario);
    const profile = scenario.profile === 'stock' ? STOCK : MVMTR;
    const config = configure({ profile, home, env: scenario.env, hostName: hostOption(scenario) });
    const ready = 'fault' in config ? renderReply(REPLIES.controls[profile.name], profile.dialect) : config;
    return await body(ready, queueCanRun(home, scenario.queue), home);
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

/** Octets of a message in memory before it goes to a file, so that both happen. */
const SPOOL_OCTETS = 512;

/**
 * @param config what the session is configured with, or what is said instead of having one
 * @param play with `home`, for a session that may have rules
 */
export async function playConfigured(
  config: SessionConfig | string,
  play: Play & { readonly home?: never },
): Promise<SeenInMemory>;
export async function playConfigured(
  config: WithPasswords | string,
  play: Play & { readonly home: string },
): Promise<SeenInMemory>;
export async function playConfigured(
  config: WithPasswords | SessionConfig | string,
  { scenario, cutting, canRun, home }: Play & { readonly home?: string },
): Promise<SeenInMemory> {
  const channel = memoryChannel(scenario.steps, scenario.hold, cutting);
  const queue = memoryQueue({ script: scenario.queue, canRun, advance: channel.advance });
  const events: SessionEvent[] = [];
  const log = (event: SessionEvent): void => {
    events.push(event);
  };
  const silent = (output: string): SeenInMemory => ({
    output,
    exit: 1,
    queued: [],
    notes: notesOf(events),
    aside: [],
    seconds: 0,
    problems: [],
    ended: channel.clock(),
    longestWrite: 0,
    events,
  });
  if (typeof config === 'string') return silent(config);
  const withRules = home !== undefined && START_FILE in scenario.control && 'controls' in config;
  const ready = withRules
    ? await ruled(config, scenario, { home, now: channel.clock, log })
    : { config, close() {} };
  if ('problem' in ready) {
    log({ event: 'fault', why: ready.problem });
    return silent(renderReply(REPLIES.controls[config.profile.name], config.profile.dialect));
  }
  const rest = {
    ...(withRules ? servicesWithRules(channel, home) : NO_RULES),
    ...('passwords' in config ? waiting(config.passwords, channel) : {}),
  };
  const { exit } = await session(ready.config, { ...rest, channel, queue, clock: channel.clock, log });
  ready.close();
  const open = queue.unfinished();
  return {
    output: channel.output(),
    exit,
    queued: queue.queued(),
    notes: notesOf(events),
    aside: home === undefined ? [] : takeAside(home),
    seconds: (channel.clock() - VIRTUAL_START) / 1000,
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

/** For those who log in: who fails is made to wait. */
function waiting(passwords: Prepared['passwords'], channel: MemoryChannel) {
  return { ...memorySecurity(passwords), sleep: async (seconds: number) => channel.advance(seconds * 1000) };
}

function servicesWithRules(channel: MemoryChannel, home: string): typeof NO_RULES {
  return {
    ...NO_RULES,
    sleep: async (seconds) => channel.advance(seconds * 1000),
    spool: () => openSpool(SPOOL_OCTETS),
    quarantine: async (into) =>
      quarantineQueue({
        directory: join(home, 'quarantine'),
        into,
        hostName: 'mx.example.com',
        now: Date.now(),
      }),
  };
}
