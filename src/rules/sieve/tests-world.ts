// Tests of what surrounds the message: date and currentdate (RFC 5260), environment (RFC 5183), spamtest and virustest (RFC 5235), ihave
// (RFC 5463), and those only a mail store can decide (RFC 5490, RFC 7352, RFC 8579, RFC 9042, RFC 6134, RFC 5435). The last are
// put to the world as questions; who cannot answer them fails the script, which is then left to the store.

import { CAPABILITIES, EXTRA_CAPABILITIES } from '../commands/index.ts';
import type { Context } from '../interpreter/context.ts';
import type { TestNode } from '../language/ast.ts';
import type { Value } from '../runtime.ts';
import { argumentsOf } from './arguments.ts';
import { type DateTime, datePart, parseDate, zoneMinutes } from './dates.ts';
import { atIndex, fieldsOf, named, subjectOf } from './fields.ts';
import { matchAny, planOf } from './match.ts';
import { spamValue, virusValue } from './scores.ts';
import { lookedUp, propertyText } from './settings.ts';
import type { SieveTest } from './tests-message.ts';

function matchText(node: TestNode, context: Context, text: string | null, keys: readonly string[]): boolean {
  const subjects = text === null ? [] : [{ text }];
  return matchAny(context, node.at, planOf(node, context), { subjects, keys });
}

/** The zone the parts are wanted in (RFC 5260 §4.1); the default is the administrator's, else UTC. */
function zoneOf(
  node: TestNode,
  context: Context,
  date: DateTime,
  original: boolean,
  zone: string | null,
): number {
  if (original) return date.zone;
  const fallback = zoneMinutes(propertyText(context, 'control.timezone') ?? '') ?? 0;
  if (zone === null) return fallback;
  return (
    zoneMinutes(zone) ??
    context.fail(node.at, 'MFL-SIEVE-ZONE', `"${zone}" is no time zone of the form "+hhmm"`)
  );
}

function date(node: TestNode, context: Context): boolean {
  const given = argumentsOf(node, context);
  const fields = atIndex(
    named(fieldsOf(context, node.at), given.string(0)),
    given.tagNumber('index'),
    given.has('last'),
  );
  const subjects = [];
  for (const field of fields) {
    const parsed = parseDate(subjectOf(field).text);
    if (parsed === null) continue;
    const zone = zoneOf(node, context, parsed, given.has('originalzone'), given.tag('zone'));
    const text = datePart(given.string(1).toLowerCase(), parsed.time, zone);
    if (text !== null) subjects.push({ text });
  }
  context.charge(fields.length);
  return matchAny(context, node.at, planOf(node, context), { subjects, keys: given.list(2) });
}

function currentdate(node: TestNode, context: Context): boolean {
  const given = argumentsOf(node, context);
  const now: DateTime = { time: context.input.now, zone: 0 };
  const zone = zoneOf(node, context, now, false, given.tag('zone'));
  return matchText(node, context, datePart(given.string(0).toLowerCase(), now.time, zone), given.list(1));
}

/** Items of the environment and the property each comes from (RFC 5183 §4.1). */
const ITEMS: Readonly<Record<string, string>> = {
  host: 'server.name',
  version: 'server.version',
  'remote-ip': 'client.ip',
  'remote-host': 'client.host',
  'vnd.mvmtr.spf': 'spf.result',
  'vnd.mvmtr.dkim': 'dkim.result',
  'vnd.mvmtr.dmarc': 'dmarc.result',
  'vnd.mvmtr.tls': 'tls.active',
  'vnd.mvmtr.helo': 'helo.name',
  'vnd.mvmtr.auth': 'auth.user',
};

const FIXED: Readonly<Record<string, string>> = { name: 'mvmtr', location: 'MTA', phase: 'pre' };

/** null: an item nobody knows, which matches nothing (RFC 5183 §4). */
function environmentItem(node: TestNode, context: Context, item: string): string | null {
  const given = propertyText(context, `sieve.environment.${item}`);
  if (given !== undefined) return given;
  if (item === 'domain') return (propertyText(context, 'server.name') ?? '').replace(/^[^.]*\.(?=.*\.)/, '');
  if (Object.hasOwn(FIXED, item)) return FIXED[item] ?? null;
  const property = Object.hasOwn(ITEMS, item) ? ITEMS[item] : undefined;
  if (property === undefined) return null;
  return property === 'client.host'
    ? lookedUp(context, property, node.at)
    : (propertyText(context, property) ?? '');
}

