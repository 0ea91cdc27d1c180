// What the language has and this version does not carry out yet: the checker warns of it by name, so that nobody trusts in a rule
// that does nothing. Properties say so themselves (objects.ts), and so do kinds of tables (functions.ts). docs/mfl.md says
// "not yet" of the same things.

/** They read as the documented "not available", or are an error where the answer would decide who may do what. */
export const FUNCTIONS_LATER: ReadonlySet<string> = new Set([
  'alive',
  'user_exists',
  'user_setting',
  'may_send_as',
  'aliases',
  'env',
]);

const ONLY_LISTED = 'it is only listed in the result, and the server delivers as if it were not there';
const UNKNOWN = 'it is an error at run time';

/** Commands of rules, and what comes of them. */
export const COMMANDS_LATER: ReadonlyMap<string, string> = new Map([
  ...['fileinto', 'redirect', 'setflag', 'addflag', 'removeflag', 'vacation', 'notify'].map(
    (name): [string, string] => [name, ONLY_LISTED],
  ),
  ['expand_alias', UNKNOWN],
  ['route', UNKNOWN],
  ['user_filter', 'the message is delivered as if undecided'],
]);

/** Names behind `control.` that are remembered and obeyed by nobody. */
const SETTINGS_LATER: ReadonlySet<string> = new Set([
  'banner_delay',
  'error_alarm',
  'user_mfl',
  'require_helo',
  'delay_reject',
  'max_messages',
  'split_recipients',
  'max_bad_rcpts',
  'max_line',
  'mixed_result',
  'sieve_mode',
  'user_sieve',
  'fileinto_via',
  'on_user_error',
  'user_discard',
  'tarpit',
  'log_level',
]);

export const isSettingLater = (name: string): boolean => SETTINGS_LATER.has(name) || name.startsWith('text.');
