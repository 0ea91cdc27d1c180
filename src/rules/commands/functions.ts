// The functions of MFL: types of their arguments and results, and for those that ask somebody whether the answer is authorisation
// (its absence is an error) or reputation (its absence is empty and logged). `hooks` names where they may be called. Follows the
// functions section of the language reference.

import type { TypeName } from '../language/ast.ts';
import type { HookName } from '../program.ts';
import { hooksFrom } from './hooks.ts';

/** `any` only where the result takes the type of the argument (`try`) or everything can be shown (`str`). */
export type ParameterType = Exclude<TypeName, 'void'> | 'any';

export type FunctionLiteral =
  | 'pattern'
  | 'network'
  | 'networks'
  | 'dns-zone'
  | 'dns-zones'
  | 'map-uri'
  | 'header-name'
  | 'hash-name'
  | 'capture'
  | 'tag-name';

export interface FunctionSignature {
  readonly name: string;
  readonly parameters: readonly ParameterType[];
  /** How many have to be given; all of them unless said. */
  readonly required?: number;
  /** Any further arguments have this type. */
  readonly rest?: ParameterType;
  /** `first`: the type of the first argument. */
  readonly result: Exclude<TypeName, 'void'> | 'first';
  readonly lookup: 'authorisation' | 'reputation' | null;
  readonly hooks: readonly HookName[] | null;
  readonly literals?: Readonly<Record<number, FunctionLiteral>>;
}

type Options = Partial<Omit<FunctionSignature, 'name' | 'parameters' | 'result'>>;

function define(
  name: string,
  parameters: readonly ParameterType[],
  result: FunctionSignature['result'],
  options: Options = {},
): FunctionSignature {
  return { name, parameters, result, lookup: null, hooks: null, ...options };
}

const STRINGS: readonly FunctionSignature[] = [
  define('lower', ['string'], 'string'),
  define('upper', ['string'], 'string'),
  define('trim', ['string'], 'string'),
  define('len', ['string'], 'number'),
  define('substr', ['string', 'number', 'number'], 'string', { required: 2 }),
  define('index', ['string', 'string'], 'number'),
  define('starts_with', ['string', 'string'], 'boolean'),
  define('ends_with', ['string', 'string'], 'boolean'),
  define('replace', ['string', 'string', 'string'], 'string'),
  define('split', ['string', 'string'], 'list'),
  define('join', ['list', 'string'], 'string'),
  define('count', ['list'], 'number'),
  define('first', ['list'], 'string'),
  define('last', ['list'], 'string'),
  define('unique', ['list'], 'list'),
  define('sort', ['list'], 'list'),
  define('num', ['string'], 'number'),
  define('num_or', ['string', 'number'], 'number'),
  define('str', ['any'], 'string'),
  define('div', ['number', 'number'], 'number'),
  define('min', ['number', 'number'], 'number', { rest: 'number' }),
  define('max', ['number', 'number'], 'number', { rest: 'number' }),
  define('abs', ['number'], 'number'),
  define('match', ['number'], 'string', { literals: { 0: 'capture' } }),
  define('quote_regex', ['string'], 'string'),
  define('quote_glob', ['string'], 'string'),
  define('hash', ['string', 'string'], 'string', { literals: { 0: 'hash-name' } }),
  define('b64encode', ['string'], 'string'),
  define('b64decode', ['string'], 'string'),
];

const ADDRESSES: readonly FunctionSignature[] = [
  define('domain_of', ['string'], 'string'),
  define('localpart_of', ['string'], 'string'),
  define('is_email', ['string'], 'boolean'),
  define('is_fqdn', ['string'], 'boolean'),
  define('is_ip', ['string'], 'boolean'),
  define('is_ipv4', ['string'], 'boolean'),
  define('is_ipv6', ['string'], 'boolean'),
  define('ip_in', ['string', 'list'], 'boolean', { literals: { 1: 'networks' } }),
  define('ip_net', ['string', 'number'], 'string'),
  define('ip_reverse', ['string'], 'string'),
  define('org_domain', ['string'], 'string'),
  define('ascii_domain', ['string'], 'string'),
  define('looks_dynamic', ['string', 'string'], 'boolean'),
  define('same_org', ['string', 'string'], 'boolean'),
];

