// The fast path: one session on descriptors 0 and 1, started for each connection. Loads nothing it does not need, and leaves
// through process.exit(), because a half-read descriptor 0 would keep the process alive.

import { existsSync } from 'node:fs';
import { writeLine } from '../log/index.ts';
import { loadMaildirQueue, type Queue, qmailQueue } from '../queue/index.ts';
import { sayUnavailable, serveStdio } from '../serve/index.ts';
import { MVMTR, type SessionConfig, STOCK } from '../session/index.ts';
import { sys } from '../sys/index.ts';
import { forLog } from '../text/index.ts';
import { type SessionOptions, sessionOptions } from './options.ts';

/** Put in by the bundler. */
declare const MVMTR_VERSION: string;

export const DEFAULT_HOME = '/var/qmail';

export interface Invocation {
  readonly programName: 'qmail-smtpd' | 'mvmtr';
  /** What follows the program name on the command line. */
  readonly argv: readonly string[];
}

/** qmail's exit status for a mistake of the administrator's. */
const EXIT_USAGE = 100;
/** … and for trouble that may pass. */
const EXIT_FAULT = 111;

/** Runs a session and ends the process. */
export async function runSession({ programName, argv }: Invocation): Promise<never> {
  const { env } = process;
  // Nothing is known to get past the session's own net; what does is told here, in one line, and ends the process.
  const die = (error: unknown): never => {
    writeLine(`${programName}: ${forLog(String(error))}`);
    process.exit(EXIT_FAULT);
  };
  process.on('uncaughtException', die);
  process.on('unhandledRejection', die);
  const channel = sys.openStdio();
  const options = sessionOptions(programName, argv);
  if ('usage' in options) {
    writeLine(`${programName}: ${options.usage}`);
    await sayUnavailable(channel, programName === 'mvmtr' ? MVMTR : STOCK);
    process.exit(EXIT_USAGE);
  }
  const profile = options.profile === 'stock' ? STOCK : MVMTR;
  const home = homeOf(options);
  const exit = await serveStdio({
    profile,
    home,
    env,
    hostName: options.hostName ?? undefined,
    verbose: options.verbose,
    channel,
    startFile: options.startFile,
    bodyCache: options.bodyCache,
    version: MVMTR_VERSION,
    queue: (config) => openQueue(options, config, home),
    quarantine: async (into, { hostName }) => {
      const { quarantineQueue } = await loadMaildirQueue();
      const directory = `${home ?? process.cwd()}/quarantine`;
      return quarantineQueue({ directory, into, hostName, now: Date.now() });
    },
  });
  process.exit(exit);
}

// A home that was named has to be there. Without one, and without qmail behind us, there may be none at all.
function homeOf({ home, queue, profile }: SessionOptions): string | null {
  const named = home ?? process.env.QMAIL_HOME;
  // Absolute, because the queue program is started in it.
  if (named) return named.startsWith('/') ? named : `${process.cwd()}/${named}`;
  return queue.kind === 'maildir' && profile === 'mvmtr' && !existsSync(DEFAULT_HOME) ? null : DEFAULT_HOME;
}

function openQueue(
  { queue }: SessionOptions,
  config: SessionConfig,
  home: string | null,
): Queue | Promise<Queue> {
  const { env } = process;
  if (queue.kind === 'qmail') {
    return qmailQueue({
      home: home ?? DEFAULT_HOME,
      program: env.QMAILQUEUE ?? null,
      env,
      spawn: sys.spawn,
      seconds: null,
    });
  }
  const { directory } = queue;
  return loadMaildirQueue().then(({ maildirQueue }) =>
    maildirQueue({ directory, hostName: config.hostName }),
  );
}
