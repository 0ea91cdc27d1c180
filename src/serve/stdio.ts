// One session on descriptors 0 and 1, as tcpserver starts them: configure, do the handshake if TLS comes first, greet, converse, end.

import { type LogContext, logToStderr } from '../log/index.ts';
import { openSpool } from '../queue/index.ts';
import {
  type Channel,
  type Profile,
  REPLIES,
  type SessionConfig,
  type SessionEvent,
  type StartedTls,
  session,
} from '../session/index.ts';
import { renderReply } from '../smtp/index.ts';
import { sys } from '../sys/index.ts';
import { type Configured, configure, type Prepared, type Setting } from './configure.ts';
import { clientOf, type Environment, tcpEnvironment } from './environment.ts';
import { openQueue, type QueueChoice } from './queues.ts';
import type { OpenedRules, RulesOptions } from './rules/index.ts';
import { passwordArguments, tlsFilesIn, ucspiTlsIn } from './security.ts';
import { authenticatorOf, FAREWELL_SECONDS, ruledBy, type Security, servicesOf } from './services.ts';
import { startFileOf } from './start-file.ts';

export interface StdioOptions extends Setting {
  readonly channel: Channel;
  /** The start file that was asked for; null for the usual one, if it is there. */
  readonly startFile: string | null;
  /** Octets of a message that are kept in memory while rules have not decided. */
  readonly bodyCache: number | null;
  readonly version: string;
  readonly queue: QueueChoice;
  /** From the first octet, by us or by whoever has started us. SMTPS in the environment means the former. */
  readonly tls: 'none' | 'implicit' | 'outer';
  /** Arguments that are none of ours: in the stock profile, the program that checks passwords. */
  readonly others: readonly string[];
}

/** Rules, behind a door: a session without a start file loads none of it. */
const loadRules = () => import('./rules/index.ts');
/** And so for TLS. */
const loadStartTls = () => import('./start-tls.ts');
const loadOuterTls = () => import('./outer-tls.ts');

type Log = (event: SessionEvent) => void;

/** @returns the exit status */
export async function serveStdio(given: StdioOptions): Promise<0 | 1> {
  const options = { ...given, env: tcpEnvironment(given.env) };
  const log = logToStderr(contextOf(options.env));
  const configured = configure(withArguments(options, log));
  const ready = 'fault' in configured ? configured : await withRules(options, configured, log);
  if ('fault' in ready) {
    log({ event: 'fault', why: `${ready.file}: ${ready.reason}` });
    await sayUnavailable(options.channel, options.profile);
    return 1;
  }
  const { passwords } = configured as Pick<Prepared, 'passwords'>;
  const { config, close } = ready;
  // Of its own, so that the queue program can be told who has logged in.
  const env = config.auth === null ? options.env : { ...options.env };
  const security: Security = {
    tls: prepareTls(options.env, log),
    authenticator: () => authenticatorOf(passwords, env),
  };
  const secured = await securedFrom(options, config, { security, log });
  if (secured === 'failed') return 1;
  const where = { home: options.home, env, hostName: config.hostName };
  const own = {
    channel: secured?.started?.channel ?? options.channel,
    queue: await openQueue(options.queue, { ...where, spawn: sys.spawn, seconds: null }),
    spool: () => openSpool(options.bodyCache ?? undefined),
    log,
  };
  const { exit } = await session({ ...config, ...secured?.config }, servicesOf(own, security, where));
  await secured?.started?.close();
  close();
  return exit;
}

function contextOf(env: Environment): LogContext {
  const { ip, host, port } = clientOf(env);
  return { pid: process.pid, ip, host, port };
}

function withArguments(options: StdioOptions, log: Log): Setting {
  const passwords = passwordArguments(options.others, options.env);
  if (passwords === null) return options;
  const { program } = passwords;
  log({ event: 'passwords', by: program, from: 'arguments' });
  return { ...options, passwords };
}

function prepareTls(env: Environment, log: Log): Security['tls'] {
  return async (files) => {
    try {
      const outer = ucspiTlsIn(env);
      if (outer !== null) return await (await loadOuterTls()).ucspiTls(outer);
      const complain = (text: string): void => log({ event: 'fault', why: text });
      return await (await (await loadStartTls()).openTls(false, complain))(files);
    } catch (error) {
      return { problem: String((error as Error | null)?.message ?? error) };
    }
  };
}

interface Secured {
  readonly config: Partial<SessionConfig>;
  readonly started?: StartedTls;
}

// Without TLS nothing can be said on such a port, so what goes wrong is told to the log only.
async function securedFrom(
  { tls, env, home, channel }: StdioOptions,
  config: SessionConfig,
  { security, log }: { readonly security: Security; readonly log: Log },
): Promise<Secured | null | 'failed'> {
  if (tls === 'outer') return { config: { secured: (await loadOuterTls()).outerTls(env), tls: null } };
  if (tls === 'none' && (env.SMTPS ?? '') === '') return null;
  const ready = await security.tls(config.tls ?? tlsFilesIn(home ?? '.'));
  const started = 'problem' in ready ? { failure: ready.problem } : await ready.start(channel);
  if ('failure' in started) {
    log({ event: 'tls', result: 'failed', why: started.failure });
    return 'failed';
  }
  const { version, cipher, sni, subject } = started.facts;
  log({ event: 'tls', result: 'ok', version, cipher, sni, subject });
  return { config: { secured: started }, started };
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
