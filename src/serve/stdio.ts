// One session on descriptors 0 and 1, as tcpserver starts them: configure, greet, converse, end.

import { logToStderr } from '../log/index.ts';
import { openSpool } from '../queue/index.ts';
import {
  type Channel,
  type Profile,
  REPLIES,
  type SessionConfig,
  type SessionEvent,
  session,
} from '../session/index.ts';
import { renderReply } from '../smtp/index.ts';
import { sys } from '../sys/index.ts';
import { type Configured, configure, type Setting } from './configure.ts';
import { clientOf, tcpEnvironment } from './environment.ts';
import { openQueue, type QueueChoice } from './queues.ts';
import type { OpenedRules, RulesOptions } from './rules/index.ts';
import { FAREWELL_SECONDS, ruledBy, servicesOf } from './services.ts';
import { startFileOf } from './start-file.ts';

export interface StdioOptions extends Setting {
  readonly channel: Channel;
  /** The start file that was asked for; null for the usual one, if it is there. */
  readonly startFile: string | null;
  /** Octets of a message that are kept in memory while rules have not decided. */
  readonly bodyCache: number | null;
  readonly version: string;
  readonly queue: QueueChoice;
}

/** Rules, behind a door: a session without a start file loads none of it. */
const loadRules = () => import('./rules/index.ts');

type Log = (event: SessionEvent) => void;

/** @returns the exit status */
export async function serveStdio(given: StdioOptions): Promise<0 | 1> {
  const options = { ...given, env: tcpEnvironment(given.env) };
  const { ip, host } = clientOf(options.env);
  const log = logToStderr({ pid: process.pid, ip, host });
  const configured = configure(options);
  const ready = 'fault' in configured ? configured : await withRules(options, configured, log);
  if ('fault' in ready) {
    log({ event: 'fault', why: `${ready.file}: ${ready.reason}` });
    await sayUnavailable(options.channel, options.profile);
    return 1;
  }
  const { config, close } = ready;
  const where = { home: options.home, env: options.env, hostName: config.hostName };
  const own = {
    channel: options.channel,
    queue: await openQueue(options.queue, { ...where, spawn: sys.spawn, seconds: null }),
    spool: () => openSpool(options.bodyCache ?? undefined),
    log,
  };
  const { exit } = await session(config, servicesOf(own, where));
  close();
  return exit;
}

interface Ready {
  readonly config: SessionConfig;
  close(): void;
}

async function withRules(
  { home, startFile, env, version }: StdioOptions,
  config: Configured,
  log: Log,
): Promise<Ready | { readonly fault: 'control'; readonly file: string; readonly reason: string }> {
  const path = startFileOf(home, startFile);
  if (path === null) return { config, close() {} };
  const rules = await openedRules({
    path,
    home: home ?? '.',
    config,
    controls: config.controls,
    env,
    version,
    now: Date.now,
    log,
  });
  if ('problem' in rules) return { fault: 'control', file: path, reason: rules.problem };
  return { config: ruledBy(config, rules), close: rules.close };
}

// Whatever goes wrong, there are no rules then, and no session without them.
async function openedRules(options: RulesOptions): Promise<OpenedRules> {
  try {
    const { openRules } = await loadRules();
    return await openRules(options);
  } catch (error) {
    return { problem: String((error as Error | null)?.message ?? error) };
  }
}

/** "421" to a client we cannot serve: it will come back. */
export async function sayUnavailable(channel: Channel, profile: Profile): Promise<void> {
  await channel.write(renderReply(REPLIES.controls[profile.name], profile.dialect), FAREWELL_SECONDS);
}