const DNS: readonly FunctionSignature[] = [
  define('dnsbl', ['string', 'string'], 'string', {
    required: 1,
    lookup: 'reputation',
    hooks: hooksFrom('connect'),
    literals: { 0: 'dns-zone' },
  }),
  define('dnsbl_any', ['list'], 'string', {
    lookup: 'reputation',
    hooks: hooksFrom('connect'),
    literals: { 0: 'dns-zones' },
  }),
  ...['dns_a', 'dns_aaaa', 'dns_mx', 'dns_txt', 'dns_ptr'].map((name) =>
    define(name, ['string'], 'list', { lookup: 'reputation' }),
  ),
  define('resolves', ['string'], 'boolean', { lookup: 'authorisation' }),
];

const asked = (
  name: string,
  parameters: readonly ParameterType[],
  result: FunctionSignature['result'],
  options: Options = {},
): FunctionSignature => define(name, parameters, result, { lookup: 'authorisation', ...options });

const scored = (
  name: string,
  parameters: readonly ParameterType[],
  result: FunctionSignature['result'],
): FunctionSignature => define(name, parameters, result, { lookup: 'reputation' });

const MAP = { literals: { 0: 'map-uri' } } as const;

const TABLES: readonly FunctionSignature[] = [
  asked('map', ['string', 'string'], 'string', MAP),
  asked('map_or', ['string', 'string', 'string'], 'string', MAP),
  asked('map_has', ['string', 'string'], 'boolean', MAP),
  asked('map_addr', ['string', 'string'], 'string', MAP),
  asked('user_exists', ['string'], 'string'),
  asked('user_setting', ['string', 'string'], 'string'),
  asked('may_send_as', ['string', 'string'], 'boolean'),
  asked('aliases', ['string'], 'list'),
];

const STATE: readonly FunctionSignature[] = [
  scored('rate', ['string', 'number'], 'number'),
  scored('counter', ['string'], 'number'),
  scored('counter_add', ['string', 'number', 'number'], 'number'),
  scored('store_get', ['string'], 'string'),
  scored('store_put', ['string', 'string', 'number'], 'boolean'),
  scored('seen', ['string', 'number'], 'boolean'),
  scored('reputation', ['string'], 'number'),
  scored('alive', ['string'], 'boolean'),
];

const header = (name: string, result: FunctionSignature['result']): FunctionSignature =>
  define(name, ['string'], result, { hooks: hooksFrom('headers'), literals: { 0: 'header-name' } });

const HEADERS: readonly FunctionSignature[] = [
  header('header_value', 'string'),
  header('header_values', 'list'),
  header('header_raw', 'string'),
  header('header_count', 'number'),
  header('header_addresses', 'list'),
  header('header_valid', 'boolean'),
  header('date_age', 'number'),
  define('header_names', [], 'list', { hooks: hooksFrom('headers') }),
];

const MISCELLANEOUS: readonly FunctionSignature[] = [
  define('try', ['any', 'any'], 'first'),
  define('lookup_failed', [], 'boolean'),
  define('tagged', ['string'], 'boolean', { literals: { 0: 'tag-name' } }),
  define('env', ['string'], 'string'),
];

export const FUNCTIONS: ReadonlyMap<string, FunctionSignature> = new Map(
  [...STRINGS, ...ADDRESSES, ...DNS, ...TABLES, ...STATE, ...HEADERS, ...MISCELLANEOUS].map((signature) => [
    signature.name,
    signature,
  ]),
);

/** Kinds of tables, and whether the room that reads them is there. */
export const MAP_SCHEMES: ReadonlyMap<string, 'ready' | 'later'> = new Map([
  ['cdb', 'ready'],
  ['file', 'ready'],
  ['list', 'ready'],
  ['cidr', 'ready'],
  ['regex', 'ready'],
  ['sqlite', 'later'],
  ['socket', 'later'],
  ['http', 'later'],
]);
