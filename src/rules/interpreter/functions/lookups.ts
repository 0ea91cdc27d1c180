// Functions that ask the world: DNS, tables, users and the store of states (docs/mfl.md, section 10). Tables and users decide who may do
// what, so their failure is an error; DNS lists and states speak of reputation, and fail to an empty value. What changes by
// being asked is asked anew each time, everything else once for a run.

import { lowerAscii } from '../../../text/index.ts';
import type { Lookup, Value } from '../../runtime.ts';
import { askAnew, askFor } from '../ask.ts';
import { readProperty } from '../properties.ts';
import type { Run } from '../state.ts';
import { type Builtin, type Builtins, list, text } from './builtin.ts';

type Question = Lookup['question'];
type Group = Lookup['group'];

const lookup = (group: Group, question: Question): Lookup => ({
  key: JSON.stringify(Object.values(question)),
  group,
  question,
});

// DNS

function records(type: 'A' | 'AAAA' | 'MX' | 'TXT' | 'PTR'): Builtin {
  return (run, given, at) => {
    const question: Question = { kind: 'dns', type, name: lowerAscii(text(given, 0)) };
    return askFor(run, lookup('reputation', question), [], at);
  };
}

function listing(run: Run, zone: string, subject: string, at: number): string {
  return askFor(run, lookup('reputation', { kind: 'dnsbl', zone, subject }), '', at) as string;
}

function clientIp(run: Run, at: number): string {
  return readProperty(run, 'client.ip', at) as string;
}

function firstListing(run: Run, zones: readonly string[], at: number): string {
  const subject = clientIp(run, at);
  return zones.find((zone) => listing(run, zone, subject, at) !== '')?.replace(/=.*$/, '') ?? '';
}

const resolves: Builtin = (run, given, at) => {
  const question: Question = { kind: 'resolves', domain: lowerAscii(text(given, 0)) };
  return askFor(run, lookup('authorisation', question), false, at);
};

// Tables

function inTable(mode: 'value' | 'has' | 'address', empty: Value): Builtin {
  return (run, given, at) => {
    const question: Question = { kind: 'map', uri: text(given, 0), key: text(given, 1), mode };
    return askFor(run, lookup('authorisation', question), empty, at);
  };
}

const mapOr: Builtin = (run, given, at) => {
  const found = inTable('value', '')(run, given, at) as string;
  return found === '' ? text(given, 2) : found;
};

// Users and states

/** What a function says while there is nothing that could answer it; also the type of its answer. */
export const NOT_AVAILABLE: Readonly<Record<string, Value>> = {
  user_exists: 'unknown',
  user_setting: '',
  may_send_as: false,
  aliases: [],
  reputation: 0,
  alive: false,
  rate: 0,
  counter: 0,
  counter_add: 0,
  store_get: '',
  store_put: false,
  seen: false,
  greylist: false,
  ratelimit: false,
};

function questionOf(name: string, group: Group, values: readonly Value[]): Lookup {
  return lookup(group, { kind: 'function', name, arguments: values });
}

const asking = (name: string, group: Group): readonly [string, Builtin] => [
  name,
  (run, given, at) => askFor(run, questionOf(name, group, given), NOT_AVAILABLE[name] ?? '', at),
];

const askingAnew = (name: string): readonly [string, Builtin] => [name, askState(name)];

/** A state changes by being asked for, or between two questions. */
export function askState(name: string): Builtin {
  return (run, given, at) =>
    askAnew(run, questionOf(name, 'reputation', given), NOT_AVAILABLE[name] ?? '', at);
}

export const LOOKUPS: Builtins = [
  [
    'dnsbl',
    (run, given, at) =>
      listing(run, text(given, 0), given.length > 1 ? text(given, 1) : clientIp(run, at), at),
  ],
  ['dnsbl_any', (run, given, at) => firstListing(run, list(given, 0), at)],
  ['dns_a', records('A')],
  ['dns_aaaa', records('AAAA')],
  ['dns_mx', records('MX')],
  ['dns_txt', records('TXT')],
  ['dns_ptr', records('PTR')],
  ['resolves', resolves],
  ['map', inTable('value', '')],
  ['map_or', mapOr],
  ['map_has', inTable('has', false)],
  ['map_addr', inTable('address', '')],
  asking('user_exists', 'authorisation'),
  asking('user_setting', 'authorisation'),
  asking('may_send_as', 'authorisation'),
  asking('aliases', 'authorisation'),
  asking('reputation', 'reputation'),
  asking('alive', 'reputation'),
  asking('rate', 'reputation'),
  askingAnew('counter'),
  askingAnew('counter_add'),
  askingAnew('store_get'),
  askingAnew('store_put'),
  askingAnew('seen'),
];
