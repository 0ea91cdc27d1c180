// The settings rules may read and assign as `control.name`: type, last hook at which an assignment still has an effect, and the
// values allowed where there are only a few. Assigned in `init` a value holds for the server, from connect to auth for the
// session, later for the transaction. Follows the paragraph on `control` in the language reference.

import type { TypeName } from '../language/ast.ts';
import type { HookName } from '../program.ts';

export interface Setting {
  readonly type: Exclude<TypeName, 'void'>;
  readonly latest: HookName;
  readonly values?: readonly string[];
}

const string = (latest: HookName, values?: readonly string[]): Setting => ({
  type: 'string',
  latest,
  ...(values && { values }),
});
const number = (latest: HookName): Setting => ({ type: 'number', latest });
const boolean = (latest: HookName): Setting => ({ type: 'boolean', latest });
const list = (latest: HookName): Setting => ({ type: 'list', latest });

// A function, as a session that runs checked rules seldom asks.
const namedSettings = (): Readonly<Record<string, Setting>> => ({
  hostname: string('connect'),
  greeting: string('connect'),
  timeout: number('deliver'),
  helo_timeout: number('connect'),
  data_timeout: number('data'),
  max_size: number('rcpt'),
  max_rcpts: number('rcpt'),
  max_messages: number('mail'),
  max_errors: number('data'),
  max_bad_rcpts: number('rcpt'),
  max_received: number('data'),
  max_line: number('data'),
  require_tls: boolean('mail'),
  require_auth: boolean('mail'),
  require_helo: boolean('connect'),
  tls_cert: list('connect'),
  tls_key: list('connect'),
  tls_client_ca: string('connect'),
  tls_ciphers: string('connect'),
  banner_delay: number('init'),
  tarpit: number('deliver'),
  delay_reject: boolean('connect'),
  split_recipients: string('mail', ['off', 'profile', 'always']),
  mixed_result: string('message', ['dsn', 'accept', 'tempfail']),
  local_domains: list('rcpt'),
  local_iphost: string('rcpt'),
  open_relay: boolean('rcpt'),
  sieve_mode: string('message', ['decide', 'deliver']),
  user_sieve: string('message'),
  user_mfl: list('init'),
  user_discard: boolean('message'),
  on_error: string('deliver', ['tempfail', 'reject', 'undecided']),
  on_user_error: string('message', ['keep', 'tempfail']),
  error_alarm: number('init'),
  fileinto_via: string('message', ['detail', 'header', 'record']),
  timezone: string('connect'),
  log_level: string('deliver', ['debug', 'info', 'notice', 'warning', 'error', 'critical']),
});

let named: ReturnType<typeof namedSettings> | null = null;

const LOOKUP_ERROR = /^on_lookup_error\.(?:dns|dnsbl|rdns|rate|reputation|store|spam|virus|alive|geo)$/;
const TEXT = /^text\.[a-z_][a-z0-9_]*$/;

/** The setting behind `control.`, or undefined. Names in lower case. */
export function setting(name: string): Setting | undefined {
  named ??= namedSettings();
  if (Object.hasOwn(named, name)) return named[name];
  if (LOOKUP_ERROR.test(name)) return string('deliver', ['ignore', 'error']);
  return TEXT.test(name) ? string('deliver') : undefined;
}
