// The door to sessions with rules: everything here is loaded only when there is a start file.

import type { Resolver } from '../../dns/index.ts';
import type { Facts, PolicyControls, Ruling } from '../../policy/index.ts';
import { driveHook, type Program } from '../../rules/index.ts';
import { type SessionConfig, type SessionEvent, settingsIn } from '../../session/index.ts';
import { loadProgram } from './load.ts';
import { openLookups } from './lookups.ts';
import { type RulePolicy, rulePolicy } from './policy.ts';
import type { Fixed } from './properties.ts';

export { driveHook } from '../../rules/index.ts';
export { type LoadedRules, loadProgram } from './load.ts';
export { type Lookups, openLookups } from './lookups.ts';
export { type RulePolicy, rulePolicy } from './policy.ts';
export { compiledPath, readCompiled, ruleSources, sourcePath } from './sources.ts';

export interface PolicyOptions {
  readonly home: string;
  readonly config: SessionConfig;
  readonly controls: PolicyControls;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly version: string;
  readonly now: () => number;
  readonly log: (event: SessionEvent) => void;
  /** Tells this session from all others; by default by time and process. */
  readonly id?: string;
  readonly connection?: Fixed['connection'];
  /** Who answers for DNS, instead of the name servers of control/nameservers or of the system. */
  readonly resolver?: Resolver | undefined;
}

export interface RulesOptions extends PolicyOptions {
  /** The start file. */
  readonly path: string;
}

export type OpenedRules =
  | { readonly policy: RulePolicy; readonly init: Ruling; close(): void }
  | { readonly problem: string };

/** Loads the rules and runs their `init`; a problem in words when they cannot be used. */
export async function openRules(options: RulesOptions): Promise<OpenedRules> {
  const loaded = await loadProgram(options.path);
  return 'problem' in loaded ? loaded : openPolicy(loaded.program, options);
}

/** The policy of one session under a program that is loaded already, its `init` behind it. */
export async function openPolicy(program: Program, options: PolicyOptions): Promise<OpenedRules> {
  const { controls, config, env, home, now, log, version, resolver } = options;
  const lookups = openLookups({ clientIp: config.client.ip, home, now, resolver });
  const policy = rulePolicy({
    program,
    driveHook,
    fixed: {
      client: config.client,
      env,
      version,
      id: options.id ?? `${now()}.${process.pid}`,
      connection: options.connection,
    },
    controls,
    answer: lookups.answer,
    report: lookups.report,
    log,
  });
  const init = await policy.init(beforeAnything(config, now()));
  if ('fault' in init) {
    lookups.close();
    return { problem: `${init.where}: ${init.message}` };
  }
  return {
    policy,
    init,
    close() {
      lookups.close();
      const text = [...policy.tags]
        .map(([name, value]) => (value === '' ? name : `${name}=${value}`))
        .join(' ');
      if (text !== '') log({ event: 'note', level: 'info', text: `tags: ${text}`, where: 'session' });
    },
  };
}

// What there is to know before the greeting: the settings.
export function beforeAnything(config: SessionConfig, now: number): Facts {
  return {
    started: now,
    now,
    helo: null,
    tls: null,
    auth: { user: '', ok: false, mechanism: '', failures: 0 },
    mayRelay: false,
    transaction: null,
    messages: 0,
    commands: 0,
    errors: 0,
    refusedRecipients: 0,
    subject: '',
    message: null,
    settings: settingsIn(config),
  };
}
