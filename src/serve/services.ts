// What a session needs from the world, put together the same way for a process of its own and for a listener.

import { loadAuthenticator } from '../auth/index.ts';
import type { Authenticator } from '../sasl/index.ts';
import type { Services, SessionConfig } from '../session/index.ts';
import { withSettings } from '../session/index.ts';
import { toNative } from '../text/index.ts';
import type { Environment } from './environment.ts';
import { openQuarantine, type Where } from './queues.ts';
import type { OpenedRules } from './rules/index.ts';
import type { PasswordChecker } from './security.ts';

/** Seconds a client gets to take the last it hears of us. */
export const FAREWELL_SECONDS = 10;

/** TLS and passwords, behind their doors. */
export type Security = Pick<Services, 'tls' | 'authenticator'>;

/** For sessions that are only played: there is neither. */
export const NO_SECURITY: Security & Pick<Services, 'loggedIn'> = {
  tls: async () => ({ problem: 'there is no TLS here' }),
  authenticator: () => authenticatorOf(null, {}),
  loggedIn() {},
};

type Own = Pick<Services, 'channel' | 'queue' | 'spool' | 'log'>;

/** @param where its `env` is told of the user who logs in, as the queue program is to see it */
export function servicesOf(own: Own, security: Security, where: Where): Services {
  return {
    ...own,
    ...security,
    clock: Date.now,
    sleep,
    quarantine: (into) => openQuarantine(into, where),
    loggedIn: noteLogin(where.env),
  };
}

// As the patches do: whoever is logged in is in the place of what ident says, and may relay, without the suffix of RELAYCLIENT. A
// login that does not count any more leaves nothing of that behind.
function noteLogin(given: Environment): Services['loggedIn'] {
  const env = given as Record<string, string | undefined>;
  const before = Object.entries(env).filter(([name]) => NOTED.includes(name));
  return (user) => {
    for (const name of NOTED) delete env[name];
    Object.assign(
      env,
      user === null ? Object.fromEntries(before) : { TCPREMOTEINFO: toNative(user), RELAYCLIENT: '' },
    );
  };
}

const NOTED: readonly string[] = ['TCPREMOTEINFO', 'RELAYCLIENT'];

const sleep = (seconds: number): Promise<void> =>
  new Promise((resolve) => setTimeout(resolve, seconds * 1000));

/** Who checks passwords, loaded when somebody wants to log in. */
export async function authenticatorOf(
  checker: PasswordChecker | null,
  env: Environment,
): Promise<Authenticator> {
  if (checker === null) throw new Error('nobody checks passwords here');
  if ('problem' in checker) throw new Error(checker.problem);
  const { openAuthenticator } = await loadAuthenticator();
  return openAuthenticator(checker, { env });
}

/** The configuration as `init` has settled it, and with the policy of the rules. */
export function ruledBy(
  config: SessionConfig,
  { policy, init }: Exclude<OpenedRules, { readonly problem: string }>,
): SessionConfig {
  const { settings } = init;
  return { ...(settings === undefined ? config : withSettings(config, settings)), policy };
}
