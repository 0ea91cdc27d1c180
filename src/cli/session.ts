// The fast path: one session on descriptors 0 and 1, started for each connection. Loads nothing it does not need, and leaves
// through process.exit(), because a half-read descriptor 0 would keep the process alive.

import { writeLine } from '../log/index.ts';
import { homeOf, sayUnavailable, serveStdio } from '../serve/index.ts';
import { MVMTR, STOCK } from '../session/index.ts';
import { sys } from '../sys/index.ts';
import { forLog } from '../text/index.ts';
import { sessionOptions } from './options.ts';

/** Put in by the bundler. */
declare const MVMTR_VERSION: string;

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
  const channel = sys.openDescriptors(0, 1);
  const options = sessionOptions(programName, argv);
  if ('usage' in options) {
    writeLine(`${programName}: ${options.usage}`);
    await sayUnavailable(channel, programName === 'mvmtr' ? MVMTR : STOCK);
    process.exit(EXIT_USAGE);
  }
  const profile = options.profile === 'stock' ? STOCK : MVMTR;
  const home = homeOf(options, env);
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
    queue: options.queue,
    tls: options.tls,
    others: options.others,
  });
  process.exit(exit);
}
