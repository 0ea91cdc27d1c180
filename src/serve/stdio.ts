// One session on descriptors 0 and 1, as tcpserver starts them: configure, greet, converse, end.

import { logToStderr } from '../log/index.ts';
import type { Queue } from '../queue/index.ts';
import type { Channel, Profile } from '../session/index.ts';
import { REPLIES, type SessionConfig, session } from '../session/index.ts';
import { renderReply } from '../smtp/index.ts';
import { configure, type Setting } from './configure.ts';

export interface StdioOptions extends Setting {
  readonly channel: Channel;
  /** The queue for a session so configured; may be a door to open. */
  readonly queue: (config: SessionConfig) => Queue | Promise<Queue>;
}

/** Seconds a client gets to take the news that we are not working. */
const FAREWELL_SECONDS = 10;

/** @returns the exit status */
export async function serveStdio(options: StdioOptions): Promise<0 | 1> {
  const config = configure(options);
  const log = logToStderr({
    pid: process.pid,
    ip: options.env.TCPREMOTEIP ?? 'unknown',
    host: options.env.TCPREMOTEHOST ?? 'unknown',
  });
  if ('fault' in config) {
    log({ event: 'fault', why: `${config.file}: ${config.reason}` });
    await sayUnavailable(options.channel, options.profile);
    return 1;
  }
  const queue = await options.queue(config);
  const { exit } = await session(config, { channel: options.channel, queue, clock: Date.now, log });
  return exit;
}

/** "421" to a client we cannot serve: it will come back. */
export async function sayUnavailable(channel: Channel, profile: Profile): Promise<void> {
  await channel.write(renderReply(REPLIES.controls[profile.name], profile.dialect), FAREWELL_SECONDS);
}
