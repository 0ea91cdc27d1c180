// The actions of Sieve: keep, fileinto, redirect, discard (RFC 5228 §4) with :copy (RFC 3894), :flags (RFC 5232 §5) and :create (RFC 5490
// §3.2), reject and ereject (RFC 5429), set (RFC 5229 §4), and the ones that are only recorded. All of them are collected, none
// is carried out here. Bad arguments that only show at run time fail the script.

import { bind } from '../commands/index.ts';
import type { Context } from '../interpreter/context.ts';
import type { ArgumentNode, CommandNode } from '../language/ast.ts';
import type { HeaderField, Value } from '../runtime.ts';
import { parseOneAddress } from './address.ts';
import { type Arguments, argumentsOf } from './arguments.ts';
import { collect } from './collect.ts';
import { fieldsOf, isEdited } from './fields.ts';
import { flagsIn } from './flags.ts';
import { modified } from './modifiers.ts';
import { hasRawOctets } from './text.ts';

export type SieveCommand = (node: CommandNode, context: Context) => void;

/** The header an action takes along once it has been edited. */
function edited(node: CommandNode, context: Context): { readonly fields?: readonly HeaderField[] } {
  if (!isEdited(context)) return {};
  return { fields: fieldsOf(context, node.at).all.map(({ field }) => field) };
}

/** :flags, or else the internal variable as it is now (RFC 5232 §5). */
function flagsOf(given: Arguments, context: Context): { readonly flags?: readonly string[] } {
  const named = given.tagList('flags');
  const flags = named === null ? context.result.flags : flagsIn(named);
  return flags.length === 0 && named === null ? {} : { flags };
}

export function keep(node: CommandNode, context: Context): void {
  const given = argumentsOf(node, context);
  collect(context, node.at, { action: 'keep', ...flagsOf(given, context), ...edited(node, context) });
}

export function fileinto(node: CommandNode, context: Context): void {
  const given = argumentsOf(node, context);
  const mailbox = given.string(0);
  if (mailbox === '' || mailbox.includes('\0') || hasRawOctets(mailbox)) {
    context.fail(node.at, 'MFL-SIEVE-MAILBOX', `"${mailbox}" is no name of a mailbox`);
  }
  collect(context, node.at, {
    action: 'fileinto',
    mailbox,
    copy: given.has('copy'),
    create: given.has('create'),
    ...flagsOf(given, context),
    ...edited(node, context),
  });
}

export function redirect(node: CommandNode, context: Context): void {
  const given = argumentsOf(node, context);
  if (given.has('list')) {
    // RFC 6134 §2.5: to every member of a list, which is for the store to carry out.
    record(node, context);
    context.result.implicitKeep &&= given.has('copy');
    return;
  }
  const text = given.string(0);
  const address = parseOneAddress(text)?.text;
  if (address === undefined) {
    context.fail(node.at, 'MFL-SIEVE-ADDRESS', `"${text}" is no address to redirect to`);
  }
  collect(context, node.at, {
    action: 'redirect',
    address: address ?? '',
    copy: given.has('copy'),
    ...edited(node, context),
  });
}

export function discard(node: CommandNode, context: Context): void {
  collect(context, node.at, { action: 'discard' });
}

export function reject(node: CommandNode, context: Context): void {
  const reason = argumentsOf(node, context).string(0);
  collect(context, node.at, { action: 'reject', reason, protocol: node.name === 'ereject' });
}

export function set(node: CommandNode, context: Context): void {
  const given = argumentsOf(node, context);
  const value = given.string(1);
  context.setVariable(
    given.string(0).toLowerCase(),
    modified(value, (name) => given.has(name)),
  );
}

function argumentValue(context: Context, argument: ArgumentNode | null): Value {
  return argument === null || argument.node === 'tag' ? true : context.evaluate(argument);
}

const printed = (value: Value): string => (typeof value === 'object' ? value.join(', ') : String(value));

/** Kept with its evaluated arguments, for whoever can carry it out. */
export function record(node: CommandNode, context: Context): void {
  const { tags, positional } = bind(node);
  const values: Record<string, Value> = {};
  const texts: string[] = [];
  for (const [name, argument] of tags) {
    const value = argumentValue(context, argument);
    values[name] = value;
    texts.push(argument === null ? `:${name}` : `:${name} ${printed(value)}`);
  }
  for (const [place, argument] of positional.entries()) {
    const value = argumentValue(context, argument);
    values[String(place)] = value;
    texts.push(printed(value));
  }
  collect(context, node.at, { action: 'recorded', name: node.name, arguments: texts, node, values });
}
