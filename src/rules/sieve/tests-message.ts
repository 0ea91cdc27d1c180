// Tests that look at the header, the envelope and strings: address, header, exists and size (RFC 5228 §5), envelope (§5.4, RFC 6009
// §4), string (RFC 5229 §5), with the index of RFC 5260 §6 and the address parts of RFC 5233. Values come from fields.ts and
// address.ts, and are matched by match.ts.

import type { Context } from '../interpreter/context.ts';
import type { ExprNode, TestNode } from '../language/ast.ts';
import { type AddressPart, addressPart, type Mailbox, parsePath } from './address.ts';
import { type Arguments, argumentsOf } from './arguments.ts';
import { addressesOf, atIndex, type Field, fieldsOf, named, subjectOf } from './fields.ts';
import type { Subject } from './glob-match.ts';
import { matchAny, planOf } from './match.ts';
import { isMime, mimeExists, mimeFields, mimeValues } from './mime-tests.ts';
import { propertyText, settingOf } from './settings.ts';
import { toUnicode } from './text.ts';

export type SieveTest = (node: TestNode, context: Context) => boolean;

const PARTS: readonly AddressPart[] = ['all', 'localpart', 'domain', 'user', 'detail'];

/** The fields of those names, one of each with :index. */
function selected(given: Arguments, context: Context, node: TestNode): readonly Field[] {
  const index = given.tagNumber('index');
  const last = given.has('last');
  const mime = isMime(given);
  const fields = mime ? null : fieldsOf(context, node.at);
  const found: Field[] = [];
  for (const name of given.list(0)) {
    const same = fields === null ? mimeFields(given, context, node.at, name) : named(fields, name);
    if (index === null) found.push(...same);
    else found.push(...atIndex(same, index, last));
  }
  return found;
}

function header(node: TestNode, context: Context): boolean {
  const given = argumentsOf(node, context);
  const fields = selected(given, context, node);
  const subjects = isMime(given) ? mimeValues(given, fields) : fields.map(subjectOf);
  return matchAny(context, node.at, planOf(node, context), { subjects, keys: given.list(1) });
}

function partsOf(given: Arguments, context: Context, mailboxes: readonly Mailbox[]): readonly Subject[] {
  const part = given.oneOf(...PARTS) ?? 'all';
  const separators = settingOf(context, 'recipient_delimiter', '+');
  const subjects: Subject[] = [];
  for (const mailbox of mailboxes) {
    const text = addressPart(mailbox, part, separators);
    if (text !== null) subjects.push({ text });
  }
  return subjects;
}

function address(node: TestNode, context: Context): boolean {
  const given = argumentsOf(node, context);
  const mailboxes = selected(given, context, node).flatMap(addressesOf);
  context.charge(mailboxes.length >> 2);
  const subjects = partsOf(given, context, mailboxes);
  return matchAny(context, node.at, planOf(node, context), { subjects, keys: given.list(1) });
}

function exists(node: TestNode, context: Context): boolean {
  const given = argumentsOf(node, context);
  const names = given.list(0);
  if (isMime(given)) return mimeExists(given, context, node.at, names);
  const fields = fieldsOf(context, node.at);
  return names.every((name) => named(fields, name).length > 0);
}

function size(node: TestNode, context: Context): boolean {
  const given = argumentsOf(node, context);
  const octets = context.input.message?.size;
  if (octets === undefined) {
    const question = { kind: 'property', name: 'message.size' } as const;
    context.ask({ key: 'message', group: 'authorisation', question }, node.at);
    return context.fail(node.at, 'MFL-SIEVE-MESSAGE', 'size needs the whole message');
  }
  return given.has('over') ? octets > given.number(0) : octets < given.number(0);
}

/** One part of the envelope: addresses for from and to, plain values for the rest. */
function envelopePart(context: Context, at: number, part: string): readonly Mailbox[] | string | undefined {
  const { envelope } = context.input;
  if (part !== 'from' && part !== 'to') {
    const value = propertyText(context, `envelope.${part}`);
    return value === undefined && part === 'auth' ? propertyText(context, 'auth.user') : value;
  }
  if (envelope === null) {
    const question = { kind: 'property', name: 'envelope' } as const;
    context.ask({ key: 'envelope', group: 'authorisation', question }, at);
    return [];
  }
  const paths = part === 'from' ? [envelope.from] : envelope.to;
  return paths.map((path) => parsePath(toUnicode(path)));
}

/** Other parts that hold an address. */
const ADDRESS_LIKE: ReadonlySet<string> = new Set(['auth', 'orig_to']);

function envelope(node: TestNode, context: Context): boolean {
  const given = argumentsOf(node, context);
  const subjects: Subject[] = [];
  for (const name of given.list(0)) {
    const part = name.toLowerCase();
    const value = envelopePart(context, node.at, part);
    if (value === undefined || value === '') continue;
    if (typeof value === 'object') subjects.push(...partsOf(given, context, value));
    else if (ADDRESS_LIKE.has(part)) subjects.push(...partsOf(given, context, [parsePath(value)]));
    else subjects.push({ text: value });
  }
  return matchAny(context, node.at, planOf(node, context), { subjects, keys: given.list(1) });
}

function string(node: TestNode, context: Context): boolean {
  const given = argumentsOf(node, context);
  const source = given.list(0);
  const subjects = source.map((text) => ({ text }));
  const count = source.reduce((total, text) => (text === '' ? total : total + 1), 0);
  return matchAny(context, node.at, planOf(node, context), { subjects, keys: given.list(1), count });
}

const isTrue =
  (context: Context) =>
  (test: ExprNode): boolean =>
    context.evaluate(test) === true;

export const MESSAGE_TESTS: readonly (readonly [string, SieveTest])[] = [
  ['true', () => true],
  ['false', () => false],
  ['not', (node, context) => !node.tests.every(isTrue(context))],
  ['allof', (node, context) => node.tests.every(isTrue(context))],
  ['anyof', (node, context) => node.tests.some(isTrue(context))],
  ['address', address],
  ['header', header],
  ['exists', exists],
  ['size', size],
  ['envelope', envelope],
  ['string', string],
];
