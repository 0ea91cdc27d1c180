// Control files and environment → the configuration of one session, the two profiles' defaults included. The only place
// that knows which file feeds which setting. In two steps: what the files say once, for however many sessions, and then
// what a connection's environment adds.

import { passwordSourceIn } from '../auth/index.ts';
import {
  type ControlFault,
  type Controls,
  isFault,
  NO_CONTROLS,
  parseDatabytes,
  readControls,
} from '../control/index.ts';
import { badMailFrom, type IsOurs, type PolicyControls, qmailPolicy } from '../policy/index.ts';
import { localAddresses, rcptHosts } from '../recipients/index.ts';
import type { Limits, Profile, SessionConfig, Timeouts } from '../session/index.ts';
import { fromNative } from '../text/index.ts';
import type { TlsFiles } from '../tls/index.ts';
import { clientOf, type Environment } from './environment.ts';
import { machineName } from './machine-name.ts';
import { authOffer, checkingSource, type PasswordChecker, tlsFilesIn, tlsOffer } from './security.ts';

/** Seconds without timeoutsmtpd: qmail's, and ours (RFC 5321 §4.5.3.2.7 asks for five minutes at least). */
export const STOCK_TIMEOUT = 1200;
export const OWN_TIMEOUT = 300;
/** Seconds to wait for the first HELO: shorter, because a client that has just been greeted has its answer ready. */
export const OWN_HELO_TIMEOUT = 120;

export interface ServerSetting {
  readonly profile: Profile;
  /** qmail's home directory; null for a host without one, which has no control files. */
  readonly home: string | null;
  /** -h: our host name instead of control/me. */
  readonly hostName?: string | undefined;
  readonly verbose?: boolean | undefined;
  /** Who checks passwords, by the command line; otherwise control/smtpauth says so. */
  readonly passwords?: PasswordChecker | null | undefined;
  /** Bounds other than the profile's own. */
  readonly limits?: Partial<Limits> | undefined;
}

export interface Setting extends ServerSetting {
  readonly env: Environment;
}

/** A session's configuration with what its policy is made of, for a policy that puts something in front of that. */
export type Configured = SessionConfig & { readonly controls: PolicyControls };

/** What the sessions of one reading of the control files have in common. */
export interface Prepared {
  /** null: there is no certificate. */
  readonly tlsFiles: TlsFiles | null;
  /** Who checks passwords; null: nobody. */
  readonly passwords: PasswordChecker | null;
  readonly forClient: (env: Environment) => Configured;
  /** Frees the open cdb; sessions that still use it would find it broken. */
  close(): void;
}

export function prepare(setting: ServerSetting): Prepared | ControlFault {
  const { profile, home, hostName, verbose = false } = setting;
  const controls = home === null ? NO_CONTROLS : readControls(home, profile.strict ? 'extended' : 'qmail');
  if (isFault(controls)) return controls;
  const givenName = profile.strict ? (hostName ?? controls.me) : stockName(controls);
  if (givenName === null && !profile.strict) {
    return {
      fault: 'control',
      file: `${home}/control/me`,
      reason: 'missing, and there is no smtpgreeting either',
    };
  }
  const named = setting.passwords ?? passwordSource(home, controls);
  const passwords = named && checkingSource(named);
  const files = home !== null && controls.has['servercert.pem'] ? tlsFilesIn(home) : null;
  const isOurs = profile.strict ? ownHosts(controls, givenName) : stockHosts(controls);
  const timeouts = profile.strict ? ownTimeouts(controls) : stockTimeouts(controls);
  const limits = setting.limits === undefined ? profile.limits : { ...profile.limits, ...setting.limits };
  const badmailfrom = badMailFrom(controls.badmailfrom ?? []);
  // What is the same for all is made once: a listener holds thousands of configurations.
  const forStrangers: PolicyControls = { badmailfrom, relayClient: null, isOurs };
  const strangersPolicy = qmailPolicy(forStrangers);
  const greetingText = profile.strict ? (controls.smtpgreeting ?? []) : [];
  return {
    passwords,
    tlsFiles: files,
    forClient(env) {
      const client = clientOf(env);
      const name = profile.strict ? givenName || nameFor(env) : (givenName ?? '');
      const isStranger = client.relayClient === null;
      const judged = isStranger ? forStrangers : { ...forStrangers, relayClient: client.relayClient };
      return {
        profile,
        client,
        hostName: name,
        greetingText,
        databytes: env.DATABYTES === undefined ? (controls.databytes ?? 0) : parseDatabytes(env.DATABYTES),
        timeouts,
        limits,
        isLocalAddress,
        localIpHost: controls.localiphost ?? (profile.strict ? name : controls.me),
        controls: judged,
        policy: isStranger ? strangersPolicy : qmailPolicy(judged),
        ...tlsOffer(env, files),
        ...authOffer(env, passwords),
        xclient: false,
        verbose,
      };
    },
    close: () => controls.morercpthosts?.close(),
  };
}

function passwordSource(home: string | null, { smtpauth, has }: Controls): PasswordChecker | null {
  if (home === null) return null;
  if (smtpauth !== null) {
    const source = passwordSourceIn(smtpauth, home);
    return 'problem' in source ? { problem: `${home}/control/smtpauth: ${source.problem}` } : source;
  }
  return has.smtpusers ? { kind: 'file', path: `${home}/control/smtpusers` } : null;
}

const isLocalAddress = (ip: string): boolean => localAddresses().has(ip);

export function configure({
  env,
  ...setting
}: Setting): (Configured & Pick<Prepared, 'passwords'>) | ControlFault {
  const prepared = prepare(setting);
  if ('fault' in prepared) return prepared;
  return { ...prepared.forClient(env), passwords: prepared.passwords };
}

// qmail-smtpd greets with smtpgreeting, or with `me`, and cannot do without both.
function stockName(controls: Controls): string | null {
  return controls.smtpgreeting?.[0] ?? controls.me;
}

// The name of a host that nobody has given one.
function nameFor(env: Environment): string {
  const localIp = env.TCPLOCALIP
    ? `[${env.TCPLOCALIP.includes(':') ? 'IPv6:' : ''}${env.TCPLOCALIP}]`
    : undefined;
  return fromNative(env.TCPLOCALHOST ?? '') || localIp || machineName();
}

function stockTimeouts({ timeoutsmtpd }: Controls): Timeouts {
  const seconds = timeoutsmtpd ?? STOCK_TIMEOUT;
  return { helo: seconds, command: seconds, data: seconds };
}

// The general timeout stands in wherever a more specific one is not set.
function ownTimeouts({ timeoutsmtpd, timeouthelo, timeoutcommand, timeoutdata }: Controls): Timeouts {
  return {
    helo: timeouthelo ?? timeoutsmtpd ?? OWN_HELO_TIMEOUT,
    command: timeoutcommand ?? timeoutsmtpd ?? OWN_TIMEOUT,
    data: timeoutdata ?? timeoutsmtpd ?? OWN_TIMEOUT,
  };
}

// Without rcpthosts stock accepts every host …
function stockHosts({ rcpthosts, morercpthosts }: Controls): IsOurs {
  return rcpthosts === null ? () => true : rcptHosts({ entries: rcpthosts, more: morercpthosts });
}

// … and we just the name that the administrator has given us. A name from the network is no such name.
function ownHosts({ rcpthosts, morercpthosts }: Controls, given: string | null): IsOurs {
  if (rcpthosts !== null) return rcptHosts({ entries: rcpthosts, more: morercpthosts });
  return given === null ? null : rcptHosts({ entries: [given], more: null });
}