function environment(node: TestNode, context: Context): boolean {
  const given = argumentsOf(node, context);
  const text = environmentItem(node, context, given.string(0).toLowerCase());
  return matchText(node, context, text, given.list(1));
}

function spamtest(node: TestNode, context: Context): boolean {
  const given = argumentsOf(node, context);
  const value = spamValue(context, node.at, given.has('percent'));
  return scored(node, context, value, given.list(0));
}

function virustest(node: TestNode, context: Context): boolean {
  return scored(node, context, virusValue(context, node.at), argumentsOf(node, context).list(0));
}

/** null is "not tested": "0" to every match type but :count, for which there is nothing (RFC 5235 §2). */
function scored(node: TestNode, context: Context, value: string | null, keys: readonly string[]): boolean {
  const count = value === null ? 0 : 1;
  return matchAny(context, node.at, planOf(node, context), {
    subjects: [{ text: value ?? '0' }],
    keys,
    count,
  });
}

function ihave(node: TestNode, context: Context): boolean {
  return argumentsOf(node, context)
    .list(0)
    .every((name) => CAPABILITIES.has(name) || EXTRA_CAPABILITIES.has(name));
}

/** A question for the mail store. */
function askStore(node: TestNode, context: Context, values: readonly Value[]): Value {
  const question = { kind: 'function', name: node.name, arguments: values } as const;
  const key = `sieve ${node.name} ${JSON.stringify(values)}`;
  return context.ask({ key, group: 'authorisation', question }, node.at);
}

const listOfStrings: SieveTest = (node, context) =>
  askStore(node, context, [argumentsOf(node, context).list(0)]) === true;

const nameAndList: SieveTest = (node, context) => {
  const given = argumentsOf(node, context);
  const name = given.count > 1 ? given.string(0) : '';
  return askStore(node, context, [name, given.list(given.count - 1)]) === true;
};

/** The value of an annotation; an absent one matches nothing (RFC 5490 §4.1). */
const annotation: SieveTest = (node, context) => {
  const given = argumentsOf(node, context);
  const names = Array.from({ length: given.count - 1 }, (_, place) => given.string(place));
  const answer = askStore(node, context, names);
  return matchText(node, context, typeof answer === 'string' ? answer : null, given.list(given.count - 1));
};

/** Seconds a message is remembered for: 7 days, as RFC 7352 §3.3 has it. */
const DUPLICATE_PERIOD = 604_800;

/** RFC 7352 §3: the identifier is the Message-ID, a header's first value or a text of the script's own. */
function duplicate(node: TestNode, context: Context): boolean {
  const given = argumentsOf(node, context);
  const named_ = given.tag('header') ?? 'message-id';
  const field = given.has('uniqueid') ? undefined : named(fieldsOf(context, node.at), named_)[0];
  const identifier = given.tag('uniqueid') ?? (field === undefined ? '' : subjectOf(field).text);
  if (identifier === '') return false;
  const seconds = given.tagNumber('seconds') ?? DUPLICATE_PERIOD;
  return (
    askStore(node, context, [given.tag('handle') ?? '', identifier, seconds, given.has('last')]) === true
  );
}

/** Only mailto is known (RFC 5435 §4, RFC 5436). */
const MAILTO = /^mailto:[^\s@]+@[^\s@?]+/i;

const validNotifyMethod: SieveTest = (node, context) =>
  argumentsOf(node, context)
    .list(0)
    .every((uri) => MAILTO.test(uri));

/** RFC 5436 §2.2: whether a mailbox is online cannot be told. */
function notifyMethodCapability(node: TestNode, context: Context): boolean {
  const given = argumentsOf(node, context);
  const known = MAILTO.test(given.string(0)) && given.string(1).toLowerCase() === 'online';
  return matchText(node, context, known ? 'maybe' : null, given.list(2));
}

export const WORLD_TESTS: readonly (readonly [string, SieveTest])[] = [
  ['date', date],
  ['currentdate', currentdate],
  ['environment', environment],
  ['spamtest', spamtest],
  ['virustest', virustest],
  ['ihave', ihave],
  ['mailboxexists', listOfStrings],
  ['mailboxidexists', listOfStrings],
  ['servermetadataexists', listOfStrings],
  ['valid_ext_list', listOfStrings],
  ['specialuse_exists', nameAndList],
  ['metadataexists', nameAndList],
  ['metadata', annotation],
  ['servermetadata', annotation],
  ['duplicate', duplicate],
  ['valid_notify_method', validNotifyMethod],
  ['notify_method_capability', notifyMethodCapability],
];
